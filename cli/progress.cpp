#include "cli/progress.h"

#include <fmt/format.h>

#include "sim/study/plan_facts.h"

namespace updraft::cli {

ProgressBar::ProgressBar(const Terminal& terminal, bool quiet, std::int64_t start_unix_ns,
                         sim::Time end)
    : terminal_(terminal),
      shown_(terminal.err_is_tty && !quiet),
      start_unix_ns_(start_unix_ns),
      end_(end),
      begun_(Clock::now()) {}

ProgressBar::~ProgressBar() {
  clear();
}

void ProgressBar::clear() {
  if (shown_ && drawn_ != Clock::time_point{}) {
    terminal_.err << "\r\x1b[K" << std::flush;
    drawn_ = {};
  }
}

void ProgressBar::show(sim::Time now, std::uint64_t events) {
  const Clock::time_point wall = Clock::now();
  if (!shown_ || wall - drawn_ < std::chrono::milliseconds(100)) {
    return;
  }
  drawn_ = wall;
  constexpr int kWidth = 32;
  const double done = sim::to_seconds(now) / sim::to_seconds(end_);
  const int full = static_cast<int>(done * kWidth);
  std::string bar;
  for (int i = 0; i < kWidth; ++i) {
    bar += i < full ? "█" : "░";
  }
  const double seconds = std::chrono::duration<double>(wall - begun_).count();
  const double left = done > 0 ? seconds / done - seconds : 0;
  terminal_.err << fmt::format("\r\x1b[K{}  {} {:3.0f} %  {:.1f} M events  {:.0f} s left", bar,
                               sim::utc_text(start_unix_ns_ + sim::to_ns(now)).substr(0, 16),
                               done * 100, static_cast<double>(events) / 1e6, left)
                << std::flush;
}

}  // namespace updraft::cli
