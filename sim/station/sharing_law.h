// How fast each of n jobs runs when they share a machine of m servers.
//
// Under egalitarian sharing every job in service runs at the same rate. With m equal servers that
// is min(1, m/n): a job never uses more than one server. Servers may come in groups that share a
// core (hardware threads): two busy threads of one core then do `yield` times the work of one, not
// twice as much. Jobs are spread over whole cores before they double up, as schedulers do.
//
//   SharingLaw law = SharingLaw::servers(4);               // rate(8) == 0.5
//   SharingLaw smt = SharingLaw::cores(2, 2, 1.3);         // total(2) == 2, total(4) == 2.6
//
// Immutable once built; stations of one kind share one law and keep a pointer to it.
#pragma once

#include <cstdint>
#include <vector>

namespace updraft::sim {

class SharingLaw {
 public:
  /// m equal, independent servers. m is 1 to 65536.
  static SharingLaw servers(std::uint32_t m);

  /// `count` cores of `threads` servers each; a core with j busy threads does 1 + (j - 1) * (yield
  /// - 1) / (threads - 1) times the work of one, so with all of them busy it does `yield` times.
  /// yield is 1 to threads.
  static SharingLaw cores(std::uint32_t count, std::uint32_t threads, double yield);

  [[nodiscard]] std::uint32_t servers() const { return servers_; }
  /// Rate of each job when n share the machine, in work per time at speed 1. n is at least 1.
  [[nodiscard]] double rate(std::uint32_t n) const {
    return n < rate_.size() ? rate_[n] : capacity_ / static_cast<double>(n);
  }
  /// 1 / rate(n), rounded once more; saves a division on the way to the next completion.
  [[nodiscard]] double time_per_work(std::uint32_t n) const {
    return n < inverse_.size() ? inverse_[n] : static_cast<double>(n) / capacity_;
  }
  /// Work per time of the whole machine with n jobs at speed 1.
  [[nodiscard]] double total(std::uint32_t n) const { return n == 0 ? 0.0 : rate(n) * n; }
  /// total(n) for every n of at least servers().
  [[nodiscard]] double capacity() const { return capacity_; }

 private:
  explicit SharingLaw(const std::vector<double>& total_by_busy);

  std::uint32_t servers_ = 0;
  double capacity_ = 0;
  std::vector<double> rate_;     // by number of jobs; [0] is unused
  std::vector<double> inverse_;  // likewise
};

}  // namespace updraft::sim
