// Load balancer capacity units (R3.11.1, R3.11.2): what a balancer is billed by beside its hours.
// Several dimensions are measured, averaged over an hour, and the one that is used most counts.
#pragma once

#include <algorithm>
#include <cstdint>

namespace updraft::elb {

/// What one unit holds.
struct UnitSizes {
  double new_connections_per_s = 0;
  double active_connections = 0;
  double bytes_per_h = 0;
  double rule_evaluations_per_s = 0;  // 0: not a dimension
};
inline constexpr UnitSizes kLcu{.new_connections_per_s = 25,  // R3.11.1
                                .active_connections = 3000,
                                .bytes_per_h = 1e9,
                                .rule_evaluations_per_s = 1000};
inline constexpr UnitSizes kNlcuTcp{.new_connections_per_s = 800,  // R3.11.2
                                    .active_connections = 100'000,
                                    .bytes_per_h = 1e9};
/// R3.11.1: rules of a request that are looked at for nothing.
inline constexpr std::uint32_t kFreeRules = 10;

/// What a balancer did in some time.
struct UnitUse {
  double seconds = 0;
  double new_connections = 0;
  double active_connection_seconds = 0;
  double bytes = 0;
  double rule_evaluations = 0;  // above the free ones

  UnitUse& operator+=(const UnitUse& other) {
    seconds += other.seconds;
    new_connections += other.new_connections;
    active_connection_seconds += other.active_connection_seconds;
    bytes += other.bytes;
    rule_evaluations += other.rule_evaluations;
    return *this;
  }
};

/// Units that the use takes on average over its time: the largest of its dimensions.
[[nodiscard]] inline double units(const UnitUse& use, const UnitSizes& sizes) {
  if (use.seconds <= 0) {
    return 0;
  }
  const double by_rules = sizes.rule_evaluations_per_s > 0
                              ? use.rule_evaluations / use.seconds / sizes.rule_evaluations_per_s
                              : 0;
  return std::max({use.new_connections / use.seconds / sizes.new_connections_per_s,
                   use.active_connection_seconds / use.seconds / sizes.active_connections,
                   use.bytes / use.seconds * 3600.0 / sizes.bytes_per_h, by_rules});
}

/// Unit-hours for the bill: the hour under way counts by the time it has lasted.
class UnitMeter {
 public:
  explicit UnitMeter(const UnitSizes& sizes) : sizes_(sizes) {}
  /// A period that does not cross a full hour of the run.
  void add(const UnitUse& period) {
    hour_ += period;
    if (hour_.seconds >= 3600.0) {
      full_hours_ += units(hour_, sizes_);
      hour_ = {};
    }
  }
  [[nodiscard]] double unit_hours() const {
    return full_hours_ + units(hour_, sizes_) * hour_.seconds / 3600.0;
  }
  [[nodiscard]] const UnitSizes& sizes() const { return sizes_; }

 private:
  UnitSizes sizes_;
  UnitUse hour_;
  double full_hours_ = 0;
};

}  // namespace updraft::elb
