#include "tests/analytic/controlled_means.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "tests/analytic/batch_means.h"

namespace updraft::sim::testing {

namespace {

/// Solves the symmetric system in place (rows of k + 1, the right side last). A control without any
/// variance of its own, alone or beside the others, gets the coefficient 0.
std::vector<double> solve(std::vector<std::vector<double>> rows) {
  const std::size_t k = rows.size();
  std::vector<double> scale(k);
  for (std::size_t i = 0; i < k; ++i) {
    scale[i] = rows[i][i];
  }
  std::vector<bool> used(k, false);
  for (std::size_t step = 0; step < k; ++step) {
    std::size_t pivot = k;
    for (std::size_t i = 0; i < k; ++i) {  // the one with most variance left
      if (!used[i] && rows[i][i] > 1e-9 * scale[i] &&
          (pivot == k || rows[i][i] / scale[i] > rows[pivot][pivot] / scale[pivot])) {
        pivot = i;
      }
    }
    if (pivot == k) {
      break;
    }
    used[pivot] = true;
    for (std::size_t i = 0; i < k; ++i) {
      if (i != pivot) {
        const double factor = rows[i][pivot] / rows[pivot][pivot];
        for (std::size_t j = 0; j <= k; ++j) {
          rows[i][j] -= factor * rows[pivot][j];
        }
      }
    }
  }
  std::vector<double> solution(k, 0.0);
  for (std::size_t i = 0; i < k; ++i) {
    solution[i] = used[i] ? rows[i][k] / rows[i][i] : 0.0;
  }
  return solution;
}

}  // namespace

ControlledMeans::ControlledMeans(const Shape& shape)
    : shape_(shape), width_(shape.values + shape.controls), sums_(width_, 0.0) {}

void ControlledMeans::add(std::span<const double> row) {
  for (std::size_t i = 0; i < width_; ++i) {
    sums_[i] += row[i];
  }
  if (++count_ < shape_.batch) {
    return;
  }
  if (warm_) {
    for (const double sum : sums_) {
      means_.push_back(sum / static_cast<double>(count_));
    }
    if (batches() == kMost) {
      join();
    }
  }
  warm_ = true;
  count_ = 0;
  std::fill(sums_.begin(), sums_.end(), 0.0);
}

void ControlledMeans::join() {
  for (std::size_t batch = 0; batch < kMost / 2; ++batch) {
    for (std::size_t i = 0; i < width_; ++i) {
      means_[batch * width_ + i] = (batch_mean(2 * batch, i) + batch_mean(2 * batch + 1, i)) / 2;
    }
  }
  means_.resize(kMost / 2 * width_);
  shape_.batch *= 2;
}

Estimate ControlledMeans::column(std::size_t index) const {
  const auto n = static_cast<double>(batches());
  double sum = 0;
  for (std::size_t batch = 0; batch < batches(); ++batch) {
    sum += batch_mean(batch, index);
  }
  const double mean = sum / n;
  double squares = 0;
  for (std::size_t batch = 0; batch < batches(); ++batch) {
    squares += (batch_mean(batch, index) - mean) * (batch_mean(batch, index) - mean);
  }
  return {.mean = mean, .half_width = student_quantile(n - 1) * std::sqrt(squares / (n - 1) / n)};
}

Estimate ControlledMeans::control(std::size_t index) const {
  return column(shape_.values + index);
}

Estimate ControlledMeans::estimate(std::size_t value) const {
  const std::size_t k = shape_.controls;
  std::vector<double> centre(width_);
  for (std::size_t i = 0; i < width_; ++i) {
    centre[i] = column(i).mean;
  }
  const auto deviation = [&](std::size_t batch, std::size_t i) {
    return batch_mean(batch, i) - centre[i];
  };
  std::vector<std::vector<double>> normal(k, std::vector<double>(k + 1, 0.0));
  for (std::size_t batch = 0; batch < batches(); ++batch) {
    for (std::size_t i = 0; i < k; ++i) {
      const double d = deviation(batch, shape_.values + i);
      for (std::size_t j = 0; j < k; ++j) {
        normal[i][j] += d * deviation(batch, shape_.values + j);
      }
      normal[i][k] += d * deviation(batch, value);
    }
  }
  const std::vector<double> slope = solve(normal);
  // What the slopes' own uncertainty adds: the controls' means against their scatter.
  for (std::size_t i = 0; i < k; ++i) {
    normal[i][k] = centre[shape_.values + i];
  }
  const std::vector<double> solved = solve(std::move(normal));
  double of_slopes = 0;
  for (std::size_t i = 0; i < k; ++i) {
    of_slopes += solved[i] * centre[shape_.values + i];
  }
  Estimate result{.mean = centre[value]};
  for (std::size_t i = 0; i < k; ++i) {
    result.mean -= slope[i] * centre[shape_.values + i];  // a control's true mean is 0
  }
  double squares = 0;
  for (std::size_t batch = 0; batch < batches(); ++batch) {
    double rest = deviation(batch, value);
    for (std::size_t i = 0; i < k; ++i) {
      rest -= slope[i] * deviation(batch, shape_.values + i);
    }
    squares += rest * rest;
  }
  const auto n = static_cast<double>(batches());
  const double degrees = n - 1 - static_cast<double>(k);
  result.half_width =
      student_quantile(degrees) * std::sqrt(squares / degrees * (1 / n + of_slopes));
  return result;
}

bool ControlledMeans::precise(std::size_t value, double half_width) const {
  return batches() >= kLeast && estimate(value).half_width <= half_width;
}

}  // namespace updraft::sim::testing
