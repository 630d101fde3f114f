#include "tests/analytic/bench.h"

#include <algorithm>
#include <string>

namespace updraft::sim::testing {

namespace {

constexpr std::uint64_t kBatch = 10'000;  // customers; ControlledMeans lets it grow

/// Products of what a customer met with what was drawn for him, each of mean 0. The work and the
/// gap to the next customer are independent of all that came before, so of the wait in order of
/// arrival, of the number found, of the work found.
class Controls {
 public:
  Controls(const System& system, const std::vector<Wanted>& wanted)
      : mean_work_(system.work.mean() / 1e9),
        work_variance_(system.work.variance() / 1e18 / (mean_work_ * mean_work_)),
        // In turn over n stations, gaps at each are sums of n; otherwise they are exponential.
        gap_variance_(system.policy == Policy::kRoundRobin ? 1.0 / system.stations : 1.0),
        met_work_(system.stations == 1 && system.station.line_limit == FifoServers::kUnlimited) {
    for (const Wanted& one : wanted) {
      if (one.tail) {
        tails_.push_back(*one.tail);
      }
    }
  }
  [[nodiscard]] std::size_t count() const { return kCommon + 4 * tails_.size(); }

  void append(const Outcome& o, std::vector<double>& row) const {
    // The work of those turned away never mattered.
    const double work = o.served ? o.work / mean_work_ - 1 : 0;
    const double gap = o.gap - 1;
    // Shared, a response says what came later; the work found does not. It also tells more of
    // several servers than the wait does. Of several stations, or where some are turned away, the
    // draws alone do not say what was found.
    const double met = !o.served ? 0 : met_work_ ? o.workload : o.wait();
    const double squared_work = o.served ? work * work - work_variance_ : 0;
    row.insert(row.end(), {work, gap, squared_work, gap * gap - gap_variance_, work * gap});
    for (const double state : {met, met * met, o.found, o.found * o.found}) {
      row.push_back(state * work);
      row.push_back(state * gap);
    }
    for (const double tail : tails_) {
      for (const double state : {met > tail ? 1.0 : 0.0, std::max(0.0, met - tail)}) {
        row.push_back(state * work);
        row.push_back(state * gap);
      }
    }
  }

 private:
  static constexpr std::size_t kCommon = 5 + 4 * 2;
  double mean_work_;
  double work_variance_;  // of the work over its mean
  double gap_variance_;   // of the gap over its mean
  bool met_work_;
  std::vector<double> tails_;
};

bool all_precise(const ControlledMeans& means, const std::vector<Wanted>& wanted) {
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (!means.precise(i, wanted[i].half_width)) {
      return false;
    }
  }
  return true;
}

}  // namespace

Measured measure(const System& system, const std::vector<Wanted>& wanted) {
  Measured measured;
  measured.stations.resize(system.stations);
  const Controls controls(system, wanted);
  ControlledMeans means({.values = wanted.size(), .controls = controls.count(), .batch = kBatch});
  std::vector<double> row;
  Simulation simulation({.seed = system.seed});
  auto& customers =
      simulation.add<Customers>("customers", system.rate, system.work, [&](const Outcome& outcome) {
        row.clear();
        for (const Wanted& one : wanted) {
          row.push_back(one.value(outcome));
        }
        controls.append(outcome, row);
        means.add(row);
        measured.stations[outcome.station].responses += outcome.response;
      });
  std::vector<Station*> stations;
  std::vector<ComponentId> ids;
  for (std::uint32_t i = 0; i < system.stations; ++i) {
    stations.push_back(&simulation.add<Station>("station/" + std::to_string(i), system.station));
    ids.push_back(stations.back()->id());
  }
  // Where the state decides who goes where, gaps at one station are not independent of it.
  if (system.policy && *system.policy != Policy::kLeastOutstanding) {
    customers.split_over(system.stations);
  }
  customers.send_to(system.policy
                        ? simulation.add<Dispatcher>("node", *system.policy, ids, customers).id()
                        : ids.front(),
                    system.station.servers);
  simulation.start();
  const Duration step{
      static_cast<std::int64_t>(static_cast<double>(8 * kBatch) / system.rate * 1e9)};
  do {
    simulation.run_until(simulation.now() + step);
  } while (!all_precise(means, wanted));
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    measured.estimates.push_back(means.estimate(i));
  }
  for (std::size_t i = 0; i < controls.count(); ++i) {
    measured.draws.push_back(means.control(i));
  }
  measured.customers = static_cast<double>(customers.sent());
  measured.seconds = to_seconds(simulation.now());
  for (std::size_t i = 0; i < stations.size(); ++i) {
    measured.stations[i].customer_seconds = stations[i]->customer_seconds(simulation.now());
  }
  return measured;
}

Distribution exponential_work(double mean_s) {
  return Distribution::exponential(1e9 * mean_s).value();
}
Distribution constant_work() {
  return Distribution::constant(1e9).value();
}
Distribution gamma_work(double cv2) {
  return Distribution::gamma({.shape = 1 / cv2, .scale = 1e9 * cv2}).value();
}

}  // namespace updraft::sim::testing
