// The mean of a long run with its confidence interval, by batch means.
//
//   BatchMeans means(20'000);
//   while (!means.precise(0.005)) { ...; means.add(x); }
//   means.mean() +- means.half_width()
//
// Values come in the order of time and are correlated; means of long batches hardly are. Batches
// are of one length, and neighbours are joined whenever there are too many of them, so that they
// grow with the run. The first batch is the warm-up and does not count.
#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include "sim/random/portable_math.h"

namespace updraft::sim::testing {

/// Level of every interval here; tests compare many of them.
inline constexpr double kLevel = 0.9999;

/// The two-sided quantile of Student's law for kLevel (Cornish and Fisher's expansion in 1/degrees,
/// good to 1e-3 from 30 degrees on).
inline double student_quantile(double degrees) {
  const double z = portable::normal_quantile(0.5 + kLevel / 2);
  const double z3 = z * z * z;
  const double z5 = z3 * z * z;
  return z + (z3 + z) / (4 * degrees) + (5 * z5 + 16 * z3 + 3 * z) / (96 * degrees * degrees);
}

class BatchMeans {
 public:
  explicit BatchMeans(std::uint64_t batch) : batch_(batch) {}

  void add(double value) {
    sum_ += value;
    if (++count_ < batch_) {
      return;
    }
    if (warm_) {
      means_.push_back(sum_ / static_cast<double>(count_));
      if (means_.size() == kMost) {
        join();
      }
    }
    warm_ = true;
    sum_ = 0;
    count_ = 0;
  }

  [[nodiscard]] double mean() const {
    double sum = 0;
    for (const double mean : means_) {
      sum += mean;
    }
    return sum / static_cast<double>(means_.size());
  }
  [[nodiscard]] double half_width() const {
    const double centre = mean();
    double squares = 0;
    for (const double mean : means_) {
      squares += (mean - centre) * (mean - centre);
    }
    const auto n = static_cast<double>(means_.size());
    return student_quantile(n - 1) * std::sqrt(squares / (n - 1) / n);
  }
  /// The half-width is at most this share of the mean, and there are batches enough to say so.
  [[nodiscard]] bool precise(double share) const {
    return means_.size() >= kLeast && half_width() <= share * mean();
  }
  [[nodiscard]] bool contains(double value) const {
    return std::abs(value - mean()) <= half_width();
  }

 private:
  static constexpr std::size_t kLeast = 40;
  static constexpr std::size_t kMost = 128;

  void join() {
    for (std::size_t i = 0; i < kMost / 2; ++i) {
      means_[i] = (means_[2 * i] + means_[2 * i + 1]) / 2;
    }
    means_.resize(kMost / 2);
    batch_ *= 2;
  }

  std::uint64_t batch_;
  std::uint64_t count_ = 0;
  double sum_ = 0;
  bool warm_ = false;
  std::vector<double> means_;
};

}  // namespace updraft::sim::testing
