// Open networks of M/M/c stations (Jackson): in equilibrium each behaves as if it stood alone.
#pragma once

#include <vector>

#include "sim/study/closed_forms.h"

namespace updraft::sim::closed_forms {

/// An open network. Rates are in customers a time.
struct OpenNetwork {
  struct Station {
    double service_rate = 1;  // of one server
    std::uint32_t servers = 1;
  };
  std::vector<Station> stations;
  std::vector<double> arrivals;              // from outside, by station
  std::vector<std::vector<double>> routing;  // [i][j]: share of those who leave i that go to j
};

struct NetworkMeans {
  std::vector<double> rates;         // of arrivals at each station, visits counted
  std::vector<QueueMeans> stations;  // of one visit
  double number = 0;                 // customers in the network
  double response = 0;               // of a customer from its coming to its leaving
};

/// Solves the traffic equations rate = arrivals + routing^T rate. Breaks an invariant where a
/// matrix has another shape, customers never leave, or a station can't keep up. J. R. Jackson,
/// Jobshop-like queueing systems, Management Science 10 (1963).
[[nodiscard]] NetworkMeans jackson(const OpenNetwork& network);

}  // namespace updraft::sim::closed_forms
