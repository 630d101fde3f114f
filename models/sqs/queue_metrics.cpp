// What a queue counts, and what it costs.
#include "models/sqs/queue.h"
#include "sim/build/metric_schema.h"

namespace updraft::sqs {

using sim::Context;
using sim::Time;

namespace {
constexpr sim::Duration kActiveFor = std::chrono::hours{6};  // R4.6.1
constexpr const char* kGroups = "ApproximateNumberOfGroupsWithInflightMessages";
}  // namespace

void Queue::on_start(Context& ctx) {
  for (const char* name :
       {"ApproximateNumberOfMessagesVisible", "ApproximateNumberOfMessagesNotVisible",
        "ApproximateNumberOfMessagesDelayed", "ApproximateAgeOfOldestMessage",
        "NumberOfMessagesSent", "NumberOfMessagesReceived", "NumberOfMessagesDeleted",
        "NumberOfEmptyReceives", "SentMessageSize", "MessagesReturned", kGroups}) {
    if (params_.fifo_queue() || name != kGroups) {
      metrics_.emplace(name, sim::declare_metric<QueueParams>(ctx, name));
    }
  }
  ctx.simulation().roll_up_with(*this);
  if (initial_) {
    for (std::uint64_t i = 0; i < initial_->messages; ++i) {
      roles::Message message;
      message.source = this;
      message.ordinal = i;
      message.size_bytes = initial_->size_bytes;
      contents_.send(ctx.now(), message, next_id_++, {}, 0);
    }
    used_ = ctx.now();
  }
}

std::optional<sim::MetricId> Queue::metric(std::string_view name) const {
  const auto found = metrics_.find(name);
  return found == metrics_.end() ? std::nullopt : std::optional(found->second);
}

void Queue::publish(Context& ctx, std::string_view name, Time start, double value) {
  ctx.metrics().publish(metrics_.find(name)->second, start, sim::StatisticSet::one(value));
}

// R4.6.1
void Queue::on_roll_up(Context& ctx, Time period_start, Time period_end) {
  contents_.advance(period_end);
  returned_.add(contents_.counts().returned - returned_.total());
  const sim::StatisticSet sent = sent_.close_period(period_start, period_end);
  const sim::StatisticSet received = received_count_.close_period(period_start, period_end);
  const sim::StatisticSet deleted = deleted_.close_period(period_start, period_end);
  const sim::StatisticSet empty = empty_.close_period(period_start, period_end);
  const sim::StatisticSet returned = returned_.close_period(period_start, period_end);
  const sim::StatisticSet sizes = sizes_.close_period(period_start, period_end);
  if (!used_ || *used_ + kActiveFor <= period_start) {
    return;
  }
  const QueueCounts& counts = contents_.counts();
  publish(ctx, "ApproximateNumberOfMessagesVisible", period_start,
          static_cast<double>(counts.visible));
  publish(ctx, "ApproximateNumberOfMessagesNotVisible", period_start,
          static_cast<double>(counts.in_flight));
  publish(ctx, "ApproximateNumberOfMessagesDelayed", period_start,
          static_cast<double>(counts.delayed));
  const auto age = contents_.age_of_oldest(period_end);
  publish(ctx, "ApproximateAgeOfOldestMessage", period_start, age ? sim::to_seconds(*age) : 0.0);
  if (params_.fifo_queue()) {
    publish(ctx, kGroups, period_start, static_cast<double>(contents_.groups_in_flight()));
  }
  sim::MetricStore& metrics = ctx.metrics();
  metrics.publish(metrics_.find("NumberOfMessagesSent")->second, period_start, sent);
  metrics.publish(metrics_.find("NumberOfMessagesReceived")->second, period_start, received);
  metrics.publish(metrics_.find("NumberOfMessagesDeleted")->second, period_start, deleted);
  metrics.publish(metrics_.find("NumberOfEmptyReceives")->second, period_start, empty);
  metrics.publish(metrics_.find("SentMessageSize")->second, period_start, sizes);
  metrics.publish(metrics_.find("MessagesReturned")->second, period_start, returned);
}

void Queue::report(Context& ctx, sim::Report& report) {
  contents_.advance(ctx.now());
  const QueueCounts& counts = contents_.counts();
  report.queues.push_back({.name = path(),
                           .entered = counts.entered,
                           .deduplicated = counts.deduplicated,
                           .deleted = counts.deleted,
                           .expired = counts.expired,
                           .moved = counts.moved,
                           .visible = counts.visible,
                           .in_flight = counts.in_flight,
                           .delayed = counts.delayed});
}

// R4.7.1
std::vector<roles::Usage> Queue::usage(Time /*now*/) const {
  std::vector<roles::Usage> usages;
  const auto add = [&](const char* item, std::uint64_t requests) {
    if (requests > 0) {
      usages.push_back({.resource = path(),
                        .item = item,
                        .quantity = static_cast<double>(requests),
                        .unit = "request"});
    }
  };
  add(params_.fifo_queue() ? "sqs/fifo" : "sqs/standard", requests_);
  add("sqs/fair", fair_requests_);
  return usages;
}

}  // namespace updraft::sqs
