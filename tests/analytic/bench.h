// A system of queueing theory, run until its means are known well enough.
//
//   const auto wait = [](const Outcome& o) { return o.wait(); };
//   const auto means = measure({.rate = 0.8, .work = exponential(1)}, {{wait, 0.005}});
//   EXPECT_TRUE(means[0].contains(4));
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "tests/analytic/batch_means.h"
#include "tests/analytic/station.h"

namespace updraft::sim::testing {

struct System {
  double rate = 1;  // customers a second
  Distribution work;
  Station::Options station;
  std::uint32_t stations = 1;
  std::optional<Policy> policy;  // of the dispatcher before the stations; none: a single station
  std::uint64_t seed = 1;
};

struct Wanted {
  /// Of one customer; none: he does not count.
  std::function<std::optional<double>(const Outcome&)> value;
  double half_width = 0.005;  // at most, as a share of the mean
};

struct Measured {
  std::vector<BatchMeans> means;  // one for each thing wanted
  double customers = 0;           // sent
  double seconds = 0;             // of simulated time
  double number = 0;              // mean number of customers present
};

/// Runs the system until every half-width is as wanted.
Measured measure(const System& system, const std::vector<Wanted>& wanted);

/// The laws of theory, mean 1 s.
Distribution exponential_work();
Distribution constant_work();
/// A gamma law with that squared coefficient of variation.
Distribution gamma_work(double cv2);

}  // namespace updraft::sim::testing
