#include "models/elb/actions.h"

#include <algorithm>

#include "models/elb/routing.h"

namespace updraft::elb {

WeightedSplit::WeightedSplit(const std::vector<std::uint32_t>& weights) {
  std::uint64_t sum = 0;
  for (const std::uint32_t weight : weights) {
    sum += weight;
    up_to_.push_back(sum);
  }
}

std::uint32_t WeightedSplit::pick(std::uint64_t draw) const {  // R3.3.6
  SIM_CHECK(!up_to_.empty() && up_to_.back() > 0, "no place has a weight");
  const std::uint32_t point = place_of(draw, static_cast<std::uint32_t>(up_to_.back()));
  return static_cast<std::uint32_t>(std::upper_bound(up_to_.begin(), up_to_.end(), point) -
                                    up_to_.begin());
}

std::vector<NamedGroup> groups_of(const ForwardAction& forward) {
  std::vector<NamedGroup> groups;
  if (forward.has_target_group()) {
    groups.push_back({forward.target_group(), 1});
  }
  for (const TargetGroupTuple& tuple : forward.target_groups()) {
    groups.push_back({tuple.target_group(), tuple.weight()});
  }
  return groups;
}

}  // namespace updraft::elb
