// Servers that take one job each, in order of arrival, with a line in front of them that may be
// limited.
//
// The jobs in service never outnumber the servers, so they are a ProcessorSharing station in which
// each has a server for itself: the same exactness, rounding, changes of speed and hardware threads
// (SharingLaw).
//
//   FifoServers desk(law, {.line_limit = 128});
//   switch (desk.add(now, request, 40ms)) { case FifoServers::Admission::kRefused: ... }
//   schedule(desk.next_completion());
//   const std::uint64_t request = desk.complete(now);   // the oldest in line begins at the same
//   instant
#pragma once

#include <cstdint>

#include "sim/core/time.h"
#include "sim/station/processor_sharing.h"
#include "sim/station/ring.h"

namespace updraft::sim {

class FifoServers {
 public:
  static constexpr std::uint32_t kUnlimited = 0xffffffff;
  struct Options {
    double speed = 1.0;
    std::uint32_t line_limit = kUnlimited;  // jobs that may wait, those in service not counted
  };
  enum class Admission : std::uint8_t { kStarted, kWaiting, kRefused };

  /// The law must outlive the station.
  FifoServers(const SharingLaw& law, Options options);

  /// Starts the job, lets it wait, or refuses it when the line is full. The work is in time at
  /// speed 1.
  Admission add(Time now, std::uint64_t job, Duration work);

  /// When the next job leaves if nothing changes before; kNever when there is none, or at speed 0.
  [[nodiscard]] Time next_completion() const { return service_.next_completion(); }

  /// Lets the next job leave and names it; the oldest in line begins. `now` is at least
  /// next_completion().
  std::uint64_t complete(Time now);

  /// Takes a job out of service or out of line; false when it is in neither. O(servers + line).
  bool remove(Time now, std::uint64_t job);
  /// Takes every job out, those in service first, then the line in order, and hands each name to
  /// `visit`.
  template <class Visit>
  void clear(Time now, Visit visit);

  void set_speed(Time now, double speed) { service_.set_speed(now, speed); }
  /// With fewer servers than jobs in service, all of them go on, sharing; none begins until there
  /// is room.
  void set_law(Time now, const SharingLaw& law);

  [[nodiscard]] std::uint32_t in_service() const { return service_.size(); }
  [[nodiscard]] std::uint32_t waiting() const { return static_cast<std::uint32_t>(line_.size()); }
  /// Servers times nanoseconds that were busy so far, modulo 2^64.
  [[nodiscard]] std::uint64_t busy_server_ns(Time now) const {
    return service_.busy_server_ns(now);
  }

 private:
  struct Waiting {
    std::uint64_t job;
    Duration work;
  };
  void fill(Time now);

  ProcessorSharing service_;
  Ring<Waiting> line_;
  std::uint32_t servers_;
  std::uint32_t line_limit_;
};

template <class Visit>
void FifoServers::clear(Time now, Visit visit) {
  service_.clear(now, visit);
  while (!line_.empty()) {
    visit(line_.pop_front().job);
  }
}

}  // namespace updraft::sim
