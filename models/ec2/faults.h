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

/// Impairs some instances of a group while it lasts; how is said by impairment_of(message).
template <class Message>
class ImpairmentFault final : public sim::Fault {
 public:
  ImpairmentFault(const Message& message, std::uint64_t ordinal)
      : message_(message), ordinal_(ordinal) {}
  void begin(sim::Context& ctx, sim::World& world, sim::DecisionId caused_by) override;
  void end(sim::Context& ctx, sim::World& world, sim::DecisionId caused_by) override;

 private:
  Message message_;
  std::uint64_t ordinal_;
};
using SlowInstanceFault = ImpairmentFault<SlowInstance>;
using HangInstanceFault = ImpairmentFault<HangInstance>;
using FailStatusCheckFault = ImpairmentFault<FailStatusCheck>;
using FailHealthChecksFault = ImpairmentFault<FailHealthChecks>;
extern template class ImpairmentFault<SlowInstance>;
extern template class ImpairmentFault<HangInstance>;
extern template class ImpairmentFault<FailStatusCheck>;
extern template class ImpairmentFault<FailHealthChecks>;

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

}  // namespace updraft::ec2
