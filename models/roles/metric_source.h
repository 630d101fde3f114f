// Resources that publish metrics which others may name.
#pragma once

#include <optional>
#include <string_view>

#include "sim/metrics/series.h"

namespace updraft::roles {

class MetricSource {
 public:
  virtual ~MetricSource() = default;
  /// The metric of that CloudWatch name, or nothing when the resource has none such.
  [[nodiscard]] virtual std::optional<sim::MetricId> metric(std::string_view name) const = 0;
};

}  // namespace updraft::roles
