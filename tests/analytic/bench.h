// A system of queueing theory, run until its means are known well enough.
//
//   const Measured m = measure({.rate = 0.8, .work = exponential_work()}, {{.value = wait_of,
//                              .half_width = 0.005 * 4}});
//   EXPECT_TRUE(m.estimates[0].contains(4));
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "tests/analytic/controlled_means.h"
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
  /// Of one customer; every customer counts.
  std::function<double(const Outcome&)> value;
  double half_width = 0;  // at most
  /// Of a tail: where it begins; controls that see the state beyond it are added.
  std::optional<double> tail{};
};

struct Measured {
  std::vector<Estimate> estimates;  // one for each thing wanted
  std::vector<Estimate> draws;      // means of the controls: 0 where the draws follow their laws
  double customers = 0;             // sent
  double seconds = 0;               // of simulated time
  struct AtStation {
    double customer_seconds = 0;  // counted by the station, as they come and go
    double responses = 0;         // of those who have left, summed, s
  };
  std::vector<AtStation> stations;
};

/// Runs the system until every half-width is as wanted.
Measured measure(const System& system, const std::vector<Wanted>& wanted);

/// The laws of theory, mean 1 s unless said.
Distribution exponential_work(double mean_s = 1);
Distribution constant_work();
/// A gamma law with that squared coefficient of variation.
Distribution gamma_work(double cv2);

}  // namespace updraft::sim::testing
