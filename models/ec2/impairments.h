// What faults do to one instance at the moment. Several may meet it; each ends by itself.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>

#include "models/roles/faults.h"

namespace updraft::ec2 {

class Impairments {
 public:
  using Kind = roles::Impairment::Kind;

  void begin(std::uint64_t fault, const roles::Impairment& impairment) {
    all_.insert_or_assign(fault, impairment);
  }
  void end(std::uint64_t fault) { all_.erase(fault); }
  /// What a reboot puts right: the system runs anew.
  void rebooted() { drop(Kind::kHang, Kind::kInstanceCheck); }
  /// R1.1.4: what a start puts right: that, on another host.
  void moved() {
    rebooted();
    drop(Kind::kSystemCheck, Kind::kSystemCheck);
  }

  [[nodiscard]] bool has(Kind kind) const {
    return std::any_of(all_.begin(), all_.end(),
                       [&](const auto& one) { return one.second.kind == kind; });
  }
  /// Those that slow it multiply; one that hangs stands still.
  [[nodiscard]] double speed_factor() const {
    double factor = 1.0;
    for (const auto& [fault, one] : all_) {
      factor *= one.kind == Kind::kSlow ? one.speed_factor : one.kind == Kind::kHang ? 0.0 : 1.0;
    }
    return factor;
  }

 private:
  void drop(Kind one, Kind other) {
    std::erase_if(all_, [&](const auto& entry) {
      return entry.second.kind == one || entry.second.kind == other;
    });
  }
  std::map<std::uint64_t, roles::Impairment> all_;  // by fault
};

}  // namespace updraft::ec2
