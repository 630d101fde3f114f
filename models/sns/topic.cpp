#include "models/sns/topic.h"

#include <algorithm>

#include <fmt/format.h>

#include "sim/build/world.h"
#include "sim/random/stream.h"

namespace updraft::sns {

using sim::Context;
using sim::FrameHandle;
using sim::Status;

namespace {

constexpr std::int64_t kPaidChunk = std::int64_t{64} * 1024;
constexpr sim::Duration kDeduplicationInterval = std::chrono::minutes{5};  // R7.4
constexpr double kNsPerSecond = 1e9;

std::uint64_t chunks(std::int64_t bytes) {
  return static_cast<std::uint64_t>(
      std::max<std::int64_t>(1, (bytes + kPaidChunk - 1) / kPaidChunk));
}

// R7.5, R7.4: a second's worth may come at once.
common::TokenBucket::Rate quota_of(const TopicParams& params) {
  const bool of_topic = params.fifo_topic() && params.fifo_throughput_scope() == TOPIC;
  const auto rate =
      static_cast<std::int64_t>(of_topic ? params.fifo_publish_quota() : params.publish_quota());
  return {.capacity = rate, .refill = rate, .per = std::chrono::seconds{1}};
}

}  // namespace

Topic::Topic(const sim::Birth& birth, const TopicParams& params)
    : Model(birth),
      params_(params),
      jitter_stream_(birth.stream("jitter")),
      quota_(quota_of(params)) {
  for (const Subscription& wanted : params_.subscriptions()) {
    Subscriber& subscriber = subscribers_.emplace_back();
    subscriber.name = wanted.name();
    subscriber.endpoint = wanted.endpoint();
    subscriber.filter = filter_of(wanted);
    subscriber.policy = kAwsManaged;
    if (is_http(wanted.protocol())) {
      const HttpDeliveryPolicy& policy = wanted.delivery_policy();
      subscriber.policy = policy_of(policy);
      if (policy.has_max_receives_per_second()) {
        subscriber.gap = sim::Duration{
            static_cast<std::int64_t>(kNsPerSecond / policy.max_receives_per_second())};
      }
      subscriber.timeout =
          birth.add_lane(sim::Duration{wanted.request_timeout().ns()}, sim::Phase::kControllers);
    }
    if (wanted.has_redrive_policy()) {
      subscriber.dead_letters_name = wanted.redrive_policy().dead_letter_target();
    }
  }
  // The order in which a message is copied must not hang on the order in the file.
  std::ranges::sort(subscribers_, {}, &Subscriber::name);
}

void Topic::bind(sim::World& world) {
  for (Subscriber& subscriber : subscribers_) {
    if (subscriber.timeout.delay > sim::Duration{}) {
      subscriber.http = world.component(subscriber.endpoint).id();
    } else {
      subscriber.sink = &world.role<roles::MessageSink>(subscriber.endpoint);
    }
    // R7.4: a FIFO topic passes the message group to FIFO queues only.
    const auto* queue =
        dynamic_cast<const roles::MessageQueue*>(&world.component(subscriber.endpoint));
    subscriber.keeps_group = !params_.fifo_topic() || queue == nullptr || queue->fifo();
    if (!subscriber.dead_letters_name.empty()) {
      subscriber.dead_letters = &world.role<roles::MessageSink>(subscriber.dead_letters_name);
    }
  }
}

// --- publishing

void Topic::on_arrival(Context& ctx, FrameHandle frame) {
  ctx.begin(frame);
  ctx.reply(frame, publish(ctx, roles::message_of(ctx.request(frame))));
}

Status Topic::deliver(Context& ctx, const roles::Message& message, sim::DecisionId /*caused_by*/) {
  Context own = ctx.as(*this);
  return publish(own, message);
}

Status Topic::publish(Context& ctx, const roles::Message& message) {
  if (message.size_bytes > static_cast<std::int64_t>(params_.maximum_message_size())) {
    return Status::kFailed;  // R7.4
  }
  if (!take_quota(ctx)) {
    return Status::kThrottled;
  }
  requests_ += chunks(message.size_bytes);
  published_.add();
  sizes_.record(static_cast<double>(message.size_bytes));
  ++counts_.published;
  if (params_.fifo_topic() && !is_new(ctx.now(), message)) {
    ++counts_.deduplicated;
    return Status::kOk;
  }
  for (std::uint32_t i = 0; i < subscribers_.size(); ++i) {
    copy_to(ctx, i, message);
  }
  return Status::kOk;
}

bool Topic::take_quota(Context& ctx) {
  const bool of_topic = params_.fifo_topic() && params_.fifo_throughput_scope() == TOPIC;
  if (quota_.take(ctx.now())) {
    return true;
  }
  ctx.decide({.who = path(),
              .kind = "publish",
              .outcome = sim::Outcome::kBlocked,
              .what = "publish a message",
              .reason = fmt::format("the quota is {} messages a second", quota_.rate().capacity),
              .rule = of_topic ? "R7.4" : "R7.5",
              .cause = {}});
  return false;
}

// R7.4
bool Topic::is_new(sim::Time now, const roles::Message& message) {
  const bool given = message.deduplication_id != 0;
  if (!given && !params_.content_based_deduplication()) {
    return true;
  }
  while (!known_order_.empty() && known_order_.front().first + kDeduplicationInterval <= now) {
    known_.erase(known_order_.front().second);
    known_order_.pop_front();
  }
  std::uint64_t source = 0;
  if (!given) {
    auto found = std::ranges::find(sources_, message.source);
    if (found == sources_.end()) {
      found = sources_.insert(sources_.end(), message.source);
    }
    source = static_cast<std::uint64_t>(found - sources_.begin()) + 1;
  }
  const std::uint64_t group =
      params_.fifo_throughput_scope() == MESSAGE_GROUP ? message.message_group : 0;
  const Known key{{source, given ? message.deduplication_id : message.ordinal}, group};
  if (!known_.emplace(key, now).second) {
    return false;
  }
  known_order_.emplace_back(now, key);
  return true;
}

void Topic::copy_to(Context& ctx, std::uint32_t subscriber, const roles::Message& message) {
  ++counts_.copied;
  static const Attributes none;
  const Attributes& attributes =
      message.source == nullptr ? none : message.source->attributes(message.kind).headers;
  if (!matches(subscribers_[subscriber].filter, attributes)) {  // R7.3
    ++counts_.filtered;
    filtered_.add();
    return;
  }
  std::uint32_t index = 0;
  if (free_copies_.empty()) {
    index = static_cast<std::uint32_t>(copies_.size());
    copies_.emplace_back();
  } else {
    index = free_copies_.back();
    free_copies_.pop_back();
  }
  Copy& copy = copies_[index];
  copy.message = message;
  copy.subscriber = subscriber;
  copy.attempts = 0;
  copy.has_slot = false;
  ++counts_.pending;
  if (params_.fifo_topic()) {  // R7.4: behind those of its group
    std::deque<std::uint32_t>& line = lines_[{subscriber, message.message_group}];
    line.push_back(index);
    if (line.size() > 1) {
      return;
    }
  }
  at(ctx, ctx.now(), Attempt{index, copy.generation});
}

// --- delivering

// R7.2: the limit of receives a second costs no retry.
bool Topic::wait_for_slot(Context& ctx, Copy& copy, const Attempt& message) {
  Subscriber& to = subscribers_[copy.subscriber];
  if (to.gap == sim::Duration{} || copy.has_slot) {
    return false;
  }
  const sim::Time slot = std::max(ctx.now(), to.next_slot);
  to.next_slot = slot + to.gap;
  if (slot == ctx.now()) {
    return false;
  }
  copy.has_slot = true;
  at(ctx, slot, message);
  return true;
}

void Topic::on(Context& ctx, const Attempt& message) {
  Copy& copy = copies_[message.copy];
  SIM_CHECK(copy.generation == message.generation, "copy {} is gone", message.copy);
  if (wait_for_slot(ctx, copy, message)) {
    return;
  }
  copy.has_slot = false;
  ++copy.attempts;
  const Subscriber& to = subscribers_[copy.subscriber];
  if (to.sink == nullptr) {
    http_requests_ += chunks(copy.message.size_bytes);
    const sim::RequestHandle request = ctx.open(roles::request_of(copy.message));
    ctx.call(request, to.http, {.tag = message.copy, .timeout = to.timeout});
    return;
  }
  roles::Message sent = copy.message;
  if (!to.keeps_group) {
    sent.message_group = 0;
  }
  settle(ctx, message.copy, to.sink->deliver(ctx, sent, sim::DecisionId::kNone));
}

void Topic::on_reply(Context& ctx, FrameHandle frame) {
  const auto index = static_cast<std::uint32_t>(ctx.frame(frame).tag);
  const Status status = ctx.frame(frame).status;
  ctx.close(ctx.request_of(frame));
  settle(ctx, index, status);
}

void Topic::on_timeout(Context& ctx, FrameHandle frame) {
  const auto index = static_cast<std::uint32_t>(ctx.frame(frame).tag);
  ctx.close(ctx.request_of(frame));
  settle(ctx, index, Status::kTimedOut);
}

// Belongs to the message, the subscription and the attempt.
double Topic::jitter(const Copy& copy) const {
  const std::uint64_t source = copy.message.source == nullptr ? 0 : copy.message.source->identity();
  return sim::uniform01({jitter_stream_.key ^ source}, copy.message.ordinal,
                        static_cast<std::uint32_t>(copy.attempts), copy.subscriber);
}

// R7.1: what a sink would never take is a failure of the client's and is not tried again.
void Topic::settle(Context& ctx, std::uint32_t index, Status status) {
  Copy& copy = copies_[index];
  const Subscriber& to = subscribers_[copy.subscriber];
  if (status == Status::kOk) {
    ++counts_.delivered;
    delivered_.add();
    finish(ctx, index);
    return;
  }
  const bool permanent = to.sink != nullptr && status == Status::kFailed;
  const std::optional<sim::Duration> delay =
      permanent ? std::nullopt : delay_before_retry(to.policy, copy.attempts);
  if (!delay) {
    give_up(ctx, copy, status);
    finish(ctx, index);
    return;
  }
  sim::Duration wait = *delay;
  if (params_.retry_jitter() > 0 && wait > sim::Duration{}) {
    const double taken = params_.retry_jitter() * jitter(copy);
    wait -= sim::Duration{static_cast<std::int64_t>(static_cast<double>(wait.count()) * taken)};
  }
  after(ctx, wait, Attempt{index, copy.generation});
}

void Topic::give_up(Context& ctx, const Copy& copy, Status status) {
  const Subscriber& to = subscribers_[copy.subscriber];
  failed_.add();
  const bool exhausted = copy.attempts > retries(to.policy);
  const sim::DecisionId decided = ctx.decide(
      {.who = path(),
       .kind = "delivery",
       .what = to.dead_letters == nullptr
                   ? fmt::format("drop a message for {}", to.endpoint)
                   : fmt::format("send a message for {} to {}", to.endpoint, to.dead_letters_name),
       .reason = fmt::format("{}: the last attempt was {}",
                             exhausted ? "the delivery policy is exhausted" : "it is never taken",
                             sim::status_name(status)),
       .rule = "R7.1",
       .values = {{{"attempts", static_cast<double>(copy.attempts)},
                   {"retries", static_cast<double>(retries(to.policy))}}},
       .cause = {}});
  if (to.dead_letters != nullptr &&
      to.dead_letters->deliver(ctx, copy.message, decided) == Status::kOk) {
    redriven_.add();
    ++counts_.dead;
    return;
  }
  if (to.dead_letters != nullptr) {
    not_redriven_.add();
  }
  ++counts_.dropped;
}

void Topic::finish(Context& ctx, std::uint32_t index) {
  Copy& copy = copies_[index];
  --counts_.pending;
  ++copy.generation;
  free_copies_.push_back(index);
  if (!params_.fifo_topic()) {
    return;
  }
  const auto line = lines_.find({copy.subscriber, copy.message.message_group});
  line->second.pop_front();
  if (line->second.empty()) {
    lines_.erase(line);
    return;
  }
  const std::uint32_t next = line->second.front();
  at(ctx, ctx.now(), Attempt{next, copies_[next].generation});
}

}  // namespace updraft::sns
