#include "sim/build/director.h"

#include <map>

#include <fmt/format.h>

#include "sim/build/as_written.h"
#include "sim/engine/simulation.h"

namespace updraft::sim {

namespace {

/// Draws go by what happens, not by its place in the list: another entry shifts nobody's.
class Streams {
 public:
  explicit Streams(const Birth& birth) : birth_(birth) {}
  template <class PlanMessage>
  Trigger trigger(const PlanMessage& plan, const std::string& what) {
    return {plan, birth_.stream(what), seen_[what]++};
  }

 private:
  const Birth& birth_;
  std::map<std::string, std::uint64_t> seen_;
};

}  // namespace

Director::Director(const Birth& birth, World& world, const Plan& plan,
                   const ModelRegistry& registry)
    : Model(birth), world_(world) {
  Streams streams(birth);
  for (const OperationPlan& planned : plan.operation()) {
    auto message = unpack(planned.operation());
    std::string text = as_written(*message);
    Trigger trigger = streams.trigger(
        planned, fmt::format("operation {} {}", planned.resource(), planned.operation().value()));
    has_conditions_ = has_conditions_ || trigger.has_condition();
    operations_.push_back(
        {std::move(trigger), planned.resource(), std::move(text), std::move(message)});
  }
  for (const FaultPlan& planned : plan.fault()) {
    Trigger trigger = streams.trigger(
        planned, fmt::format("fault {} {}", planned.type(), planned.fault().value()));
    has_conditions_ = has_conditions_ || trigger.has_condition();
    faults_.push_back({.trigger = std::move(trigger),
                       .lasts = Duration{planned.for_ns()},
                       .type = planned.type(),
                       .fault = registry.make_fault(*unpack(planned.fault()), faults_.size())});
  }
}

void Director::on_start(Context& ctx) {
  for (std::size_t i = 0; i < operations_.size(); ++i) {
    if (const Time first = operations_[i].trigger.first(); first != kNever) {
      at(ctx, first, RunOperation{i});
    }
  }
  for (std::size_t i = 0; i < faults_.size(); ++i) {
    if (const Time first = faults_[i].trigger.first(); first != kNever) {
      at(ctx, first, BeginFault{i});
    }
  }
  if (has_conditions_) {
    after(ctx, kRollUpPeriod, LookAtConditions{});
  }
}

void Director::on(Context& ctx, const RunOperation& message) {
  Operation& operation = operations_[message.index];
  operate(ctx, operation);
  if (const Time next = operation.trigger.next(ctx.now()); next != kNever) {
    at(ctx, next, message);
  }
}

void Director::operate(Context& ctx, Operation& operation) {
  const std::string reason = operation.trigger.reason("operations");
  const DecisionId caused_by = ctx.decide({.who = operation.resource,
                                           .kind = "operation",
                                           .what = operation.text,
                                           .reason = reason,
                                           .rule = "",
                                           .cause = operation.trigger.cause(),
                                           .repeats = false});
  Component& component = world_.component(operation.resource);
  Context theirs = ctx.as(component);
  world_.role<Resource>(operation.resource).operate(theirs, *operation.message, caused_by);
}

void Director::on(Context& ctx, const BeginFault& message) {
  begin(ctx, message.index);
}

void Director::begin(Context& ctx, std::uint64_t index) {
  PlannedFault& planned = faults_[index];
  const std::string reason = planned.trigger.reason("faults");
  planned.begun = ctx.decide({.who = planned.type,
                              .kind = "fault",
                              .what = "begins",
                              .reason = reason,
                              .rule = "",
                              .cause = planned.trigger.cause(),
                              .repeats = false});
  if (planned.lasts > Duration{}) {
    planned.in_force = true;
    after(ctx, planned.lasts, EndFault{index});
  } else if (const Time next = planned.trigger.next(ctx.now()); next != kNever) {
    at(ctx, next, BeginFault{index});
  }
  planned.fault->begin(ctx, world_, planned.begun);
}

void Director::on(Context& ctx, const EndFault& message) {
  PlannedFault& planned = faults_[message.index];
  planned.in_force = false;
  const DecisionId caused_by = ctx.decide({.who = planned.type,
                                           .kind = "fault",
                                           .what = "ends",
                                           .reason = "its time is over",
                                           .rule = "",
                                           .cause = Cause::decision(planned.begun),
                                           .repeats = false});
  if (const Time next = planned.trigger.next(ctx.now()); next != kNever) {
    at(ctx, next, BeginFault{message.index});
  }
  planned.fault->end(ctx, world_, caused_by);
}

void Director::on(Context& ctx, const LookAtConditions& /*message*/) {
  after(ctx, kRollUpPeriod, LookAtConditions{});
  for (Operation& operation : operations_) {
    if (operation.trigger.has_condition() && operation.trigger.look(ctx.metrics(), ctx.now())) {
      operate(ctx, operation);
    }
  }
  for (std::size_t i = 0; i < faults_.size(); ++i) {
    Trigger& trigger = faults_[i].trigger;
    if (trigger.has_condition() && trigger.look(ctx.metrics(), ctx.now()) && !faults_[i].in_force) {
      begin(ctx, i);
    }
  }
}

}  // namespace updraft::sim
