// A result file read back: columns by path, attributes by name. What reads results (run_record.h)
// knows this interface and no file format; hdf5_result_source.cpp reads the file,
// memory_result_source.h what a test kept in memory.
//
//   const auto file = open_result_source("results.h5");
//   file->texts("/decisions/who");   file->integers("/decisions/first_ns");
//
// Paths are those of the file (docs/design/result-file.md): a time column NAME of a table is read
// as NAME_ns, nanoseconds since the start.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/metrics/memory_sink.h"
#include "sim/metrics/result_file.h"

namespace updraft::sim {

class ResultSource {
 public:
  ResultSource() = default;
  ResultSource(const ResultSource&) = delete;
  ResultSource& operator=(const ResultSource&) = delete;
  virtual ~ResultSource() = default;

  /// Whether there is a column (or a group) at that path.
  [[nodiscard]] virtual bool has(const std::string& path) const = 0;
  /// Paths of all groups of resources: those that hold metrics, sorted ("web-alb", "traffic/x").
  [[nodiscard]] virtual std::vector<std::string> resources() const = 0;
  /// A whole column. Throws ResultFileError where there is none, or it has another type.
  [[nodiscard]] virtual std::vector<std::int64_t> integers(const std::string& path) const = 0;
  [[nodiscard]] virtual std::vector<double> numbers(const std::string& path) const = 0;
  [[nodiscard]] virtual std::vector<std::string> texts(const std::string& path) const = 0;
  /// An attribute of the file.
  [[nodiscard]] virtual std::optional<std::string> text(const std::string& attribute) const = 0;
  [[nodiscard]] virtual std::optional<std::int64_t> integer(const std::string& attribute) const = 0;
};

/// Throws ResultFileError where the file can't be read, or is no result file of ours.
std::unique_ptr<ResultSource> open_result_source(const std::string& path);
/// What a sink kept in memory. The sink outlives it.
std::unique_ptr<ResultSource> open_result_source(const MemorySink& sink);

}  // namespace updraft::sim
