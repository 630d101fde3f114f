// A machine whose servers are shared equally by all jobs in service (processor sharing).
//
// Exact by virtual time: V grows at the rate of each job, so a job of work w that enters at V
// leaves when V reaches its finish tag V + w, whatever comes and goes meanwhile. Jobs stand in one
// flat array by (tag, order of entry): sorted while they are few, a 4-ary heap when they are many.
// So add and complete cost O(log n), touch nothing but that array and allocate nothing once it has
// grown to the most jobs seen.
//
//   ProcessorSharing cpu(law);
//   const auto slot = cpu.add(now, request, 40ms);
//   schedule(cpu.next_completion());             // again after every change
//   const std::uint64_t request = cpu.complete(now);
//
// Rounding: a completion falls on the first whole nanosecond at which the job has all its work,
// less a slack of 2^-10 ns that absorbs the rounding of doubles. So a job ends at most 2^-10 ns
// early and 1 ns late (works beyond 2^40 ns: and 2^-50 of the work), and what others receive does
// not depend on it: V is never set back or forward. V counts from 0 in each busy period and is
// rebased every 2^36 ns of it, so an event adds at most 2^-18 ns to it. Equal tags leave in the
// order in which they entered.
//
// The caller passes time in, never backwards; next_completion() changes with every other call that
// is not const.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/core/check.h"
#include "sim/core/time.h"
#include "sim/station/sharing_law.h"

namespace updraft::sim {

class ProcessorSharing {
 public:
  using Slot = std::uint32_t;  // a job's place until it leaves; used again afterwards

  /// The law must outlive the station. Speed is work per time of one server with nothing beside it;
  /// 0 stands still.
  explicit ProcessorSharing(const SharingLaw& law, double speed = 1.0);

  /// Takes a job of that much work (at speed 1, not negative) into service.
  Slot add(Time now, std::uint64_t job, Duration work);

  /// When the next job leaves if nothing changes before; kNever when there is none, or at speed 0.
  [[nodiscard]] Time next_completion() const {
    if (next_ == kUnknown) {
      next_ = find_next_completion();
    }
    return next_;
  }

  /// Lets the next job leave and names it. `now` is at least next_completion(); several may leave
  /// at one instant.
  std::uint64_t complete(Time now);

  /// Takes a job out before it is done and returns the work it has had. O(size).
  Duration remove(Time now, Slot slot);
  /// The same by name, for callers that keep no slot; false when the job is not here. O(size).
  bool remove_job(Time now, std::uint64_t job);
  /// Takes every job out, in order of finish tag, and hands each name to `visit`.
  template <class Visit>
  void clear(Time now, Visit visit);

  void set_speed(Time now, double speed);
  void set_law(Time now, const SharingLaw& law);

  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(entries_.size()); }
  [[nodiscard]] double speed() const { return speed_; }
  [[nodiscard]] std::uint64_t job(Slot slot) const { return live(slot).job; }

  /// Work a job has had by `now`, at least the time of the last change. O(size).
  [[nodiscard]] Duration attained(Time now, Slot slot) const;
  /// Servers times nanoseconds that were busy so far, by `now`. A machine with a job on every
  /// server is fully busy whatever its speed. Counts modulo 2^64: the difference of two readings is
  /// exact for any period.
  [[nodiscard]] std::uint64_t busy_server_ns(Time now) const;

 private:
  struct Entry {
    double tag;  // virtual time at which the job leaves
    std::uint32_t
        order;  // of entry, modulo 2^32: more jobs than 2^31 never stand between two equal tags
    Slot slot;
  };
  struct Job {
    std::uint64_t job;
    double work;
    Slot next_free;
    bool live;
  };

  static bool before(const Entry& a, const Entry& b) {
    if (a.tag != b.tag) {
      return a.tag < b.tag;
    }
    return static_cast<std::int32_t>(a.order - b.order) < 0;
  }
  [[nodiscard]] const Job& live(Slot slot) const {
    SIM_CHECK(slot < jobs_.size() && jobs_[slot].live, "no job in slot {}", slot);
    return jobs_[slot];
  }
  void advance(Time now);
  [[nodiscard]] Time find_next_completion() const;
  void count_changed();
  void rebase();
  [[nodiscard]] const Entry& first() const { return is_heap_ ? entries_.front() : entries_.back(); }
  [[nodiscard]] std::size_t position_of(Slot slot) const;
  void insert(const Entry& entry);
  void become_heap();
  void become_sorted();
  void sift_up(std::size_t position, const Entry& entry);
  void sift_down(std::size_t position, const Entry& entry);
  void erase(std::size_t position);
  void forget(Slot slot);

  const SharingLaw* law_;
  double speed_;
  double inverse_speed_;
  double rate_ = 0;     // of each job, now
  double virtual_ = 0;  // V at last_
  Time last_{};
  std::uint64_t busy_ = 0;
  std::uint32_t busy_servers_ = 0;
  std::uint32_t entered_ = 0;
  Slot free_ = kNone;
  bool is_heap_ = false;
  std::vector<Entry> entries_;  // sorted, the first to leave at the end; or a heap
  std::vector<Job> jobs_;       // by slot

  static constexpr std::size_t kMostSorted = 32;

  static constexpr Time kUnknown = Time::min();
  mutable Time next_ = kUnknown;  // next_completion(), once it was asked for

  static constexpr Slot kNone = 0xffffffff;
  static constexpr double kRebaseAt = 68719476736.0;  // 2^36 ns
};

inline void ProcessorSharing::advance(Time now) {
  const std::int64_t elapsed = to_ns(now) - to_ns(last_);
  SIM_CHECK(elapsed >= 0, "time went back by {} ns", -elapsed);
  last_ = now;
  if (entries_.empty()) {
    return;
  }
  virtual_ += static_cast<double>(elapsed) * rate_;
  busy_ += static_cast<std::uint64_t>(elapsed) * busy_servers_;
  if (virtual_ > kRebaseAt) [[unlikely]] {
    rebase();
  }
}

template <class Visit>
void ProcessorSharing::clear(Time now, Visit visit) {
  advance(now);
  while (!entries_.empty()) {
    const std::uint64_t job = jobs_[first().slot].job;
    erase(is_heap_ ? 0 : entries_.size() - 1);
    visit(job);
  }
}

}  // namespace updraft::sim
