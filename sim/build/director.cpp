#include "sim/build/director.h"

#include "sim/build/as_written.h"

namespace updraft::sim {

Director::Director(const Birth& birth, World& world, const Plan& plan,
                   const ModelRegistry& registry)
    : Model(birth), world_(world) {
  for (const OperationPlan& planned : plan.operation()) {
    auto message = unpack(planned.operation());
    std::string text = as_written(*message);
    operations_.push_back(
        {time_from_ns(planned.at_ns()), planned.resource(), std::move(text), std::move(message)});
  }
  for (const FaultPlan& planned : plan.fault()) {
    faults_.push_back({time_from_ns(planned.at_ns()), Duration{planned.for_ns()}, planned.type(),
                       registry.make_fault(*unpack(planned.fault()), faults_.size())});
  }
}

void Director::on_start(Context& ctx) {
  for (std::size_t i = 0; i < operations_.size(); ++i) {
    at(ctx, operations_[i].at, RunOperation{i});
  }
  for (std::size_t i = 0; i < faults_.size(); ++i) {
    at(ctx, faults_[i].at, BeginFault{i});
    if (faults_[i].lasts > Duration{}) {
      at(ctx, faults_[i].at + faults_[i].lasts, EndFault{i});
    }
  }
}

void Director::on(Context& ctx, const RunOperation& message) {
  const Operation& operation = operations_[message.index];
  const DecisionId caused_by = ctx.decide({.who = operation.resource,
                                           .kind = "operation",
                                           .what = operation.text,
                                           .reason = "the scenario's operations",
                                           .rule = "",
                                           .repeats = false});
  Component& component = world_.component(operation.resource);
  Context theirs = ctx.as(component);
  world_.role<Resource>(operation.resource).operate(theirs, *operation.message, caused_by);
}

void Director::on(Context& ctx, const BeginFault& message) {
  const PlannedFault& planned = faults_[message.index];
  const DecisionId caused_by = ctx.decide({.who = planned.type,
                                           .kind = "fault",
                                           .what = "begins",
                                           .reason = "the scenario's faults",
                                           .rule = "",
                                           .repeats = false});
  planned.fault->begin(ctx, world_, caused_by);
}

void Director::on(Context& ctx, const EndFault& message) {
  const PlannedFault& planned = faults_[message.index];
  const DecisionId caused_by = ctx.decide({.who = planned.type,
                                           .kind = "fault",
                                           .what = "ends",
                                           .reason = "the scenario's faults",
                                           .rule = "",
                                           .repeats = false});
  planned.fault->end(ctx, world_, caused_by);
}

}  // namespace updraft::sim
