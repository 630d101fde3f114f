// Files of per-period counts: a header line, then a stamp and a count in each line.
//
//   period,count
//   1998-06-15 00:00:00,679
//
// The period is the commonest distance between two stamps. A gap is one or more missing periods; it
// and a repeated stamp are errors, or are settled by the `gaps` rule and noted. A stamp that goes
// back or falls off the grid is always an error.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/scenario.pb.h"

namespace updraft::sim {

struct CountSeries {
  std::int64_t first_unix_ns = 0;  // begin of the first period
  std::int64_t period_ns = 0;
  std::vector<double> counts;  // finite, 0 or more; one for each period, without gaps
  [[nodiscard]] double sum() const;
};

struct CountFile {
  CountSeries series;               // meaningful when there are no errors
  std::vector<std::string> errors;  // "file:line:column: ..."
  std::vector<std::string> notes;   // gaps filled and repeated stamps left out, in the same form
};

/// Reads the text of a count file. `file` is its name for errors. With a rule other than GAPS_ERROR
/// a missing period is filled by it, and of rows with one stamp the first counts.
[[nodiscard]] CountFile read_counts(std::string_view text, std::string file, Rate::Gaps gaps);

}  // namespace updraft::sim
