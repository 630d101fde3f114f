#include "models/lambda/account.h"

#include "sim/build/metric_schema.h"
#include "sim/engine/simulation.h"

namespace updraft::lambda {

void Account::on_start(sim::Context& ctx) {
  running_metric_ = sim::declare_metric<LambdaAccountParams>(ctx, "ConcurrentExecutions");
  unreserved_metric_ =
      sim::declare_metric<LambdaAccountParams>(ctx, "UnreservedConcurrentExecutions");
  ctx.simulation().roll_up_with(*this);
}

void Account::on_roll_up(sim::Context& ctx, sim::Time period_start, sim::Time period_end) {
  ctx.metrics().publish(running_metric_, period_start,
                        limits_->running().close_period(period_start, period_end));
  ctx.metrics().publish(unreserved_metric_, period_start,
                        limits_->unreserved_running().close_period(period_start, period_end));
}

std::optional<sim::MetricId> Account::metric(std::string_view name) const {
  if (name == "ConcurrentExecutions") {
    return running_metric_;
  }
  return name == "UnreservedConcurrentExecutions" ? std::optional(unreserved_metric_)
                                                  : std::nullopt;
}

}  // namespace updraft::lambda
