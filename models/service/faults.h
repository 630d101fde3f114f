// A service that is worse than usual while a fault lasts.
#pragma once

#include "models/service/service.pb.h"
#include "sim/build/resource.h"

namespace updraft::service {

class DegradeServiceFault final : public sim::Fault {
 public:
  DegradeServiceFault(const DegradeService& message, std::uint64_t ordinal)
      : message_(message), ordinal_(ordinal) {}
  void begin(sim::Context& ctx, sim::World& world, sim::DecisionId caused_by) override;
  void end(sim::Context& ctx, sim::World& world, sim::DecisionId caused_by) override;

 private:
  DegradeService message_;
  std::uint64_t ordinal_;
};

}  // namespace updraft::service
