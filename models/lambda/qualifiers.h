// Names under which a function can be addressed beside its own: published versions and aliases.
#pragma once

#include <vector>

#include "models/lambda/function.h"
#include "models/lambda/versions.pb.h"

namespace updraft::lambda {

/// What a version and an alias are to others: the function's limits, events and time-out.
class Qualifier : public sim::Component,
                  public sim::Resource,
                  public roles::Invocable,
                  public roles::NamedTarget,
                  public roles::MessageSink {
 public:
  using Component::Component;
  [[nodiscard]] virtual Function& function() const = 0;

  [[nodiscard]] sim::ComponentId component() const final { return id(); }
  [[nodiscard]] sim::Duration timeout() const final { return function().timeout(); }
  void add_batch_source(const roles::BatchSource& source, sim::ComponentId caller) final {
    function().add_batch_source(source, caller);
  }
  [[nodiscard]] std::vector<sim::ZoneId> zones() const final { return function().zones(); }
  sim::Status deliver(sim::Context& ctx, const roles::Message& message,
                      sim::DecisionId caused_by) final {
    return function().events().accept(ctx, message, id(), caused_by);
  }
};

class FunctionVersion final : public Qualifier {
 public:
  FunctionVersion(const sim::Birth& birth, const FunctionVersionParams& params)
      : Qualifier(birth), params_(params) {}
  void set_initial(const ProvisionedInitial& initial) { allocated_ = initial.allocated(); }
  void bind(sim::World& world) override;
  void operate(sim::Context& ctx, const google::protobuf::Message& operation,
               sim::DecisionId caused_by) override;
  void on_arrival(sim::Context& ctx, sim::FrameHandle frame) override {
    function_->arrive(ctx, frame, *version_);
  }
  [[nodiscard]] Function& function() const override { return *function_; }
  [[nodiscard]] Version& version() const { return *version_; }

 private:
  FunctionVersionParams params_;
  bool allocated_ = false;
  Function* function_ = nullptr;
  Version* version_ = nullptr;
};

class FunctionAlias final : public Qualifier {
 public:
  FunctionAlias(const sim::Birth& birth, const FunctionAliasParams& params)
      : Qualifier(birth), params_(params), route_stream_(birth.stream("route")) {}
  void set_initial(const ProvisionedInitial& initial) { allocated_ = initial.allocated(); }
  void bind(sim::World& world) override;
  void on_start(sim::Context& ctx) override;
  void operate(sim::Context& ctx, const google::protobuf::Message& operation,
               sim::DecisionId caused_by) override;
  void on_arrival(sim::Context& ctx, sim::FrameHandle frame) override;
  [[nodiscard]] Function& function() const override { return main_->function(); }

 private:
  FunctionAliasParams params_;
  bool allocated_ = false;
  sim::World* world_ = nullptr;
  FunctionVersion* main_ = nullptr;
  FunctionVersion* additional_ = nullptr;
  double weight_ = 0;  // of the additional one
  sim::StreamKey route_stream_;
};

}  // namespace updraft::lambda
