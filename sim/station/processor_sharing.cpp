#include "sim/station/processor_sharing.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace updraft::sim {
namespace {

constexpr std::size_t kArity = 4;
constexpr double kSlackNs = 1.0 / 1024;
constexpr double kRelative = 1.0 / (std::int64_t{1} << 50);
constexpr double kEndOfTimeNs = 9.0e18;  // beyond it a time is kNever

double inverse(double speed) {
  return speed > 0 ? 1.0 / speed : 0.0;
}

}  // namespace

ProcessorSharing::ProcessorSharing(const SharingLaw& law, double speed)
    : law_(&law), speed_(speed), inverse_speed_(inverse(speed)) {
  SIM_CHECK(speed >= 0 && std::isfinite(speed), "speed is {}", speed);
}

inline void ProcessorSharing::count_changed() {
  const std::uint32_t n = size();
  if (n == 0) {  // a busy period ends: the next one counts from 0
    virtual_ = 0;
    entered_ = 0;
    busy_servers_ = 0;
    return;
  }
  busy_servers_ = std::min(n, law_->servers());
  rate_ = speed_ * law_->rate(n);
}

// Subtraction may round two tags into one, which then leave in order of entry: so the heap is
// ordered anew.
void ProcessorSharing::rebase() {
  for (Entry& entry : heap_) {
    entry.tag -= virtual_;
  }
  virtual_ = 0;
  std::sort(heap_.begin(), heap_.end(), before);  // a sorted array is a heap
  for (std::size_t i = 0; i < heap_.size(); ++i) {
    jobs_[heap_[i].slot].position = static_cast<std::uint32_t>(i);
  }
}

void ProcessorSharing::sift_up(std::size_t position, const Entry& entry) {
  while (position > 0) {
    const std::size_t parent = (position - 1) / kArity;
    if (!before(entry, heap_[parent])) {
      break;
    }
    put(position, heap_[parent]);
    position = parent;
  }
  put(position, entry);
}

// The hole sinks to a leaf along the earliest children, then `entry`, which comes from the end of
// the array and mostly belongs there, rises from it: fewer comparisons than asking at each level
// whether it stays.
void ProcessorSharing::sift_down(std::size_t position, const Entry& entry) {
  const std::size_t size = heap_.size();
  const std::size_t top = position;
  for (std::size_t child = kArity * position + 1; child < size; child = kArity * position + 1) {
    const std::size_t end = std::min(child + kArity, size);
    std::size_t earliest = child;
    for (std::size_t i = child + 1; i < end; ++i) {
      earliest = before(heap_[i], heap_[earliest]) ? i : earliest;
    }
    put(position, heap_[earliest]);
    position = earliest;
  }
  while (position > top) {
    const std::size_t parent = (position - 1) / kArity;
    if (!before(entry, heap_[parent])) {
      break;
    }
    put(position, heap_[parent]);
    position = parent;
  }
  put(position, entry);
}

void ProcessorSharing::erase(std::size_t position) {
  const Slot slot = heap_[position].slot;
  jobs_[slot].live = false;
  jobs_[slot].position = free_;
  free_ = slot;
  const Entry moved = heap_.back();
  heap_.pop_back();
  if (position < heap_.size()) {
    if (position > 0 && before(moved, heap_[(position - 1) / kArity])) {
      sift_up(position, moved);
    } else {
      sift_down(position, moved);
    }
  }
  count_changed();
}

ProcessorSharing::Slot ProcessorSharing::add(Time now, std::uint64_t job, Duration work) {
  SIM_CHECK(work.count() >= 0, "work is {} ns", work.count());
  advance(now);
  Slot slot = free_;
  if (slot == kNone) {
    slot = static_cast<Slot>(jobs_.size());
    jobs_.emplace_back();
  } else {
    free_ = jobs_[slot].position;
  }
  const auto work_ns = static_cast<double>(work.count());
  jobs_[slot] = Job{job, work_ns, 0, true};
  heap_.emplace_back();
  sift_up(heap_.size() - 1, Entry{virtual_ + work_ns, entered_++, slot});
  count_changed();
  return slot;
}

Time ProcessorSharing::next_completion() const {
  if (heap_.empty() || speed_ <= 0) {
    return kNever;
  }
  const double left = heap_.front().tag - virtual_;
  const double wait = left * (law_->time_per_work(size()) * inverse_speed_) - kSlackNs;
  if (wait <= 0) {
    return last_;
  }
  if (wait >= kEndOfTimeNs - static_cast<double>(to_ns(last_))) [[unlikely]] {
    return kNever;
  }
  auto whole = static_cast<std::int64_t>(wait);  // std::ceil is a call without SSE4.1
  whole += static_cast<double>(whole) < wait ? 1 : 0;
  return last_ + Duration{whole};
}

std::uint64_t ProcessorSharing::complete(Time now) {
  SIM_CHECK(!heap_.empty());
  advance(now);
  const Entry& first = heap_.front();
  // Twice the slack, because what the job lacks is rounded once more here.
  SIM_CHECK(first.tag - virtual_ <= 2 * kSlackNs * rate_ + kRelative * first.tag,
            "{} ns of work are left", first.tag - virtual_);
  const std::uint64_t job = jobs_[first.slot].job;
  erase(0);
  return job;
}

Duration ProcessorSharing::remove(Time now, Slot slot) {
  const Duration had = attained(now, slot);
  advance(now);
  erase(jobs_[slot].position);
  return had;
}

bool ProcessorSharing::remove_job(Time now, std::uint64_t job) {
  for (const Entry& entry : heap_) {
    if (jobs_[entry.slot].job == job) {
      remove(now, entry.slot);
      return true;
    }
  }
  return false;
}

void ProcessorSharing::set_speed(Time now, double speed) {
  SIM_CHECK(speed >= 0 && std::isfinite(speed), "speed is {}", speed);
  advance(now);
  speed_ = speed;
  inverse_speed_ = inverse(speed);
  count_changed();
}

void ProcessorSharing::set_law(Time now, const SharingLaw& law) {
  advance(now);
  law_ = &law;
  count_changed();
}

Duration ProcessorSharing::attained(Time now, Slot slot) const {
  const Job& job = live(slot);
  const double gained = static_cast<double>(to_ns(now) - to_ns(last_)) * rate_;
  const double left = heap_[job.position].tag - (virtual_ + gained);
  const double had = std::clamp(job.work - left, 0.0, job.work);
  return Duration{static_cast<std::int64_t>(had + 0.5)};
}

std::uint64_t ProcessorSharing::busy_server_ns(Time now) const {
  return busy_ + static_cast<std::uint64_t>(to_ns(now) - to_ns(last_)) * busy_servers_;
}

}  // namespace updraft::sim
