// Means of a long run with their confidence intervals, sharpened by what is known of the draws.
//
//   ControlledMeans means({.values = 1, .controls = 2, .batch = 10'000});
//   while (!means.precise(0, 0.005 * 4)) { ...; means.add(row); }   // the value, then the controls
//   means.estimate(0).mean +- means.estimate(0).half_width
//
// A control is a quantity whose mean is zero whatever the system does, such as a customer's wait
// times (his work - its mean): the work is drawn for him and his wait was settled before. Where the
// draws happened to be heavy, value and control are both large, and the regression of the batch
// means of the value on those of the controls takes that part out (control variates). The estimate
// stays that of the value's own mean, and half-widths shrink ten- to a hundredfold in customers.
// A control that is not zero on the mean says that the draws are not what they are taken for;
// control() tells, and no estimate may then be trusted.
//
// Batches are of one length, and neighbours are joined whenever there are too many of them, so that
// they grow with the run and hardly depend on each other. The first batch is the warm-up.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace updraft::sim::testing {

struct Estimate {
  double mean = 0;
  double half_width = 0;  // at kLevel (batch_means.h)
  [[nodiscard]] bool contains(double value) const {
    return value >= mean - half_width && value <= mean + half_width;
  }
};

class ControlledMeans {
 public:
  struct Shape {
    std::size_t values = 1;
    std::size_t controls = 0;
    std::uint64_t batch = 10'000;
  };
  explicit ControlledMeans(const Shape& shape);

  /// One customer: values, then controls.
  void add(std::span<const double> row);

  [[nodiscard]] std::size_t batches() const { return means_.size() / width_; }
  /// Whether the half-width is at most that, and there are batches enough to say so.
  [[nodiscard]] bool precise(std::size_t value, double half_width) const;
  [[nodiscard]] Estimate estimate(std::size_t value) const;
  /// The mean of a control without any sharpening; its interval should contain 0.
  [[nodiscard]] Estimate control(std::size_t index) const;

 private:
  static constexpr std::size_t kLeast = 120;
  static constexpr std::size_t kMost = 320;

  void join();
  [[nodiscard]] double batch_mean(std::size_t batch, std::size_t column) const {
    return means_[batch * width_ + column];
  }
  [[nodiscard]] Estimate column(std::size_t index) const;

  Shape shape_;
  std::size_t width_;
  std::uint64_t count_ = 0;
  bool warm_ = false;
  std::vector<double> sums_;   // of the open batch
  std::vector<double> means_;  // row by row
};

}  // namespace updraft::sim::testing
