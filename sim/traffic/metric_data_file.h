// Counts from an export of CloudWatch's GetMetricData, as `aws cloudwatch get-metric-data` writes
// it:
//
//   {"MetricDataResults": [{"Id": "requests", "Label": "RequestCount", "StatusCode": "Complete",
//     "Timestamps": ["2026-11-01T00:01:00+00:00", "2026-11-01T00:00:00+00:00"],
//     "Values": [1250.0, 1188.0]}]}
//
// Results come newest first or oldest first. A period without data has no point: the `gaps` rule
// settles it. An answer of which only a part is there is refused: its missing periods would look
// like gaps.
#pragma once

#include <string>

#include "sim/scenario/scenario.pb.h"
#include "sim/traffic/count_file.h"

namespace updraft::sim {

/// `file` is its name for errors; `rate` says which result (metric_id) and what gaps mean.
[[nodiscard]] CountFile read_metric_data(const std::string& text, const std::string& file,
                                         const Rate& rate);

}  // namespace updraft::sim
