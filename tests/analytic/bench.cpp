#include "tests/analytic/bench.h"

#include <algorithm>
#include <string>

namespace updraft::sim::testing {

namespace {

constexpr std::uint64_t kBatch = 10'000;  // customers; BatchMeans lets it grow

bool all_precise(const std::vector<BatchMeans>& means, const std::vector<Wanted>& wanted) {
  for (std::size_t i = 0; i < means.size(); ++i) {
    if (!means[i].precise(wanted[i].half_width)) {
      return false;
    }
  }
  return true;
}

}  // namespace

Measured measure(const System& system, const std::vector<Wanted>& wanted) {
  Measured measured;
  measured.means.assign(wanted.size(), BatchMeans(kBatch));
  Simulation simulation({.seed = system.seed});
  auto& customers =
      simulation.add<Customers>("customers", system.rate, system.work, [&](const Outcome& outcome) {
        for (std::size_t i = 0; i < wanted.size(); ++i) {
          if (const std::optional<double> value = wanted[i].value(outcome)) {
            measured.means[i].add(*value);
          }
        }
      });
  std::vector<Station*> stations;
  std::vector<ComponentId> ids;
  for (std::uint32_t i = 0; i < system.stations; ++i) {
    stations.push_back(&simulation.add<Station>("station/" + std::to_string(i), system.station));
    ids.push_back(stations.back()->id());
  }
  customers.send_to(system.policy ? simulation.add<Dispatcher>("node", *system.policy, ids).id()
                                  : ids.front());
  simulation.start();
  const Duration step{static_cast<std::int64_t>(static_cast<double>(kBatch) / system.rate * 1e9)};
  do {
    simulation.run_until(simulation.now() + step);
  } while (!all_precise(measured.means, wanted));
  measured.customers = static_cast<double>(customers.sent());
  measured.seconds = to_seconds(simulation.now());
  for (Station* station : stations) {
    measured.number += station->customer_seconds(simulation.now()) / measured.seconds;
  }
  return measured;
}

Distribution exponential_work() {
  return Distribution::exponential(1e9).value();
}
Distribution constant_work() {
  return Distribution::constant(1e9).value();
}
Distribution gamma_work(double cv2) {
  return Distribution::gamma({.shape = 1 / cv2, .scale = 1e9 * cv2}).value();
}

}  // namespace updraft::sim::testing
