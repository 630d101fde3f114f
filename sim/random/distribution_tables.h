// What empirical laws and mixtures hold. Private to sim/random.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/random/distribution.h"

namespace updraft::sim {

/// Sorted values and their cumulated shares. `guide` [i] is the first value whose share exceeds i /
/// guide size, so a look-up takes one or two steps.
struct Distribution::Table {
  std::vector<double> values;
  std::vector<double> shares;  // cumulated; the last is 1
  std::vector<std::uint32_t> guide;
  double mean = 0;
  double variance = 0;

  [[nodiscard]] std::size_t find(double u) const {
    const auto cell =
        std::min(static_cast<std::size_t>(u * static_cast<double>(guide.size())), guide.size() - 1);
    std::size_t i = guide[cell];
    while (shares[i] < u) {
      ++i;
    }
    return i;
  }
};

struct Distribution::Mixture {
  std::vector<double> shares;  // cumulated; the last is 1
  std::vector<double> weights;
  std::vector<Distribution> components;
};

}  // namespace updraft::sim
