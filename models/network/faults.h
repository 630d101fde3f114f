// A link that is slow or lossy for a while.
#pragma once

#include "models/network/network.pb.h"
#include "sim/build/resource.h"

namespace updraft::network {

class DegradeLinkFault final : public sim::Fault {
 public:
  DegradeLinkFault(const DegradeLink& message, std::uint64_t ordinal)
      : message_(message), ordinal_(ordinal) {}
  void begin(sim::Context& ctx, sim::World& world, sim::DecisionId caused_by) override;
  void end(sim::Context& ctx, sim::World& world, sim::DecisionId caused_by) override;

 private:
  DegradeLink message_;
  std::uint64_t ordinal_;
};

}  // namespace updraft::network
