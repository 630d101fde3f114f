// A metric of which the single values are known, because an application put them: it can be read by
// the second, and its percentiles are exact.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "sim/metrics/series.h"

namespace updraft::cloudwatch {

class RawMetric {
 public:
  virtual ~RawMetric() = default;
  /// The same metric in the file of results, by the minute.
  [[nodiscard]] virtual sim::MetricId id() const = 0;
  /// The finest period that can be read.
  [[nodiscard]] virtual sim::Duration resolution() const = 0;
  /// A statistic of what was put in [from, to); none without data, or where it cannot be told.
  [[nodiscard]] virtual std::optional<double> value(const sim::Statistic& statistic, sim::Time from,
                                                    sim::Time to) const = 0;
};

/// By MetricId.
using RawMetrics = std::map<std::uint32_t, const RawMetric*>;

}  // namespace updraft::cloudwatch
