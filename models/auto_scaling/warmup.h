// Warm-up: how long an instance counts as new, and which instances make the group's metric.
//
//   Duration w = warmup_of_policy({.estimated_instance_warmup = {}, .default_instance_warmup = {},
//                                  .default_cooldown = 300s});          // 300 s
//   bool warm = is_warming(in_service_at, w, now);
#pragma once

#include <optional>
#include <span>

#include "sim/core/time.h"

namespace updraft::auto_scaling {

struct WarmupSettings {
  std::optional<sim::Duration> estimated_instance_warmup{};  // of the policy
  std::optional<sim::Duration> default_instance_warmup{};    // of the group
  sim::Duration default_cooldown{};                          // of the group
};

/// R2.4.3: the policy's own, else the group's default, else the cooldown.
constexpr sim::Duration warmup_of_policy(const WarmupSettings& settings) {
  if (settings.estimated_instance_warmup) {
    return *settings.estimated_instance_warmup;
  }
  return settings.default_instance_warmup.value_or(settings.default_cooldown);
}

/// R2.4.4: warm-up counts from InService.
constexpr bool is_warming(sim::Time in_service_at, sim::Duration warmup, sim::Time now) {
  return now - in_service_at < warmup;
}

/// One instance's part in the group's metric over a period.
struct InstanceMetric {
  sim::Time in_service_at{};
  std::optional<double> value{};  // none: no datapoint of it
};

/// ASG-40, R2.4.4: the mean over the instances past warm-up at `now`; nothing when none has data.
constexpr std::optional<double> group_mean(std::span<const InstanceMetric> instances,
                                           sim::Duration warmup, sim::Time now) {
  double sum = 0;
  double count = 0;
  for (const InstanceMetric& instance : instances) {
    if (!instance.value || is_warming(instance.in_service_at, warmup, now)) {
      continue;
    }
    sum += *instance.value;
    count += 1;
  }
  if (count == 0) {
    return std::nullopt;
  }
  return sum / count;
}

}  // namespace updraft::auto_scaling
