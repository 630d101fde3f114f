#include "models/lambda/qualifiers.h"

#include <fmt/format.h>

namespace updraft::lambda {

using sim::Context;

void FunctionVersion::bind(sim::World& world) {
  function_ = &world.role<Function>(params_.function_name());
  VersionSettings settings;
  settings.code = params_.has_code() ? params_.code() : function_->params().code();
  if (params_.has_provisioned_concurrency()) {
    settings.provisioned = params_.provisioned_concurrency();
  }
  settings.allocated = allocated_;
  version_ = &world.simulation().add<Version>(path() + "/environments", *function_, settings);
  version_->bind(world);
}

// R5.1.6
void FunctionVersion::operate(Context& ctx, const google::protobuf::Message& operation,
                              sim::DecisionId caused_by) {
  ProvisionedConcurrency wanted = params_.provisioned_concurrency();
  wanted.set_provisioned_concurrent_executions(
      static_cast<const ProvisionedOperations&>(operation).put_provisioned_concurrency());
  version_->provision(ctx, wanted, false, caused_by);
}

void FunctionAlias::bind(sim::World& world) {
  world_ = &world;
  main_ = &world.role<FunctionVersion>(params_.function_version());
  if (params_.has_additional_version_weight()) {
    additional_ =
        &world.role<FunctionVersion>(params_.additional_version_weight().function_version());
    weight_ = params_.additional_version_weight().function_weight();
  }
}

void FunctionAlias::on_start(Context& ctx) {
  if (params_.has_provisioned_concurrency()) {
    main_->version().provision(ctx, params_.provisioned_concurrency(), allocated_,
                               sim::DecisionId::kNone);
  }
}

// R5.6.3
void FunctionAlias::on_arrival(Context& ctx, sim::FrameHandle frame) {
  const sim::Request& request = ctx.request(frame);
  const bool to_additional =
      additional_ != nullptr && weight_ > 0 &&
      sim::uniform01(route_stream_, request.ordinal, request.attempt) < weight_;
  FunctionVersion& chosen = to_additional ? *additional_ : *main_;
  function().arrive(ctx, frame, chosen.version());
}

void FunctionAlias::operate(Context& ctx, const google::protobuf::Message& operation,
                            sim::DecisionId caused_by) {
  const auto& wanted = static_cast<const FunctionAliasOperations&>(operation);
  const sim::DecisionId decided =
      ctx.decide({.who = path(),
                  .kind = "alias",
                  .what = wanted.has_set_function_weight()
                              ? fmt::format("send {} % to the additional version",
                                            100 * wanted.set_function_weight())
                              : fmt::format("point to {}", wanted.set_function_version()),
                  .reason = "asked for",
                  .rule = "R5.6.3",
                  .cause = sim::Cause::decision(caused_by),
                  .repeats = false});
  if (wanted.has_set_function_weight()) {
    weight_ = wanted.set_function_weight();
    return;
  }
  additional_ = nullptr;
  FunctionVersion& next = world_->role<FunctionVersion>(wanted.set_function_version());
  if (&next != main_ && params_.has_provisioned_concurrency()) {
    main_->version().unprovision(ctx);
    next.version().provision(ctx, params_.provisioned_concurrency(), false, decided);
  }
  main_ = &next;
}

}  // namespace updraft::lambda
