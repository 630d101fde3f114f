// Queues as stations of the engine (requests, frames, keyed draws, histogram and counters on)
// against the bare loops that do the same arithmetic.
#include "bench/ratio.h"
#include "bench/stations.h"

namespace updraft::bench {
namespace {

constexpr std::uint64_t kCustomers = 500'000;

/// Runs until so many more customers have left.
class Bank {
 public:
  explicit Bank(std::uint32_t servers, double gap_ns)
      : law_(sim::SharingLaw::servers(servers)), gap_ns_(gap_ns) {}

  std::uint64_t run() {
    const std::uint64_t before = customers_->done();
    const auto span = sim::Duration{static_cast<std::int64_t>(gap_ns_ * kCustomers)};
    simulation_.run_until(simulation_.now() + span);
    return customers_->done() - before;
  }
  sim::ComponentId add_station(const std::string& name) {
    return simulation_.add<Station>(name, law_).id();
  }
  template <Choice kChoice>
  sim::ComponentId add_balancer(const std::vector<sim::ComponentId>& targets) {
    return simulation_.add<Balancer<kChoice>>("balancer", targets).id();
  }
  void open(sim::ComponentId door) {
    customers_ = &simulation_.add<Customers>("customers", door, gap_ns_);
    simulation_.start();
  }

 private:
  sim::Simulation simulation_{{.seed = 1}};
  sim::SharingLaw law_;
  double gap_ns_;
  Customers* customers_ = nullptr;
};

template <std::size_t kServers>
void mmc(RatioBench& bench, const char* name) {
  if (!bench.wants(name)) {
    return;
  }
  Bank bank(kServers, kServiceNs / (kLoad * static_cast<double>(kServers)));
  bank.open(bank.add_station("desk"));
  bench.compare(
      {.name = name, .unit = "customers", .target = 3.0}, [&] { return bank.run(); },
      [] { return mmc_loop<kServers>(kCustomers, 1).units; });
}

template <Choice kChoice>
void ten_servers(RatioBench& bench, const char* name) {
  if (!bench.wants(name)) {
    return;
  }
  Bank bank(1, kServiceNs / (kLoad * 10));
  std::vector<sim::ComponentId> targets;
  targets.reserve(10);
  for (int i = 0; i < 10; ++i) {
    targets.push_back(bank.add_station(fmt::format("server-{}", i)));
  }
  bank.open(bank.add_balancer<kChoice>(targets));
  bench.compare(
      {.name = name, .unit = "customers", .target = 3.0}, [&] { return bank.run(); },
      [] { return ten_servers_loop<kChoice>(kCustomers, 1).units; });
}

}  // namespace
}  // namespace updraft::bench

int main(int argc, char** argv) {
  using namespace updraft::bench;
  RatioBench bench(argc, argv);
  mmc<1>(bench, "mm1");
  mmc<16>(bench, "mm16");
  ten_servers<Choice::kRoundRobin>(bench, "ten_round_robin");
  ten_servers<Choice::kLeastOutstanding>(bench, "ten_least_outstanding");
  return bench.finish();
}
