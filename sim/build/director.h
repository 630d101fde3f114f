// The director carries out what the scenario says from outside: operators' interventions and
// faults, each at its time, at random or on a condition. Those of a time come in the first phase of
// the instant; a condition is looked at in the phase of alarms, when the minute has been published.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/build/registry.h"
#include "sim/build/resource.h"
#include "sim/build/trigger.h"
#include "sim/build/world.h"
#include "sim/engine/model.h"
#include "sim/scenario/scenario.pb.h"

namespace updraft::sim {

struct RunOperation {
  static constexpr Phase kPhase = Phase::kOperations;
  std::uint64_t index;
};
struct BeginFault {
  static constexpr Phase kPhase = Phase::kOperations;
  std::uint64_t index;
};
struct EndFault {
  static constexpr Phase kPhase = Phase::kOperations;
  std::uint64_t index;
};
/// A minute is over: conditions are looked at.
struct LookAtConditions {
  static constexpr Phase kPhase = Phase::kAlarms;
};

class Director final
    : public Model<Director, RunOperation, BeginFault, EndFault, LookAtConditions> {
 public:
  Director(const Birth& birth, World& world, const Plan& plan, const ModelRegistry& registry);

  void on_start(Context& ctx) override;
  void on(Context& ctx, const RunOperation& message);
  void on(Context& ctx, const BeginFault& message);
  void on(Context& ctx, const EndFault& message);
  void on(Context& ctx, const LookAtConditions& message);

 private:
  struct Operation {
    Trigger trigger;
    std::string resource;
    std::string text;
    std::unique_ptr<google::protobuf::Message> message;
  };
  struct PlannedFault {
    Trigger trigger;
    Duration lasts;  // zero: for good
    std::string type;
    std::unique_ptr<Fault> fault;
    bool in_force = false;
    DecisionId begun = DecisionId::kNone;
  };
  void operate(Context& ctx, Operation& operation);
  void begin(Context& ctx, std::uint64_t index);

  World& world_;
  std::vector<Operation> operations_;
  std::vector<PlannedFault> faults_;
  bool has_conditions_ = false;
};

}  // namespace updraft::sim
