// A progress bar with the simulated date, on one line of a terminal.
#pragma once

#include <chrono>
#include <cstdint>

#include "cli/terminal.h"
#include "sim/core/time.h"

namespace updraft::cli {

class ProgressBar {
 public:
  /// Shows nothing when `terminal` is not watched or `quiet` is set.
  ProgressBar(const Terminal& terminal, bool quiet, std::int64_t start_unix_ns, sim::Time end);
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// Draws at most ten times a second.
  void show(sim::Time now, std::uint64_t events);
  /// Wipes the bar away, so that what comes next stands at the beginning of an empty line.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;
  const Terminal& terminal_;
  bool shown_;
  std::int64_t start_unix_ns_;
  sim::Time end_;
  Clock::time_point begun_;
  Clock::time_point drawn_{};
};

}  // namespace updraft::cli
