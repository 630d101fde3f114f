// HOLD on the engine's event list against the bare loop: the price of slots, payload, handles and
// dispatch.
#include <string>

#include "bench/handlers.h"
#include "bench/ratio.h"
#include "bench/reference/loops.h"

int main(int argc, char** argv) {
  using namespace updraft::bench;
  RatioBench bench(argc, argv);
  constexpr std::uint64_t kHolds = 2'000'000;
  for (const std::uint64_t pending : {1'000, 100'000, 1'000'000}) {
    const std::string name = fmt::format("hold_{}", pending);
    if (!bench.wants(name)) {
      continue;
    }
    HoldLoop<RadixQueue> reference(pending, 1);
    EngineHold subject(pending, HoldLoop<RadixQueue>::kMeanNs, HoldLoop<RadixQueue>::kMeanNs, 1);
    bench.compare(
        {.name = name, .unit = "holds", .target = 1.6}, [&] { return subject.run(kHolds); },
        [&] { return reference.run(kHolds).units; });
  }
  return bench.finish();
}
