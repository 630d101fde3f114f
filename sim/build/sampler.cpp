#include "sim/build/sampler.h"

#include "sim/core/check.h"
#include "sim/scenario/distribution_build.h"

namespace updraft::sim {

Distribution make_sampler(const DistributionValue& value) {
  if (!value.has_law()) {
    return {};
  }
  Result<Distribution> made = build_distribution(value);
  SIM_CHECK(made.ok(), "{}", made.error());
  return std::move(made).value();
}

}  // namespace updraft::sim
