// Which target gets the next request: one picker for each node and target group (R3.3.1, R3.3.2).
//
// A picker is told its candidates whenever they change (candidates.h) and asked for each request.
// Nodes don't know of each other: each has its own pointer and counts its own outstanding requests.
//
//   RoundRobin next;  next.set_candidates(c.targets);  auto target = next.pick();
//   LeastOutstanding least;  auto target = least.pick(draw);  least.began(target);  ...
//   least.ended(target);
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sim/core/check.h"

namespace updraft::elb {

/// One of n places by a number uniform over 64 bits; each place is hit to within 2^-32.
constexpr std::uint32_t place_of(std::uint64_t number, std::uint32_t n) {
  return static_cast<std::uint32_t>(((number >> 32) * n) >> 32);
}

/// R3.3.2 round_robin: one after the other in order of registration. A change of candidates keeps
/// the turn: the next is the first candidate after the one picked last.
class RoundRobin {
 public:
  /// Ascending target ordinals.
  void set_candidates(std::span<const std::uint32_t> targets);
  [[nodiscard]] bool empty() const { return targets_.empty(); }

  std::uint32_t pick() {
    SIM_CHECK(!targets_.empty());
    const std::uint32_t target = targets_[next_];
    next_ = next_ + 1 == targets_.size() ? 0 : next_ + 1;
    last_ = target;
    return target;
  }
  /// The same where some targets take part only now and then (R3.3.5): `weight(target)` is the
  /// share of its turns that it takes, above 0 to 1. Those of 1 are never passed over.
  template <class Weight>
  std::uint32_t pick_weighted(Weight weight) {
    for (;;) {
      const std::uint32_t target = pick();
      const double share = weight(target);
      if (share >= 1) {
        return target;
      }
      if (target >= saved_.size()) {
        saved_.resize(target + 1, 0);
      }
      saved_[target] += share;
      if (saved_[target] >= 1) {
        saved_[target] -= 1;
        return target;
      }
    }
  }

 private:
  std::vector<std::uint32_t> targets_;
  std::vector<double> saved_;  // by target: parts of turns not yet taken
  std::size_t next_ = 0;
  std::uint32_t last_ = 0xffffffff;  // before the first pick: the turn is the first candidate's
};

/// R3.3.2 least_outstanding_requests: a candidate with the fewest requests in progress through this
/// node; among equals one is drawn. O(1) for each call: the candidates stand in an array ordered by
/// their counts, and a count that changes by one swaps its target across the border of its block.
class LeastOutstanding {
 public:
  /// Any order, no repeats. Counts are kept: also of targets that leave, whose requests still end
  /// here. O(n).
  void set_candidates(std::span<const std::uint32_t> targets);
  [[nodiscard]] bool empty() const { return order_.empty(); }

  /// `draw` is uniform over 64 bits.
  [[nodiscard]] std::uint32_t pick(std::uint64_t draw) const {
    SIM_CHECK(!order_.empty());
    return order_[place_of(draw, begin_[least_ + 1])];
  }
  void began(std::uint32_t target);
  void ended(std::uint32_t target);

  [[nodiscard]] std::uint32_t outstanding(std::uint32_t target) const {
    return target < count_.size() ? count_[target] : 0;
  }

 private:
  static constexpr std::uint32_t kNotHere = 0xffffffff;
  void know(std::uint32_t target);
  void swap(std::uint32_t a, std::uint32_t b);

  std::vector<std::uint32_t> count_;     // by target
  std::vector<std::uint32_t> position_;  // by target; in order_, or kNotHere
  std::vector<std::uint32_t> order_;     // candidates by ascending count
  std::vector<std::uint32_t>
      begin_;                // by count c: the first place in order_ with a count of at least c
  std::uint32_t least_ = 0;  // the smallest count of a candidate
};

/// R3.3.2 weighted_random without mitigation: even random over the healthy targets.
class EvenRandom {
 public:
  void set_candidates(std::span<const std::uint32_t> targets) {
    targets_.assign(targets.begin(), targets.end());
  }
  [[nodiscard]] bool empty() const { return targets_.empty(); }
  /// `draw` is uniform over 64 bits.
  [[nodiscard]] std::uint32_t pick(std::uint64_t draw) const {
    SIM_CHECK(!targets_.empty());
    return targets_[place_of(draw, static_cast<std::uint32_t>(targets_.size()))];
  }

 private:
  std::vector<std::uint32_t> targets_;
};

}  // namespace updraft::elb
