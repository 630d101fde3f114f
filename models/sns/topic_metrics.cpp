// What a topic counts, and what it costs.
#include "models/sns/topic.h"
#include "sim/build/metric_schema.h"

namespace updraft::sns {

using sim::Context;
using sim::Time;

void Topic::on_start(Context& ctx) {
  for (const char* name :
       {"NumberOfMessagesPublished", "PublishSize", "NumberOfNotificationsDelivered",
        "NumberOfNotificationsFailed", "NumberOfNotificationsFilteredOut",
        "NumberOfNotificationsRedrivenToDlq", "NumberOfNotificationsFailedToRedriveToDlq"}) {
    metrics_.emplace(name, sim::declare_metric<TopicParams>(ctx, name));
  }
  ctx.simulation().roll_up_with(*this);
}

std::optional<sim::MetricId> Topic::metric(std::string_view name) const {
  const auto found = metrics_.find(name);
  return found == metrics_.end() ? std::nullopt : std::optional(found->second);
}

void Topic::on_roll_up(Context& ctx, Time period_start, Time period_end) {
  const auto publish = [&](std::string_view name, auto& instrument) {
    ctx.metrics().publish(metrics_.find(name)->second, period_start,
                          instrument.close_period(period_start, period_end));
  };
  publish("NumberOfMessagesPublished", published_);
  publish("PublishSize", sizes_);
  publish("NumberOfNotificationsDelivered", delivered_);
  publish("NumberOfNotificationsFailed", failed_);
  publish("NumberOfNotificationsFilteredOut", filtered_);
  publish("NumberOfNotificationsRedrivenToDlq", redriven_);
  publish("NumberOfNotificationsFailedToRedriveToDlq", not_redriven_);
}

// R28.6: each started 64 KiB is a request; deliveries to queues and functions cost nothing.
std::vector<roles::Usage> Topic::usage(Time /*now*/) const {
  std::vector<roles::Usage> usages;
  const auto add = [&](const char* item, std::uint64_t requests) {
    if (requests > 0) {
      usages.push_back({.resource = path(),
                        .item = item,
                        .quantity = static_cast<double>(requests),
                        .unit = "request"});
    }
  };
  add("sns/request", requests_);
  add("sns/http", http_requests_);
  return usages;
}

}  // namespace updraft::sns
