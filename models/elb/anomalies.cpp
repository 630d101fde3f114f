#include "models/elb/anomalies.h"

#include <algorithm>

#include "sim/core/check.h"

namespace updraft::elb {

std::vector<TargetWeights::Change> TargetWeights::look(std::span<const std::uint32_t> targets,
                                                       bool mitigate) {
  std::vector<Change> changes;
  std::uint64_t requests = 0;
  std::uint64_t failures = 0;
  for (const std::uint32_t target : targets) {
    know(target);
    requests += seen_[target].requests;
    failures += seen_[target].failures;
  }
  for (const std::uint32_t target : targets) {
    Seen& seen = seen_[target];
    const std::uint64_t others = requests - seen.requests;
    const bool enough = targets.size() >= kFewestTargets && seen.requests >= kFewest && others > 0;
    const double share = enough ? static_cast<double>(seen.failures) / seen.requests : 0;
    const double peers =
        enough ? static_cast<double>(failures - seen.failures) / static_cast<double>(others) : 0;
    const bool anomalous = enough ? share > peers + kMargin : seen.anomalous;
    if (anomalous != seen.anomalous) {
      seen.anomalous = anomalous;
      changes.push_back({target, anomalous, share, peers});
    }
    if (!mitigate || targets.size() < kFewestTargets) {
      seen.weight = 1.0;
    } else if (anomalous) {
      seen.weight = kLeastWeight;
    } else if (enough || seen.weight > kLeastWeight) {  // R3.3.3: little by little
      seen.weight = std::min(1.0, seen.weight + kStep);
    }
  }
  for (Seen& seen : seen_) {
    seen.requests = 0;
    seen.failures = 0;
  }
  return changes;
}

std::uint32_t WeightedRandom::pick(double uniform) const {
  SIM_CHECK(!targets_.empty());
  const double point = uniform * up_to_.back();
  const auto found = std::upper_bound(up_to_.begin(), up_to_.end(), point);
  const auto place = static_cast<std::size_t>(found - up_to_.begin());
  return targets_[std::min(place, targets_.size() - 1)];
}

}  // namespace updraft::elb
