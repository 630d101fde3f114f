#include "sim/traffic/replay_file.h"

#include <cmath>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sim/core/check.h"
#include "sim/traffic/csv.h"

namespace updraft::sim {
namespace {

/// Index of a column in the header; an error when it is not there.
std::optional<std::size_t> find_column(CsvReader& reader, const std::string& name) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < reader.fields().size(); ++i) {
    if (reader.fields()[i].text == name) {
      return i;
    }
    names.push_back(reader.fields()[i].text);
  }
  reader.fail(1,
              fmt::format("there is no column \"{}\"; there are {}", name, fmt::join(names, ", ")));
  return std::nullopt;
}

constexpr double kMostAmount = 1e15;  // bytes, or times the demand: whole numbers stay exact

/// Appends field `column` of the current line to `out`.
void read_amount(CsvReader& reader, std::optional<std::size_t> column, const std::string& name,
                 std::vector<double>& out) {
  if (!column) {
    return;
  }
  if (*column >= reader.fields().size()) {
    reader.fail(1, fmt::format("there is no {}", name));
    return;
  }
  const CsvField& field = reader.fields()[*column];
  const std::optional<double> value = parse_csv_number(field.text);
  if (!value || *value < 0 || *value > kMostAmount) {
    reader.fail(field.column, fmt::format("{} is \"{}\"; it must be a number from 0 to {}", name,
                                          field.text, kMostAmount));
    return;
  }
  out.push_back(*value);
}

}  // namespace

ReplayOptions replay_options(const Replay& replay) {
  return {.time_column = replay.time_column(),
          .size_column = replay.size_column(),
          .work_column = replay.work_column(),
          .speed = replay.speed()};
}

ReplayFile read_replay(std::string_view text, std::string file, const ReplayOptions& options) {
  SIM_CHECK(options.speed > 0, "replay speed is {}", options.speed);
  CsvReader reader(text, std::move(file));
  ReplayFile result;
  if (!reader.next_line()) {
    reader.fail(1, "the file is empty; it must begin with a header");
    result.errors = reader.errors();
    return result;
  }
  const auto wanted = [&reader](const std::string& name) {
    return name.empty() ? std::nullopt : find_column(reader, name);
  };
  const std::optional<std::size_t> time =
      options.time_column.empty() ? std::optional<std::size_t>(0) : wanted(options.time_column);
  const std::optional<std::size_t> size = wanted(options.size_column);
  const std::optional<std::size_t> work = wanted(options.work_column);
  std::optional<std::int64_t> previous;
  while (time && reader.next_line()) {
    if (*time >= reader.fields().size()) {
      reader.fail(1, "there is no stamp");
      continue;
    }
    const CsvField& field = reader.fields()[*time];
    const std::optional<std::int64_t> stamp = parse_stamp(field.text);
    if (!stamp) {
      reader.fail(
          field.column,
          fmt::format("\"{}\" is no stamp; write YYYY-MM-DD HH:MM:SS with up to nine decimals",
                      field.text));
      continue;
    }
    if (previous && *stamp < *previous) {
      reader.fail(field.column,
                  fmt::format("stamp {} is before the one above; rows must be in order of time",
                              format_stamp(*stamp)));
      continue;
    }
    if (!previous) {
      result.first_unix_ns = *stamp;
    }
    previous = stamp;
    const std::int64_t since = *stamp - result.first_unix_ns;
    result.at_ns.push_back(options.speed == 1
                               ? since
                               : static_cast<std::int64_t>(
                                     std::floor(static_cast<double>(since) / options.speed + 0.5)));
    read_amount(reader, size, options.size_column, result.size);
    read_amount(reader, work, options.work_column, result.work);
  }
  if (reader.ok() && result.at_ns.empty()) {
    reader.fail(1, "there is no row");
  }
  result.errors = reader.errors();
  return result;
}

}  // namespace updraft::sim
