// Roots of functions of one variable, without assumptions but continuity. Private to sim/random.
#pragma once

#include <functional>
#include <limits>

namespace updraft::sim {

struct Root {
  double at = std::numeric_limits<double>::quiet_NaN();    // NaN: no solution
  double least = std::numeric_limits<double>::infinity();  // of the function over its range
  double most = -std::numeric_limits<double>::infinity();
};

/// The first point from `from` on at which `function` takes the value `target`. The function has at
/// most one turning point between two of the 96 points tried; NaN where it has no value.
[[nodiscard]] Root first_root(const std::function<double(double)>& function, double target,
                              double from, double to);

}  // namespace updraft::sim
