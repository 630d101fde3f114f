#include "models/lambda/event_source_mapping.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "sim/build/metric_schema.h"
#include "sim/build/world.h"

namespace updraft::lambda {

using sim::Context;
using sim::FrameHandle;
using sim::Status;

namespace {

constexpr std::uint32_t kMostOfAReceive = 10;                  // R4.2.1
constexpr sim::Duration kLongPoll = std::chrono::seconds{20};  // R5.3.3
constexpr std::uint32_t kBatchesOfAPoller = 10;                // R5.3.2
constexpr std::uint32_t kProvisionedAddedPerMinute = 1000;     // R5.3.2
constexpr std::uint32_t kFifoPollers = 5;                      // that wait at a time
constexpr sim::Duration kMinute = std::chrono::minutes{1};
constexpr sim::Duration kWaiting = std::chrono::seconds{1};

// R5.3.1, R5.3.2
PollerRules rules_of(const EventSourceMappingParams& params) {
  PollerRules rules;
  if (params.has_provisioned_poller_config()) {
    const ProvisionedPollers& pollers = params.provisioned_poller_config();
    rules.start = kBatchesOfAPoller * pollers.minimum_pollers();
    rules.least = rules.start;
    rules.added_per_minute = kProvisionedAddedPerMinute;
    rules.most = kBatchesOfAPoller * pollers.maximum_pollers();
    return rules;
  }
  rules.added_per_minute = params.batches_added_per_minute();
  rules.most = params.most_batches();
  return rules;
}

}  // namespace

EventSourceMapping::EventSourceMapping(const sim::Birth& birth,
                                       const EventSourceMappingParams& params)
    : Model(birth),
      params_(params),
      scaling_(rules_of(params)),
      failure_stream_(birth.stream("message_failure")) {}

void EventSourceMapping::bind(sim::World& world) {
  queue_ = &world.role<roles::MessageQueue>(params_.event_source());
  function_ = &world.role<roles::Invocable>(params_.function_name());
}

void EventSourceMapping::on_start(Context& ctx) {
  function_->add_batch_source(*this, id());
  for (const char* name :
       {"PolledEventCount", "InvokedEventCount", "FailedInvokeEventCount", "DeletedEventCount",
        "ThrottledBatches", "ConcurrentBatches", "BatchesAllowed", "MessageAge"}) {
    metrics_.emplace(name, sim::declare_metric<EventSourceMappingParams>(ctx, name));
  }
  ctx.simulation().roll_up_with(*this);
  allowed_gauge_.set(ctx.now(), limit());
  after(ctx, kMinute, PollersDue{});
  go_on(ctx);
}

// --- gathering

// R5.3.2: no more than may be invoked with. R5.3.6: a FIFO queue's groups are the limit.
std::uint32_t EventSourceMapping::limit() const {
  const bool groups = queue_->fifo() && !params_.has_provisioned_poller_config();
  const std::uint32_t allowed = groups ? params_.most_batches() : scaling_.allowed();
  return params_.has_maximum_concurrency() ? std::min(allowed, params_.maximum_concurrency())
                                           : allowed;
}

void EventSourceMapping::go_on(Context& ctx) {
  if (going_on_) {
    return;
  }
  going_on_ = true;
  while (!ready_.empty() && running_ + resting_ < limit()) {
    const std::uint32_t batch = ready_.front();
    ready_.pop_front();
    invoke(ctx, batch);
  }
  const std::uint32_t most = queue_->fifo() ? std::min(kFifoPollers, limit()) : limit();
  while (ready_.empty() && gathering_ < most && gathering_ + running_ + resting_ < limit()) {
    begin_gather(ctx);
  }
  going_on_ = false;
}

void EventSourceMapping::begin_gather(Context& ctx) {
  const auto found = std::find_if(gathers_.begin(), gathers_.end(),
                                  [](const Gather& gather) { return !gather.active; });
  const auto index = static_cast<std::uint32_t>(found - gathers_.begin());
  if (found == gathers_.end()) {
    gathers_.emplace_back();
  }
  gathers_[index].active = true;
  ++gathering_;
  ask(ctx, index);
}

// R5.3.3: a long poll, whatever the window; that is why little traffic waits.
void EventSourceMapping::ask(Context& ctx, std::uint32_t index) {
  Gather& gather = gathers_[index];
  gather.asked = ctx.now();
  const auto room = params_.batch_size() - static_cast<std::uint32_t>(gather.messages.size());
  queue_->receive(ctx, *this, index,
                  {.max_messages = std::min(room, kMostOfAReceive), .wait_time = kLongPoll});
}

void EventSourceMapping::messages_received(Context& ctx, std::uint64_t tag, Status /*status*/,
                                           std::span<const roles::ReceivedMessage> messages) {
  Context own = ctx.as(*this);
  const auto index = static_cast<std::uint32_t>(tag);
  Gather& gather = gathers_[index];
  polled_.add(messages.size());
  received_some_ |= !messages.empty();
  if (gather.messages.empty()) {
    gather.first = own.now();
  }
  for (const roles::ReceivedMessage& message : messages) {
    gather.messages.push_back(message);
    gather.bytes += message.message.size_bytes;
    again_ += message.receive_count > 1 ? 1 : 0;
  }
  // R5.3.3
  const sim::Duration window{params_.maximum_batching_window().ns()};
  const bool full =
      gather.messages.size() >= params_.batch_size() || gather.bytes >= kMostBytesOfBatch;
  if (messages.empty() || full || own.now() - gather.first >= window) {
    close_gather(own, index);
  } else {
    ask(own, index);
  }
}

void EventSourceMapping::close_gather(Context& ctx, std::uint32_t index) {
  const MessageBatch messages = std::exchange(gathers_[index].messages, {});
  gathers_[index].bytes = 0;
  gathers_[index].active = false;
  --gathering_;
  Divided divided = divide(messages, queue_->fifo());
  for (const roles::ReceivedMessage& left : divided.left) {
    queue_->change_visibility(ctx, left.receipt, {});
  }
  for (MessageBatch& made : divided.batches) {
    std::uint32_t batch = 0;
    if (free_batches_.empty()) {
      batch = static_cast<std::uint32_t>(batches_.size());
      batches_.emplace_back();
    } else {
      batch = free_batches_.back();
      free_batches_.pop_back();
    }
    batches_[batch] = {.messages = std::move(made), .failures = {}};
    for (std::size_t i = 0; i < batches_[batch].messages.size(); ++i) {
      if (fails(batches_[batch].messages[i])) {
        batches_[batch].failures.emplace_back(i);
      }
    }
    ready_.push_back(batch);
  }
  go_on(ctx);
}

bool EventSourceMapping::fails(const roles::ReceivedMessage& received) const {
  return params_.message_failure_probability() > 0 &&
         sim::uniform01(failure_stream_, received.id, received.receive_count) <
             params_.message_failure_probability();
}

// --- invoking

void EventSourceMapping::invoke(Context& ctx, std::uint32_t batch) {
  sim::Request request;
  request.ordinal = batches_made_++;
  request.source = this;
  request.partition = batch;  // where demand() finds it
  for (const roles::ReceivedMessage& received : batches_[batch].messages) {
    request.size_bytes += received.message.size_bytes;
    request.hops = std::max(request.hops, static_cast<std::uint16_t>(received.message.hops));
  }
  ++running_;
  running_gauge_.set(ctx.now(), running_);
  ctx.call(ctx.open(request), function_->component(), {.tag = batch});
}

sim::Demand EventSourceMapping::demand(const sim::Request& request, std::uint32_t step) const {
  sim::Demand sum;
  for (const roles::ReceivedMessage& received : batches_[request.partition].messages) {
    if (received.message.source == nullptr) {
      continue;
    }
    const sim::Demand one =
        received.message.source->demand(roles::request_of(received.message), step);
    sum.cpu += one.cpu;
    sum.wait += one.wait;
    sum.memory_bytes = std::max(sum.memory_bytes, one.memory_bytes);
  }
  return sum;
}

void EventSourceMapping::add_parts(const sim::Request& request,
                                   std::vector<sim::Request>& parts) const {
  for (const roles::ReceivedMessage& received : batches_[request.partition].messages) {
    parts.push_back(roles::request_of(received.message));
  }
}

bool EventSourceMapping::batch_fails(const sim::Request& request) const {
  return !params_.report_batch_item_failures() && !batches_[request.partition].failures.empty();
}

void EventSourceMapping::on_reply(Context& ctx, FrameHandle frame) {
  const auto index = static_cast<std::uint32_t>(ctx.frame(frame).tag);
  const Status status = ctx.frame(frame).status;
  ctx.close(ctx.request_of(frame));
  const Batch batch = std::exchange(batches_[index], {});
  free_batches_.push_back(index);
  --running_;
  running_gauge_.set(ctx.now(), running_);
  settle(ctx, batch, status);
  go_on(ctx);
}

void EventSourceMapping::settle(Context& ctx, const Batch& batch, Status status) {
  if (status == Status::kThrottled) {  // R5.3.5
    throttled_ = true;
    refused_.add();
    ++resting_;
    after(ctx, sim::Duration{params_.pause_after_throttle().ns()}, RestOver{});
    failed_.add(batch.messages.size());
    std::uint32_t receives = 0;
    for (const roles::ReceivedMessage& received : batch.messages) {
      receives = std::max(receives, received.receive_count);
    }
    ctx.decide({.who = path(),
                .kind = "batch",
                .outcome = sim::Outcome::kBlocked,
                .what = "leave the messages in flight",
                .reason = "the function was throttled; they were received all the same",
                .rule = "R5.3.5",
                .values = {{{"messages", static_cast<double>(batch.messages.size())},
                            {"receive_count", static_cast<double>(receives)}}},
                .cause = {}});
    return;
  }
  invoked_.add(batch.messages.size());
  const std::vector<bool> processed = processed_of({.error = status != Status::kOk,
                                                    .reports = params_.report_batch_item_failures(),
                                                    .failures = batch.failures},
                                                   batch.messages.size(), queue_->fifo());
  delete_processed(ctx, batch, processed);
}

// R5.3.4: what is not deleted comes back when its visibility timeout ends.
void EventSourceMapping::delete_processed(Context& ctx, const Batch& batch,
                                          const std::vector<bool>& processed) {
  std::vector<roles::Receipt> receipts;
  std::vector<const roles::ReceivedMessage*> deleted;
  std::array<Status, kMostOfAReceive> answers{};
  const auto flush = [&] {
    queue_->delete_messages(ctx, receipts, {answers.data(), receipts.size()});
    for (std::size_t i = 0; i < receipts.size(); ++i) {
      if (answers[i] == Status::kOk) {
        deleted_.add();
        age_.record(ctx.now() - deleted[i]->sent);
        ages_.record(deleted[i]->message.source, ctx.now() - deleted[i]->sent);
      } else {
        failed_.add();
      }
    }
    receipts.clear();
    deleted.clear();
  };
  for (std::size_t i = 0; i < processed.size(); ++i) {
    if (!processed[i]) {
      failed_.add();
      continue;
    }
    receipts.push_back(batch.messages[i].receipt);
    deleted.push_back(&batch.messages[i]);
    if (receipts.size() == kMostOfAReceive) {
      flush();
    }
  }
  if (!receipts.empty()) {
    flush();
  }
}

void EventSourceMapping::on(Context& ctx, const RestOver& /*message*/) {
  --resting_;
  go_on(ctx);
}

// --- scaling

PollerScaling::Minute EventSourceMapping::minute(sim::Time now) const {
  if (throttled_) {
    return PollerScaling::Minute::kThrottled;
  }
  if (!received_some_ && running_ == 0) {
    return PollerScaling::Minute::kQuiet;
  }
  const bool waits = std::any_of(gathers_.begin(), gathers_.end(), [&](const Gather& gather) {
    return gather.active && gather.messages.empty() && now - gather.asked >= kWaiting;
  });
  return waits ? PollerScaling::Minute::kCalm : PollerScaling::Minute::kBusy;
}

// R5.3.1
void EventSourceMapping::on(Context& ctx, const PollersDue& message) {
  const std::uint32_t before = limit();
  scaling_.minute_over(minute(ctx.now()));
  throttled_ = false;
  received_some_ = false;
  if (limit() != before) {
    allowed_gauge_.set(ctx.now(), limit());
    ctx.decide({.who = path(),
                .kind = "pollers",
                .what = fmt::format("{} batches at a time", limit()),
                .reason = limit() > before ? "no poller waits for messages" : "nothing has come",
                .rule = "R5.3.1",
                .values = {{{"before", static_cast<double>(before)}}},
                .cause = {},
                .repeats = false});
  }
  after(ctx, kMinute, message);
  go_on(ctx);
}

// --- telling

std::optional<sim::MetricId> EventSourceMapping::metric(std::string_view name) const {
  const auto found = metrics_.find(name);
  return found == metrics_.end() ? std::nullopt : std::optional(found->second);
}

void EventSourceMapping::on_roll_up(Context& ctx, sim::Time start, sim::Time end) {
  const auto publish = [&](const char* name, const sim::StatisticSet& set) {
    ctx.metrics().publish(metrics_.find(name)->second, start, set);
  };
  publish("PolledEventCount", polled_.close_period(start, end));
  publish("InvokedEventCount", invoked_.close_period(start, end));
  publish("FailedInvokeEventCount", failed_.close_period(start, end));
  publish("DeletedEventCount", deleted_.close_period(start, end));
  publish("ThrottledBatches", refused_.close_period(start, end));
  publish("ConcurrentBatches", running_gauge_.close_period(start, end));
  publish("BatchesAllowed", allowed_gauge_.close_period(start, end));
  ctx.metrics().publish(metrics_.find("MessageAge")->second, start, age_.close_period(start, end),
                        &age_.closed_period());
}

void EventSourceMapping::report(Context& /*ctx*/, sim::Report& report) {
  sim::WorkReport part;
  part.name = path();
  part.processed = deleted_.total();
  part.failed = failed_.total();
  part.again = again_;
  part.age = age_.run();
  part.age.merge(age_.open_period());
  ages_.report(part);
  report.work.push_back(std::move(part));
}

}  // namespace updraft::lambda
