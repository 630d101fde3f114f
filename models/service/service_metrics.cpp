// What a service counts.
#include "models/service/service.h"
#include "sim/build/metric_schema.h"

namespace updraft::service {

using sim::Context;
using sim::Time;

void Service::on_start(Context& ctx) {
  for (const char* name : {"Requests", "Errors", "Throttles", "Misses", "Latency",
                           "ConcurrentRequests", "WaitingRequests"}) {
    metrics_.emplace(name, sim::declare_metric<ServiceParams>(ctx, name));
  }
  ctx.simulation().roll_up_with(*this);
}

void Service::levels_changed(Time now) {
  concurrent_.set(now, in_service_);
  waiting_.set(now, static_cast<double>(line_.size()));
}

void Service::on_roll_up(Context& ctx, Time period_start, Time period_end) {
  const auto publish = [&](std::string_view name, const sim::StatisticSet& set) {
    ctx.metrics().publish(metrics_.find(name)->second, period_start, set);
  };
  publish("Requests", requests_.close_period(period_start, period_end));
  publish("Errors", errors_.close_period(period_start, period_end));
  publish("Throttles", throttles_.close_period(period_start, period_end));
  publish("Misses", misses_.close_period(period_start, period_end));
  publish("ConcurrentRequests", concurrent_.close_period(period_start, period_end));
  publish("WaitingRequests", waiting_.close_period(period_start, period_end));
  ctx.metrics().publish(metrics_.find("Latency")->second, period_start,
                        answer_time_.close_period(period_start, period_end),
                        &answer_time_.closed_period());
}

std::optional<sim::MetricId> Service::metric(std::string_view name) const {
  const auto found = metrics_.find(name);
  return found == metrics_.end() ? std::nullopt : std::optional(found->second);
}

void Service::report(Context& /*ctx*/, sim::Report& report) {
  sim::ServiceReport part;
  part.name = path();
  part.requests = requests_.total();
  part.errors = errors_.total();
  part.throttles = throttles_.total();
  part.misses = misses_.total();
  part.latency = answer_time_.run();
  part.latency.merge(answer_time_.open_period());
  report.services.push_back(std::move(part));
}

}  // namespace updraft::service
