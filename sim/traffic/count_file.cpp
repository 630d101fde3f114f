#include "sim/traffic/count_file.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "sim/traffic/csv.h"
#include "sim/traffic/metric_data_file.h"

namespace updraft::sim {
namespace {

constexpr std::size_t kMostPeriods =
    50'000'000;  // a gap of years in a file of seconds is a slip, not a wish

std::vector<CountRow> read_rows(CsvReader& reader) {
  std::vector<CountRow> rows;
  if (!reader.next_line()) {
    reader.fail(1, "the file is empty; it must begin with a header such as period,count");
    return rows;
  }
  if (reader.fields().size() < 2) {
    reader.fail(1, "the header must name two columns, such as period,count");
    return rows;
  }
  if (parse_stamp(reader.fields()[0].text)) {
    reader.fail(1, "the first line must be a header such as period,count");
  }
  while (reader.next_line()) {
    const std::vector<CsvField>& fields = reader.fields();
    if (fields.size() < 2) {
      reader.fail(1, "there is no count; a line must be stamp,count");
      continue;
    }
    const std::optional<std::int64_t> stamp = parse_stamp(fields[0].text);
    const std::optional<double> count = parse_csv_number(fields[1].text);
    if (!stamp) {
      reader.fail(fields[0].column,
                  fmt::format("\"{}\" is no stamp; write YYYY-MM-DD HH:MM or YYYY-MM-DD HH:MM:SS",
                              fields[0].text));
    }
    if (!count || *count < 0) {
      reader.fail(fields[1].column,
                  fmt::format("count is \"{}\"; it must be a number of 0 or more", fields[1].text));
    }
    if (stamp && count && *count >= 0) {
      rows.push_back({*stamp, *count, reader.line()});
    }
  }
  return rows;
}

/// The commonest distance between neighbours, the shorter one of two equally common; 0 when there
/// is none.
std::int64_t infer_period(const std::vector<CountRow>& rows) {
  std::vector<std::int64_t> distances;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    if (rows[i].stamp > rows[i - 1].stamp) {
      distances.push_back(rows[i].stamp - rows[i - 1].stamp);
    }
  }
  std::sort(distances.begin(), distances.end());
  std::int64_t best = 0;
  std::size_t most = 0;
  for (std::size_t i = 0; i < distances.size();) {
    std::size_t j = i;
    while (j < distances.size() && distances[j] == distances[i]) {
      ++j;
    }
    if (j - i > most) {
      most = j - i;
      best = distances[i];
    }
    i = j;
  }
  return best;
}

double fill(Rate::Gaps gaps, double before, double after, std::size_t place, std::size_t missing) {
  switch (gaps) {
    case Rate::GAPS_PREVIOUS:
      return before;
    case Rate::GAPS_INTERPOLATE:
      return before +
             (after - before) * static_cast<double>(place) / static_cast<double>(missing + 1);
    default:
      return 0;
  }
}

/// Puts rows on the grid of a series, one after the other.
class Settler {
 public:
  Settler(const std::string& file, Rate::Gaps gaps, CountFile& result)
      : file_(file), gaps_(gaps), result_(result), series_(result.series) {}

  /// False: the series would become too long.
  bool add(const CountRow& row) {
    if (series_.counts.empty()) {
      append(row);
      return true;
    }
    const std::int64_t distance = row.stamp - previous_;
    if (distance == 0) {
      report(row, fmt::format("stamp {} is repeated", format_stamp(row.stamp)), false);
      return true;
    }
    if (distance < 0) {
      report(row,
             fmt::format("stamp {} is before the one above; rows must be in order of time",
                         format_stamp(row.stamp)),
             true);
      return true;
    }
    if (distance % series_.period_ns != 0) {
      report(row,
             fmt::format("stamp {} is off the grid: rows stand {} s apart", format_stamp(row.stamp),
                         static_cast<double>(series_.period_ns) / 1e9),
             true);
      return true;
    }
    return bridge(row, static_cast<std::size_t>(distance / series_.period_ns - 1));
  }

 private:
  void append(const CountRow& row) {
    series_.counts.push_back(row.count);
    previous_ = row.stamp;
  }
  /// Fills the missing periods before a row, if there are any, and appends it.
  bool bridge(const CountRow& row, std::size_t missing) {
    const bool too_long = series_.counts.size() + missing > kMostPeriods;
    if (missing > 0) {
      report(row,
             fmt::format("{} period{} missing before {}", missing, missing == 1 ? " is" : "s are",
                         format_stamp(row.stamp)),
             too_long);
    }
    if (too_long) {
      return false;
    }
    const double before = series_.counts.back();
    for (std::size_t place = 1; place <= missing; ++place) {
      series_.counts.push_back(fill(gaps_, before, row.count, place, missing));
    }
    append(row);
    return true;
  }
  void report(const CountRow& row, const std::string& message, bool always) {
    const bool error = always || gaps_ == Rate::GAPS_ERROR;
    (error ? result_.errors : result_.notes)
        .push_back(fmt::format("{}:{}:{}: {}", file_, row.line, row.column, message));
  }

  const std::string& file_;
  Rate::Gaps gaps_;
  CountFile& result_;
  CountSeries& series_;
  std::int64_t previous_ = 0;
};

}  // namespace

double CountSeries::sum() const {
  return std::accumulate(counts.begin(), counts.end(), 0.0);
}

CountFile read_counts(std::string_view text, const std::string& file, Rate::Gaps gaps) {
  CsvReader reader(text, file);
  const std::vector<CountRow> rows = read_rows(reader);
  CountFile result;
  result.errors = reader.errors();
  settle_rows(rows, file, gaps, result);
  return result;
}

CountFile read_counts_of(const Rate& rate, const std::string& text) {
  return rate.has_csv() ? read_counts(text, rate.csv(), rate.gaps())
                        : read_metric_data(text, rate.metric_data(), rate);
}

void settle_rows(const std::vector<CountRow>& rows, const std::string& file, Rate::Gaps gaps,
                 CountFile& result) {
  if (!result.errors.empty()) {
    return;
  }
  const std::int64_t period = infer_period(rows);
  if (period == 0) {
    result.errors.push_back(
        fmt::format("{}:{}:1: {}", file, rows.empty() ? 1 : rows.back().line,
                    "there must be two rows with different stamps to tell the period"));
    return;
  }
  result.series.first_unix_ns = rows.front().stamp;
  result.series.period_ns = period;
  Settler settler(file, gaps, result);
  for (const CountRow& row : rows) {
    if (!settler.add(row)) {
      return;
    }
  }
}

}  // namespace updraft::sim
