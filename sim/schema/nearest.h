// The nearest right spelling of a name that is not known: `did you mean "parcel_desk"?`
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace updraft::sim {

/// Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`. Letters of
/// either case and
/// '-', '_' and ' ' count as equal, so `HealthCheck-type` is near `health_check_type`.
std::size_t spelling_distance(std::string_view a, std::string_view b);

/// The candidate nearest to `name`, if it is near enough to be what was meant: at most a third of
/// the longer one's letters differ (at least one may). Of equally near ones the first in
/// alphabetical order, so the order given does not matter. Where none is near, the only one that
/// the name is a part of.
std::optional<std::string> nearest_name(std::string_view name,
                                        const std::vector<std::string>& candidates);

/// `; did you mean "x"?`, or nothing.
std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace updraft::sim
