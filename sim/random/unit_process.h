// The points of a Poisson process of rate 1, in order: the one draw that keeps a state.
//
//   UnitProcess points(stream_key(seed, replication, "traffic/visitors", "arrivals"));
//   double first = points.next();   double second = points.next();
//
// Point k is the sum of the gaps 0..k, gap k = -log(u), u being uniform k of the stream (uniform01
// with ordinal k / 2, index k % 2, so a block serves two). An arrival process is a time change of
// it (sim/traffic/arrivals.h), and request k is the same at every scale. Gaps are made in batches,
// only for speed: values do not depend on it.
#pragma once

#include <array>
#include <cstdint>

#include "sim/random/stream.h"

namespace updraft::sim {

class UnitProcess {
 public:
  explicit UnitProcess(StreamKey key) : key_(key) {}

  /// The next point. Points rise; equal ones can occur past 2^50 of them, where a gap falls below
  /// the last place.
  double next() {
    if (used_ == kBatch) [[unlikely]] {
      refill();
    }
    return points_[used_++];
  }

  /// Points given so far.
  [[nodiscard]] std::uint64_t count() const { return 2 * next_block_ - (kBatch - used_); }

 private:
  static constexpr std::uint32_t kBatch = 64;
  void refill();

  StreamKey key_;
  std::uint64_t next_block_ = 0;
  double last_ = 0;
  std::uint32_t used_ = kBatch;
  std::array<double, kBatch> points_{};
};

}  // namespace updraft::sim
