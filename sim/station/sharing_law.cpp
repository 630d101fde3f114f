#include "sim/station/sharing_law.h"

#include <algorithm>

#include "sim/core/check.h"

namespace updraft::sim {
namespace {

constexpr std::uint32_t kMostServers = 65536;
constexpr std::size_t kTable = 129;  // jobs for which rates are looked up, not divided

}  // namespace

SharingLaw::SharingLaw(const std::vector<double>& total_by_busy)
    : servers_(static_cast<std::uint32_t>(total_by_busy.size() - 1)),
      capacity_(total_by_busy.back()) {
  const std::size_t size = std::max(kTable, total_by_busy.size());
  rate_.resize(size, 1.0);
  inverse_.resize(size, 1.0);
  for (std::size_t n = 1; n < size; ++n) {
    const double total = n < total_by_busy.size() ? total_by_busy[n] : capacity_;
    rate_[n] = total / static_cast<double>(n);
    inverse_[n] = static_cast<double>(n) / total;
  }
}

SharingLaw SharingLaw::servers(std::uint32_t m) {
  return cores(m, 1, 1.0);
}

SharingLaw SharingLaw::cores(std::uint32_t count, std::uint32_t threads, double yield) {
  SIM_CHECK(count >= 1 && threads >= 1 && count <= kMostServers / threads, "{} cores of {} threads",
            count, threads);
  SIM_CHECK(yield >= 1.0 && yield <= threads, "yield is {} with {} threads", yield, threads);
  const double gain = threads == 1 ? 0.0 : (yield - 1.0) / (threads - 1);
  std::vector<double> total(std::size_t{count} * threads + 1, 0.0);
  for (std::size_t busy = 1; busy < total.size(); ++busy) {
    const std::size_t alone = std::min<std::size_t>(busy, count);
    total[busy] = static_cast<double>(alone) + gain * static_cast<double>(busy - alone);
  }
  return SharingLaw(total);
}

}  // namespace updraft::sim
