#include "models/auto_scaling/termination.h"

#include <algorithm>
#include <map>

#include "models/auto_scaling/zone_balance.h"

namespace updraft::auto_scaling {
namespace {

using namespace std::chrono_literals;
using Left = std::vector<Candidate>;

// Keeps those for which the key is smallest.
template <class Key>
void keep_smallest(Left& left, Key key) {
  if (left.empty()) {
    return;
  }
  auto smallest = key(left.front());
  for (const Candidate& candidate : left) {
    smallest = std::min(smallest, key(candidate));
  }
  std::erase_if(left, [&](const Candidate& candidate) { return key(candidate) != smallest; });
}

void oldest_launch_template(Left& left, const TerminationContext& context) {
  // R2.9.2 (2): another template than the group's current one goes first, whatever its version.
  keep_smallest(left, [&](const Candidate& candidate) {
    return candidate.launch_template == context.current_template ? 1 : 0;
  });
  // R2.9.2 (3): then the oldest version.
  keep_smallest(left, [](const Candidate& candidate) { return candidate.template_version; });
}

void closest_to_next_instance_hour(Left& left, const TerminationContext& context) {
  keep_smallest(left, [&](const Candidate& candidate) {
    return to_next_instance_hour(candidate, context.now);
  });
}

void least_fitting(Left& left) {  // R2.9.3
  keep_smallest(left, [](const Candidate& candidate) {
    return -static_cast<std::int64_t>(candidate.misfit);
  });
}

void apply(TerminationPolicy policy, Left& left, const TerminationContext& context) {
  switch (policy) {
    case TerminationPolicy::kDefault:
      least_fitting(left);
      oldest_launch_template(left, context);
      closest_to_next_instance_hour(left, context);  // R2.9.2 (4)
      break;
    case TerminationPolicy::kOldestInstance:
      keep_smallest(left, [](const Candidate& candidate) { return candidate.launched_at; });
      break;
    case TerminationPolicy::kNewestInstance:
      keep_smallest(left, [](const Candidate& candidate) {
        return -candidate.launched_at.time_since_epoch();
      });
      break;
    case TerminationPolicy::kOldestLaunchTemplate:
      oldest_launch_template(left, context);
      break;
    case TerminationPolicy::kClosestToNextInstanceHour:
      closest_to_next_instance_hour(left, context);
      break;
  }
}

std::vector<ZoneCount> count_zones(std::span<const Candidate> candidates) {
  std::map<std::uint32_t, ZoneCount> by_zone;
  for (const Candidate& candidate : candidates) {
    ZoneCount& zone = by_zone[candidate.zone];
    zone.zone = candidate.zone;
    ++zone.instances;
    zone.unprotected += candidate.is_protected ? 0 : 1;
  }
  std::vector<ZoneCount> zones;
  zones.reserve(by_zone.size());
  for (const auto& [index, zone] : by_zone) {
    zones.push_back(zone);
  }
  return zones;
}

}  // namespace

std::string_view spelling(TerminationPolicy policy) {
  switch (policy) {
    case TerminationPolicy::kDefault:
      return "Default";
    case TerminationPolicy::kOldestInstance:
      return "OldestInstance";
    case TerminationPolicy::kNewestInstance:
      return "NewestInstance";
    case TerminationPolicy::kOldestLaunchTemplate:
      return "OldestLaunchTemplate";
    case TerminationPolicy::kClosestToNextInstanceHour:
      return "ClosestToNextInstanceHour";
  }
  return {};
}

sim::Duration to_next_instance_hour(const Candidate& candidate, sim::Time now) {
  constexpr sim::Duration kHour = 1h;
  return kHour - (now - candidate.launched_at) % kHour;
}

std::optional<std::uint64_t> choose_to_terminate(std::span<const Candidate> candidates,
                                                 std::span<const TerminationPolicy> policies,
                                                 const TerminationContext& context) {
  const std::vector<std::uint32_t> zones =
      zones_to_terminate_in(count_zones(candidates));  // R2.9.1
  Left left;
  for (const Candidate& candidate : candidates) {
    const bool in_zone = std::find(zones.begin(), zones.end(), candidate.zone) != zones.end();
    if (in_zone && !candidate.is_protected) {
      left.push_back(candidate);
    }
  }
  if (left.empty()) {
    return std::nullopt;  // R2.9.5
  }
  for (const TerminationPolicy policy : policies) {
    apply(policy, left, context);
  }
  return left[pick(context.uniform, left.size())].id;  // R2.9.2 (5)
}

}  // namespace updraft::auto_scaling
