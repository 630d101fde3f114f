// The director carries out what the scenario says from outside: operators' interventions and
// faults, each at its time, in the first phase of the instant.
#pragma once

#include <memory>
#include <vector>

#include "sim/build/registry.h"
#include "sim/build/resource.h"
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

class Director final : public Model<Director, RunOperation, BeginFault, EndFault> {
 public:
  Director(const Birth& birth, World& world, const Plan& plan, const ModelRegistry& registry);

  void on_start(Context& ctx) override;
  void on(Context& ctx, const RunOperation& message);
  void on(Context& ctx, const BeginFault& message);
  void on(Context& ctx, const EndFault& message);

 private:
  struct Operation {
    Time at;
    std::string resource;
    std::string text;
    std::unique_ptr<google::protobuf::Message> message;
  };
  struct PlannedFault {
    Time at;
    Duration lasts;  // zero: for good
    std::string type;
    std::unique_ptr<Fault> fault;
  };

  World& world_;
  std::vector<Operation> operations_;
  std::vector<PlannedFault> faults_;
};

}  // namespace updraft::sim
