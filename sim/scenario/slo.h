// Service level objectives, one line each:
//
//   p(99) latency < 500ms       mean latency < 80ms       max latency <= 2s
//   error_rate < 0.1%           availability >= 99.9%     throughput > 100/s
//   p(99.9) latency of visitors < 1s                      of one traffic source
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/scenario/scenario.pb.h"

namespace updraft::sim {

/// What is wrong with a line, and which characters of it.
struct SloFault {
  std::size_t offset = 0;  // bytes
  std::size_t length = 0;
  std::string message;
};

/// Parses a line; `traffic` are the names that may stand after `of`. Slo::text is the line with
/// single blanks.
std::variant<Slo, SloFault> parse_slo(std::string_view line,
                                      const std::vector<std::string>& traffic);

}  // namespace updraft::sim
