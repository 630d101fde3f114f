// Automatic Target Weights (R3.3.3): which targets fail far more often than their peers, and how
// much they get while they do. One for each node and target group.
//
// AWS does not publish how it compares. Ours: a target is anomalous when its share of failed
// requests since the last look is above its peers' together by kMargin, over at least kFewest
// requests. Mitigated, it gets kLeastWeight; as long as it is anomalous or too few of its requests
// have ended to tell, that stays; each look that finds it normal raises the weight by kStep.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sim/core/time.h"

namespace updraft::elb {

/// R3.3.3: time between two looks.
inline constexpr sim::Duration kReweightInterval = std::chrono::seconds{5};

class TargetWeights {
 public:
  static constexpr std::size_t kFewestTargets = 3;  // R3.3.3
  static constexpr std::uint32_t kFewest = 3;
  static constexpr double kMargin = 0.2;
  static constexpr double kLeastWeight = 0.05;
  static constexpr double kStep = 0.1;

  /// A request to that target has ended; `failed` with a 5XX or without a connection.
  void ended(std::uint32_t target, bool failed) {
    know(target);
    ++seen_[target].requests;
    seen_[target].failures += failed ? 1 : 0;
  }

  struct Change {
    std::uint32_t target = 0;
    bool anomalous = false;  // else normal again
    double share = 0;        // of its requests that failed
    double peers_share = 0;  // of the others'
  };
  /// A look at what has ended since the last one, over the targets that get requests. Returns those
  /// whose state changed, by target. `mitigate`: weights follow.
  std::vector<Change> look(std::span<const std::uint32_t> targets, bool mitigate);

  [[nodiscard]] double weight(std::uint32_t target) const {
    return target < seen_.size() ? seen_[target].weight : 1.0;
  }
  [[nodiscard]] bool anomalous(std::uint32_t target) const {
    return target < seen_.size() && seen_[target].anomalous;
  }
  /// A weight other than 1 is in force.
  [[nodiscard]] bool mitigated(std::uint32_t target) const { return weight(target) < 1.0; }

 private:
  struct Seen {
    std::uint32_t requests = 0;
    std::uint32_t failures = 0;
    bool anomalous = false;
    double weight = 1.0;
  };
  void know(std::uint32_t target) {
    if (target >= seen_.size()) {
      seen_.resize(target + 1);
    }
  }
  std::vector<Seen> seen_;  // by target
};

/// One of the targets by weight.
class WeightedRandom {
 public:
  /// `weight(target)` is above 0 for each of them.
  template <class Weight>
  void set_candidates(std::span<const std::uint32_t> targets, Weight weight) {
    targets_.assign(targets.begin(), targets.end());
    up_to_.clear();
    double sum = 0;
    for (const std::uint32_t target : targets_) {
      sum += weight(target);
      up_to_.push_back(sum);
    }
  }
  /// `uniform` is in (0, 1).
  [[nodiscard]] std::uint32_t pick(double uniform) const;

 private:
  std::vector<std::uint32_t> targets_;
  std::vector<double> up_to_;  // sums of the weights
};

}  // namespace updraft::elb
