// Faults that meet instances and zones. All can be taken back but a killed instance.
#pragma once

#include <optional>

#include "models/ec2/ec2.pb.h"
#include "sim/build/resource.h"

namespace updraft::ec2 {

class KillInstanceFault final : public sim::Fault {
 public:
  KillInstanceFault(const KillInstance& message, std::uint64_t /*ordinal*/) : message_(message) {}
  void begin(sim::Context& ctx, sim::World& world, sim::DecisionId caused_by) override;
  void end(sim::Context& ctx, sim::World& world, sim::DecisionId caused_by) override;

 private:
  KillInstance message_;
};

class SlowInstanceFault final : public sim::Fault {
 public:
  SlowInstanceFault(const SlowInstance& message, std::uint64_t ordinal)
      : message_(message), ordinal_(ordinal) {}
  void begin(sim::Context& ctx, sim::World& world, sim::DecisionId caused_by) override;
  void end(sim::Context& ctx, sim::World& world, sim::DecisionId caused_by) override;

 private:
  SlowInstance message_;
  std::uint64_t ordinal_;
};

class LoseAvailabilityZoneFault final : public sim::Fault {
 public:
  LoseAvailabilityZoneFault(const LoseAvailabilityZone& message, std::uint64_t /*ordinal*/)
      : message_(message) {}
  void begin(sim::Context& ctx, sim::World& world, sim::DecisionId caused_by) override;
  void end(sim::Context& ctx, sim::World& world, sim::DecisionId caused_by) override;

 private:
  LoseAvailabilityZone message_;
};

class InsufficientCapacityFault final : public sim::Fault {
 public:
  InsufficientCapacityFault(const InsufficientCapacity& message, std::uint64_t ordinal)
      : message_(message), ordinal_(ordinal) {}
  void begin(sim::Context& ctx, sim::World& world, sim::DecisionId caused_by) override;
  void end(sim::Context& ctx, sim::World& world, sim::DecisionId caused_by) override;

 private:
  InsufficientCapacity message_;
  std::uint64_t ordinal_;
};

class FailStatusCheckFault final : public sim::Fault {
 public:
  FailStatusCheckFault(const FailStatusCheck& message, std::uint64_t ordinal)
      : message_(message), ordinal_(ordinal) {}
  void begin(sim::Context& ctx, sim::World& world, sim::DecisionId caused_by) override;
  void end(sim::Context& ctx, sim::World& world, sim::DecisionId caused_by) override;

 private:
  FailStatusCheck message_;
  std::uint64_t ordinal_;
};

}  // namespace updraft::ec2
