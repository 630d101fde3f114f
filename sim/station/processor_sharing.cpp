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
  next_ = kUnknown;
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

// Subtraction may round two tags into one, which then leave in order of entry: so all are ordered
// anew.
void ProcessorSharing::rebase() {
  for (Entry& entry : entries_) {
    entry.tag -= virtual_;
  }
  virtual_ = 0;
  is_heap_ ? become_heap() : become_sorted();
}

void ProcessorSharing::become_heap() {
  std::sort(entries_.begin(), entries_.end(), before);  // a sorted array is a heap
  is_heap_ = true;
}

void ProcessorSharing::become_sorted() {
  std::sort(entries_.begin(), entries_.end(),
            [](const Entry& a, const Entry& b) { return before(b, a); });
  is_heap_ = false;
}

inline void ProcessorSharing::insert(const Entry& entry) {
  entries_.push_back(entry);
  if (is_heap_) {
    sift_up(entries_.size() - 1, entry);
    return;
  }
  // Behind those of an equal tag, which all entered before.
  Entry* const begin = entries_.data();
  Entry* place = begin + entries_.size() - 1;
  while (place != begin && place[-1].tag <= entry.tag) {
    *place = place[-1];
    --place;
  }
  *place = entry;
  if (entries_.size() > kMostSorted) [[unlikely]] {
    become_heap();
  }
}

void ProcessorSharing::sift_up(std::size_t position, const Entry& entry) {
  while (position > 0) {
    const std::size_t parent = (position - 1) / kArity;
    if (!before(entry, entries_[parent])) {
      break;
    }
    entries_[position] = entries_[parent];
    position = parent;
  }
  entries_[position] = entry;
}

// The hole sinks to a leaf along the earliest children, then `entry`, which comes from the end of
// the array and mostly belongs there, rises from it: fewer comparisons than asking at each level
// whether it stays.
void ProcessorSharing::sift_down(std::size_t position, const Entry& entry) {
  const std::size_t size = entries_.size();
  const std::size_t top = position;
  for (std::size_t child = kArity * position + 1; child < size; child = kArity * position + 1) {
    const std::size_t end = std::min(child + kArity, size);
    std::size_t earliest = child;
    for (std::size_t i = child + 1; i < end; ++i) {
      earliest = before(entries_[i], entries_[earliest]) ? i : earliest;
    }
    entries_[position] = entries_[earliest];
    position = earliest;
  }
  while (position > top) {
    const std::size_t parent = (position - 1) / kArity;
    if (!before(entry, entries_[parent])) {
      break;
    }
    entries_[position] = entries_[parent];
    position = parent;
  }
  entries_[position] = entry;
}

inline void ProcessorSharing::forget(Slot slot) {
  jobs_[slot].live = false;
  jobs_[slot].next_free = free_;
  free_ = slot;
}

void ProcessorSharing::erase(std::size_t position) {
  forget(entries_[position].slot);
  if (!is_heap_) {
    entries_.erase(entries_.begin() + static_cast<std::ptrdiff_t>(position));
    count_changed();
    return;
  }
  const Entry moved = entries_.back();
  entries_.pop_back();
  if (position < entries_.size()) {
    if (position > 0 && before(moved, entries_[(position - 1) / kArity])) {
      sift_up(position, moved);
    } else {
      sift_down(position, moved);
    }
  }
  if (entries_.size() < kMostSorted / 2) [[unlikely]] {
    become_sorted();
  }
  count_changed();
}

std::size_t ProcessorSharing::position_of(Slot slot) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [slot](const Entry& entry) { return entry.slot == slot; });
  return static_cast<std::size_t>(found - entries_.begin());
}

ProcessorSharing::Slot ProcessorSharing::add(Time now, std::uint64_t job, Duration work) {
  SIM_CHECK(work.count() >= 0, "work is {} ns", work.count());
  advance(now);
  Slot slot = free_;
  if (slot == kNone) [[unlikely]] {
    slot = static_cast<Slot>(jobs_.size());
    jobs_.emplace_back();
  } else {
    free_ = jobs_[slot].next_free;
  }
  const auto work_ns = static_cast<double>(work.count());
  Job& place = jobs_[slot];
  place.job = job;
  place.work = work_ns;
  place.live = true;
  insert(Entry{virtual_ + work_ns, entered_++, slot});
  count_changed();
  return slot;
}

Time ProcessorSharing::find_next_completion() const {
  if (entries_.empty() || speed_ <= 0) {
    return kNever;
  }
  const double left = first().tag - virtual_;
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
  SIM_CHECK(!entries_.empty());
  advance(now);
  const Entry& leaving = first();
  // Twice the slack, because what the job lacks is rounded once more here.
  SIM_CHECK(leaving.tag - virtual_ <= 2 * kSlackNs * rate_ + kRelative * leaving.tag,
            "{} ns of work are left", leaving.tag - virtual_);
  const Slot slot = leaving.slot;
  if (is_heap_) {
    erase(0);
  } else {
    forget(slot);
    entries_.pop_back();
    count_changed();
  }
  return jobs_[slot].job;
}

Duration ProcessorSharing::remove(Time now, Slot slot) {
  const Duration had = attained(now, slot);
  advance(now);
  erase(position_of(slot));
  return had;
}

bool ProcessorSharing::remove_job(Time now, std::uint64_t job) {
  for (const Entry& entry : entries_) {
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
  const double left = entries_[position_of(slot)].tag - (virtual_ + gained);
  const double had = std::clamp(job.work - left, 0.0, job.work);
  return Duration{static_cast<std::int64_t>(had + 0.5)};
}

std::uint64_t ProcessorSharing::busy_server_ns(Time now) const {
  return busy_ + static_cast<std::uint64_t>(to_ns(now) - to_ns(last_)) * busy_servers_;
}

}  // namespace updraft::sim
