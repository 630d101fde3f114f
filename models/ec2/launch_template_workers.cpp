// Instances that take their work out of a queue: their workers, and what those have done.
#include <array>

#include "models/ec2/launch_template.h"
#include "sim/build/metric_schema.h"
#include "sim/engine/simulation.h"

namespace updraft::ec2 {

using sim::Context;
using sim::Time;

namespace {
constexpr std::array<const char*, 6> kWorkMetrics{"MessagesProcessed",     "MessagesFailed",
                                                  "MessagesWorkedOnAgain", "MessageAge",
                                                  "WorkerThreads",         "WorkerThreadsBusy"};
}  // namespace

void LaunchTemplate::declare_work(Context& ctx) {
  if (!polling_) {
    return;
  }
  for (const char* name : kWorkMetrics) {
    work_metrics_.emplace(name, sim::declare_metric<LaunchTemplateParams>(ctx, name));
  }
}

void LaunchTemplate::publish_work(Context& ctx, Time period_start, Time period_end) {
  if (!polling_) {
    return;
  }
  sim::MetricStore& metrics = ctx.metrics();
  const auto publish = [&](const char* name, const sim::StatisticSet& set) {
    metrics.publish(work_metrics_.find(name)->second, period_start, set);
  };
  publish("MessagesProcessed", work_done_.processed.close_period(period_start, period_end));
  publish("MessagesFailed", work_done_.failed.close_period(period_start, period_end));
  publish("MessagesWorkedOnAgain", work_done_.again.close_period(period_start, period_end));
  publish("WorkerThreads", work_done_.threads.close_period(period_start, period_end));
  publish("WorkerThreadsBusy", work_done_.busy.close_period(period_start, period_end));
  metrics.publish(work_metrics_.find("MessageAge")->second, period_start,
                  work_done_.age.close_period(period_start, period_end),
                  &work_done_.age.closed_period());
}

void LaunchTemplate::report(Context& /*ctx*/, sim::Report& report) {
  if (!polling_) {
    return;
  }
  sim::WorkReport part;
  part.name = path();
  part.processed = work_done_.processed.total();
  part.failed = work_done_.failed.total();
  part.again = work_done_.again.total();
  part.age = work_done_.age.run();
  part.age.merge(work_done_.age.open_period());
  work_done_.ages.report(part);
  report.work.push_back(std::move(part));
}

void LaunchTemplate::begin_work(Context& ctx, Living& living) {
  if (!polling_) {
    return;
  }
  Context own = ctx.as(*this);
  if (living.worker == nullptr) {
    living.worker =
        &own.spawn<QueueWorker>(living.name + "/worker", *polling_, *queue_, living.instance->id(),
                                failure_stream_, work_done_, *this);
  }
  living.worker->begin(own);
}

void LaunchTemplate::halt_work(Context& ctx, Living& living) {
  if (living.worker != nullptr) {
    living.worker->halt(ctx);
  }
}

bool LaunchTemplate::drain(Context& ctx, sim::ComponentId instance) {
  QueueWorker* worker = living(instance).worker;
  return worker != nullptr && worker->drain(ctx);
}

void LaunchTemplate::worker_busy(Context& ctx, sim::ComponentId instance, bool busy) {
  Context own = ctx.as(*this);
  if (roles::InstanceOwner* owner = living(instance).instance->owner()) {
    owner->instance_working(own, instance, busy);
  }
}

void LaunchTemplate::worker_drained(Context& ctx, sim::ComponentId instance) {
  Context own = ctx.as(*this);
  if (roles::InstanceOwner* owner = living(instance).instance->owner()) {
    owner->instance_drained(own, instance);
  }
}

}  // namespace updraft::ec2
