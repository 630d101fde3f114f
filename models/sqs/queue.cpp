#include "models/sqs/queue.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "sim/build/sampler.h"
#include "sim/build/world.h"

namespace updraft::sqs {

using sim::Context;
using sim::FrameHandle;
using sim::Status;

namespace {

constexpr std::int64_t kPaidChunk = std::int64_t{64} * 1024;        // R4.7.1
constexpr std::uint32_t kMostOfABatch = 10;                         // R4.2.1
constexpr sim::Duration kBetweenPurges = std::chrono::seconds{60};  // R4.6.3
constexpr std::uint64_t kFewMessages = 1000;                        // R4.2.1

QueueSettings settings_of(const QueueParams& params) {
  QueueSettings settings;
  settings.fifo = params.fifo_queue();
  settings.delay = sim::Duration{params.delay_seconds().ns()};
  settings.retention = sim::Duration{params.message_retention_period().ns()};
  settings.maximum_message_size = static_cast<std::int64_t>(params.maximum_message_size());
  if (params.has_redrive_policy()) {
    settings.max_receive_count = params.redrive_policy().max_receive_count();
  }
  settings.content_based_deduplication = params.content_based_deduplication();
  settings.deduplication_by_group = params.deduplication_scope() == MESSAGE_GROUP;
  settings.in_flight_limit = params.in_flight_limit();
  settings.fifo_window = params.fifo_window();
  settings.noisy_at_least = params.noisy_messages();
  settings.noisy_share = params.noisy_share();
  return settings;
}

}  // namespace

Queue::Queue(const sim::Birth& birth, const QueueParams& params)
    : Model(birth),
      params_(params),
      contents_(settings_of(params)),
      visibility_timeout_(params.visibility_timeout().ns()),
      duplicate_stream_(birth.stream("duplicate")),
      order_stream_(birth.stream("order")),
      poll_stream_(birth.stream("short_poll")),
      cpu_stream_(birth.stream("initial.cpu")),
      wait_stream_(birth.stream("initial.wait")),
      memory_stream_(birth.stream("initial.memory")) {}

void Queue::set_initial(const QueueInitial& initial) {
  initial_ = Initial{.messages = initial.messages(),
                     .size_bytes = static_cast<std::int64_t>(initial.size()),
                     .cpu = sim::make_sampler(initial.demand().cpu()),
                     .wait = sim::make_sampler(initial.demand().wait()),
                     .memory = sim::make_sampler(initial.demand().memory())};
}

void Queue::bind(sim::World& world) {
  world_ = &world;
  if (params_.has_redrive_policy()) {
    dead_letters_ = &world.role<Queue>(params_.redrive_policy().dead_letter_target());
  }
}

sim::Demand Queue::demand(const sim::Request& request, std::uint32_t step) const {
  SIM_CHECK(initial_.has_value());
  const std::uint32_t sub = request.attempt << 16U | step;
  return {.cpu = initial_->cpu.sample_duration(cpu_stream_, request.ordinal, sub),
          .wait = initial_->wait.sample_duration(wait_stream_, request.ordinal, sub),
          .memory_bytes = static_cast<std::int64_t>(
              initial_->memory.sample(memory_stream_, request.ordinal, sub))};
}

// --- sending

void Queue::on_arrival(Context& ctx, FrameHandle frame) {
  ctx.begin(frame);
  const sim::Request& request = ctx.request(frame);
  count_request(request.size_bytes);
  if (!params_.fifo_queue() && request.message_group != 0) {
    ++fair_requests_;
  }
  ctx.reply(frame, take(ctx, roles::message_of(request)));
}

Status Queue::deliver(Context& ctx, const roles::Message& message, sim::DecisionId /*caused_by*/) {
  Context own = ctx.as(*this);
  count_request(message.size_bytes);
  return take(own, message);
}

// R4.2.5: a message that is overtaken stands up to ten places further back.
Status Queue::take(Context& ctx, const roles::Message& message) {
  used_ = ctx.now();
  const std::uint64_t id = next_id_++;
  std::uint32_t behind = 0;
  if (params_.out_of_order_probability() > 0 && !params_.fifo_queue()) {
    const sim::UniformPair drawn = sim::uniform_pair(order_stream_, id, 0, 0);
    constexpr double kPlaces = 10;
    behind = drawn.first < params_.out_of_order_probability()
                 ? 1 + static_cast<std::uint32_t>(kPlaces * drawn.second)
                 : 0;
  }
  const QueueContents::Sent sent =
      contents_.send(ctx.now(), message, id, contents_.settings().delay, behind);
  if (sent == QueueContents::Sent::kTooLarge) {
    return Status::kFailed;
  }
  if (sent == QueueContents::Sent::kAdded) {
    sent_.add();
    sizes_.record(static_cast<double>(message.size_bytes));
    serve_waiting(ctx);
  }
  return Status::kOk;
}

// R4.6.2: it does not count as sent.
void Queue::take_dead(Context& ctx, const Stored& stored) {
  Context own = ctx.as(*this);
  used_ = own.now();
  contents_.take_over(own.now(), stored);
  serve_waiting(own);
}

// R4.3.4: a new message, whatever its deduplication id and its size: nothing is lost on the way.
void Queue::take_moved(Context& ctx, Stored stored) {
  Context own = ctx.as(*this);
  used_ = own.now();
  stored.id = next_id_++;
  stored.enqueued = own.now();
  contents_.take_over(own.now(), stored);
  count_request(stored.message.size_bytes);
  sent_.add();
  sizes_.record(static_cast<double>(stored.message.size_bytes));
  serve_waiting(own);
}

// --- receiving

void Queue::receive(Context& ctx, roles::MessageConsumer& consumer, std::uint64_t tag,
                    const roles::ReceiveOptions& options) {
  Context own = ctx.as(*this);
  std::uint32_t index = 0;
  if (free_polls_.empty()) {
    index = static_cast<std::uint32_t>(polls_.size());
    polls_.emplace_back();
  } else {
    index = free_polls_.back();
    free_polls_.pop_back();
  }
  Poll& poll = polls_[index];
  poll.consumer = &consumer;
  poll.tag = tag;
  poll.max = std::clamp<std::uint32_t>(options.max_messages, 1, kMostOfABatch);
  poll.wait =
      options.wait_time.value_or(sim::Duration{params_.receive_message_wait_time_seconds().ns()});
  poll.visibility_timeout = options.visibility_timeout.value_or(visibility_timeout_);
  poll.timer = {};
  poll.waiting = false;
  at(own, own.now(), Asked{index, poll.generation});
}

void Queue::cancel_receive(Context& ctx, roles::MessageConsumer& consumer, std::uint64_t tag) {
  for (std::uint32_t index = 0; index < polls_.size(); ++index) {
    Poll& poll = polls_[index];
    if (poll.consumer != &consumer || poll.tag != tag) {
      continue;
    }
    if (poll.timer) {
      ctx.cancel(poll.timer);
    }
    std::erase(waiting_, index);
    poll.consumer = nullptr;
    ++poll.generation;
    free_polls_.push_back(index);
  }
}

void Queue::on(Context& ctx, const Asked& message) {
  Poll& poll = polls_[message.poll];
  if (poll.generation != message.generation) {
    return;  // cancelled
  }
  used_ = ctx.now();
  ++polls_made_;
  const bool waits = poll.wait > sim::Duration{};
  // Those who asked before come first: what there is now is theirs already, so nothing is left.
  if (serve(ctx, message.poll, !waits)) {
    return;
  }
  poll.waiting = true;
  poll.timer = after(ctx, poll.wait, PollOver{message.poll, message.generation});
  waiting_.push_back(message.poll);
  schedule(ctx);
}

void Queue::on(Context& ctx, const PollOver& message) {
  Poll& poll = polls_[message.poll];
  if (poll.generation != message.generation) {
    return;
  }
  poll.timer = {};
  std::erase(waiting_, message.poll);
  serve(ctx, message.poll, true);
}

void Queue::on(Context& ctx, const WakeUp& /*message*/) {
  wake_event_ = {};
  wake_due_ = sim::kNever;
  contents_.advance(ctx.now());
  serve_waiting(ctx);
  schedule(ctx);
}

void Queue::serve_waiting(Context& ctx) {
  while (!waiting_.empty() && contents_.counts().visible > 0) {
    const std::uint32_t index = waiting_.front();
    waiting_.erase(waiting_.begin());
    if (!serve(ctx, index, false)) {
      waiting_.insert(waiting_.begin(), index);
      break;
    }
  }
  schedule(ctx);
}

// Only polls that wait need to be woken: everybody else looks when he asks.
void Queue::schedule(Context& ctx) {
  const sim::Time due = waiting_.empty() ? sim::kNever : contents_.next_due();
  if (due == wake_due_) {
    return;
  }
  if (wake_event_) {
    ctx.cancel(wake_event_);
    wake_event_ = {};
  }
  wake_due_ = due;
  if (due != sim::kNever) {
    wake_event_ = at(ctx, std::max(due, ctx.now()), WakeUp{});
  }
}

// R4.2.1: each message of a queue that is nearly empty stands on one of the servers.
std::uint32_t Queue::seen_by_short_poll(const Poll& poll) {
  const std::uint64_t visible = contents_.counts().visible;
  if (poll.wait > sim::Duration{} || params_.fifo_queue() || params_.short_poll_sample() >= 1 ||
      visible >= kFewMessages) {
    return poll.max;
  }
  std::uint32_t seen = 0;
  for (std::uint32_t i = 0; i < visible && seen < poll.max; ++i) {
    seen += sim::uniform01(poll_stream_, polls_made_, i) < params_.short_poll_sample() ? 1 : 0;
  }
  return seen;
}

bool Queue::serve(Context& ctx, std::uint32_t index, bool last_chance) {
  const Poll& poll = polls_[index];
  contents_.advance(ctx.now());
  received_.clear();
  dead_.clear();
  QueueContents::Received got = QueueContents::Received::kOk;
  if (const std::uint32_t max = seen_by_short_poll(poll); max > 0) {
    got = contents_.receive(ctx.now(), {.max = max, .visibility_timeout = poll.visibility_timeout},
                            received_, dead_);
  }
  record_receives(ctx);
  duplicate_some(ctx);
  for (const Stored& stored : std::exchange(dead_, {})) {
    dead_letters_->take_dead(ctx, stored);
  }
  // R4.2.4
  const bool over = got == QueueContents::Received::kOverLimit;
  const bool fails = over && !params_.fifo_queue() && poll.wait == sim::Duration{};
  if (over) {
    ctx.decide({.who = path(),
                .kind = "receive",
                .outcome = sim::Outcome::kBlocked,
                .what = "receive",
                .reason = fmt::format("{} messages are in flight", contents_.counts().in_flight),
                .rule = "R4.2.4",
                .cause = {}});
  }
  if (received_.empty() && !last_chance && !fails) {
    return false;
  }
  answer(ctx, index, fails ? Status::kThrottled : Status::kOk);
  return true;
}

void Queue::answer(Context& ctx, std::uint32_t index, Status status) {
  Poll& poll = polls_[index];
  if (poll.timer) {
    ctx.cancel(poll.timer);
    poll.timer = {};
  }
  std::int64_t bytes = 0;
  for (const roles::ReceivedMessage& received : received_) {
    bytes += received.message.size_bytes;
  }
  count_request(bytes);
  received_count_.add(received_.size());
  if (received_.empty()) {
    empty_.add();
  }
  roles::MessageConsumer& consumer = *std::exchange(poll.consumer, nullptr);
  const std::uint64_t tag = poll.tag;
  ++poll.generation;
  poll.waiting = false;
  free_polls_.push_back(index);
  const std::vector<roles::ReceivedMessage> messages = std::exchange(received_, {});
  consumer.messages_received(ctx, tag, status, messages);
}

// R4.2.5
void Queue::duplicate_some(Context& ctx) {
  if (params_.duplicate_probability() <= 0 || params_.fifo_queue()) {
    return;
  }
  for (const roles::ReceivedMessage& received : received_) {
    if (sim::uniform01(duplicate_stream_, received.id, received.receive_count) <
        params_.duplicate_probability()) {
      contents_.show_again(ctx.now(), received.receipt);
      ctx.decide({.who = path(),
                  .kind = "duplicate",
                  .what = "offer a message twice",
                  .reason = "at-least-once delivery: a copy was still to be had",
                  .rule = "R4.2.5",
                  .values = {{{"message", static_cast<double>(received.id)},
                              {"receive_count", static_cast<double>(received.receive_count)}}},
                  .cause = {}});
    }
  }
}

void Queue::record_receives(Context& ctx) {
  for (const roles::ReceivedMessage& received : received_) {
    if (received.receive_count > 1) {
      ctx.decide({.who = path(),
                  .kind = "redelivery",
                  .what = "hand out a message again",
                  .reason = "it was received and not deleted while it was hidden",
                  .rule = "R4.2.2",
                  .values = {{{"message", static_cast<double>(received.id)},
                              {"receive_count", static_cast<double>(received.receive_count)},
                              {"visibility_timeout_s", sim::to_seconds(visibility_timeout_)}}},
                  .cause = {}});
    }
  }
  for (const Stored& stored : dead_) {
    ctx.decide({.who = path(),
                .kind = "redrive",
                .what = fmt::format("move to {}", dead_letters_->path()),
                .reason = "another receive would exceed max_receive_count",
                .rule = "R4.3.1",
                .values = {{{"message", static_cast<double>(stored.id)},
                            {"receive_count", static_cast<double>(stored.receives)},
                            {"max_receive_count",
                             static_cast<double>(params_.redrive_policy().max_receive_count())}}},
                .cause = {}});
  }
}

// --- deleting and changing

void Queue::delete_messages(Context& ctx, std::span<const roles::Receipt> receipts,
                            std::span<Status> answers) {
  SIM_CHECK(receipts.size() <= kMostOfABatch && answers.size() == receipts.size());
  Context own = ctx.as(*this);
  used_ = own.now();
  count_request(0);
  for (std::size_t i = 0; i < receipts.size(); ++i) {
    const std::uint64_t before = contents_.counts().deleted;
    const bool ok = contents_.remove(own.now(), receipts[i]) == QueueContents::Changed::kOk;
    answers[i] = ok ? Status::kOk : Status::kFailed;
    deleted_.add(contents_.counts().deleted - before);
  }
  serve_waiting(own);  // R4.4.1: a group may go on
}

Status Queue::change_visibility(Context& ctx, const roles::Receipt& receipt,
                                sim::Duration timeout) {
  Context own = ctx.as(*this);
  used_ = own.now();
  count_request(0);
  const QueueContents::Changed changed = contents_.change_visibility(own.now(), receipt, timeout);
  serve_waiting(own);
  return changed == QueueContents::Changed::kOk ? Status::kOk : Status::kFailed;
}

void Queue::count_request(std::int64_t bytes) {
  requests_ +=
      static_cast<std::uint64_t>(std::max<std::int64_t>(1, (bytes + kPaidChunk - 1) / kPaidChunk));
}

// --- operations

void Queue::operate(Context& ctx, const google::protobuf::Message& operation,
                    sim::DecisionId caused_by) {
  const auto& wanted = static_cast<const QueueOperations&>(operation);
  if (wanted.has_purge()) {
    if (wanted.purge()) {
      purge(ctx, caused_by);
    }
  } else if (wanted.has_set_visibility_timeout()) {
    visibility_timeout_ = sim::Duration{wanted.set_visibility_timeout().ns()};
  } else if (wanted.has_set_delay()) {  // R4.1.2
    contents_.set_delay(ctx.now(), sim::Duration{wanted.set_delay().ns()});
    serve_waiting(ctx);
  } else if (wanted.has_start_message_move_task()) {
    start_move(ctx, wanted.start_message_move_task(), caused_by);
  }
}

void Queue::purge(Context& ctx, sim::DecisionId caused_by) {
  const bool refused = purged_ && ctx.now() < *purged_ + kBetweenPurges;
  ctx.decide({.who = path(),
              .kind = "purge",
              .outcome = refused ? sim::Outcome::kBlocked : sim::Outcome::kDecided,
              .what = "delete every message",
              .reason = refused ? "another purge was less than 60 s ago" : "an operator's wish",
              .rule = "R4.6.3",
              .cause = sim::Cause::decision(caused_by),
              .repeats = false});
  if (!refused) {
    purged_ = ctx.now();
    contents_.purge(ctx.now());
  }
}

// R4.3.4
void Queue::start_move(Context& ctx, const MoveTask& task, sim::DecisionId caused_by) {
  const bool refused = move_to_ != nullptr;
  const sim::DecisionId decided =
      ctx.decide({.who = path(),
                  .kind = "move task",
                  .outcome = refused ? sim::Outcome::kBlocked : sim::Outcome::kDecided,
                  .what = fmt::format("move messages to {}", task.to()),
                  .reason = refused ? "a move task runs already" : "an operator's wish",
                  .rule = "R4.3.4",
                  .cause = sim::Cause::decision(caused_by),
                  .repeats = false});
  if (refused) {
    return;
  }
  constexpr std::int64_t kSecond = 1'000'000'000;
  move_to_ = &world_->role<Queue>(task.to());
  move_gap_ = sim::Duration{kSecond / task.max_number_of_messages_per_second()};
  move_cause_ = decided;
  moved_by_task_ = 0;
  at(ctx, ctx.now(), MoveNext{});
}

void Queue::on(Context& ctx, const MoveNext& /*message*/) {
  const std::optional<Stored> stored = contents_.move_first(ctx.now());
  if (!stored) {
    ctx.decide({.who = path(),
                .kind = "move task",
                .what = fmt::format("end of the move to {}", move_to_->path()),
                .reason = "no message is left",
                .rule = "R4.3.4",
                .values = {{{"moved", static_cast<double>(moved_by_task_)}}},
                .cause = sim::Cause::decision(move_cause_),
                .repeats = false});
    move_to_ = nullptr;
    return;
  }
  ++moved_by_task_;
  used_ = ctx.now();
  move_to_->take_moved(ctx, *stored);
  after(ctx, move_gap_, MoveNext{});
}

}  // namespace updraft::sqs
