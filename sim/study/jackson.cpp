#include "sim/study/jackson.h"

#include <Eigen/Dense>
#include <cmath>

#include "sim/core/check.h"

namespace updraft::sim::closed_forms {

NetworkMeans jackson(const OpenNetwork& network) {
  const auto size = static_cast<Eigen::Index>(network.stations.size());
  SIM_CHECK(network.arrivals.size() == network.stations.size() &&
                network.routing.size() == network.stations.size(),
            "a network of {} stations needs as many arrivals and rows of routing", size);
  Eigen::MatrixXd equations = Eigen::MatrixXd::Identity(size, size);
  Eigen::VectorXd arrivals(size);
  for (Eigen::Index i = 0; i < size; ++i) {
    const auto& row = network.routing[static_cast<std::size_t>(i)];
    SIM_CHECK(row.size() == network.stations.size(), "row {} of the routing has {} shares", i,
              row.size());
    arrivals(i) = network.arrivals[static_cast<std::size_t>(i)];
    for (Eigen::Index j = 0; j < size; ++j) {
      equations(j, i) -= row[static_cast<std::size_t>(j)];
    }
  }
  const Eigen::FullPivLU<Eigen::MatrixXd> solver(equations);
  SIM_CHECK(solver.isInvertible(), "customers of this network never leave");
  const Eigen::VectorXd rates = solver.solve(arrivals);
  NetworkMeans means;
  for (Eigen::Index i = 0; i < size; ++i) {
    const OpenNetwork::Station& station = network.stations[static_cast<std::size_t>(i)];
    SIM_CHECK(rates(i) >= 0 && rates(i) < station.service_rate * station.servers,
              "station {} gets {} customers a time and serves {} at most", i, rates(i),
              station.service_rate * station.servers);
    means.rates.push_back(rates(i));
    means.stations.push_back(mmc({.arrival_rate = rates(i),
                                  .service_rate = station.service_rate,
                                  .servers = station.servers}));
    means.number += means.stations.back().number;
  }
  means.response = means.number / arrivals.sum();  // Little
  return means;
}

}  // namespace updraft::sim::closed_forms
