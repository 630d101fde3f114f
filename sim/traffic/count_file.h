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

/// A stamped count and where it stands in its file.
struct CountRow {
  std::int64_t stamp = 0;
  double count = 0;
  std::size_t line = 1;
  std::size_t column = 1;
};

/// What the rows of a file say, in its order. `result` may hold errors already: then nothing is
/// added.
void settle_rows(const std::vector<CountRow>& rows, const std::string& file, Rate::Gaps gaps,
                 CountFile& result);

/// The shape stands on a file of counts.
[[nodiscard]] inline bool has_counts_file(const Rate& rate) {
  return rate.has_csv() || rate.has_metric_data();
}
/// Its name as the scenario writes it, and the field that names it.
[[nodiscard]] inline const std::string& counts_file(const Rate& rate) {
  return rate.has_csv() ? rate.csv() : rate.metric_data();
}
[[nodiscard]] inline const char* counts_field(const Rate& rate) {
  return rate.has_csv() ? "csv" : "metric_data";
}
/// Reads the text of that file, whichever it is.
[[nodiscard]] CountFile read_counts_of(const Rate& rate, const std::string& text);

/// Reads the text of a count file. `file` is its name for errors. With a rule other than GAPS_ERROR
/// a missing period is filled by it, and of rows with one stamp the first counts.
[[nodiscard]] CountFile read_counts(std::string_view text, const std::string& file,
                                    Rate::Gaps gaps);

}  // namespace updraft::sim
