#include "cli/output_file.h"

#include <filesystem>

#include <fmt/format.h>

#include "sim/metrics/result_file.h"

namespace updraft::cli {

std::string why_not_output(const std::string& output, const std::string& scenario) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (output.empty()) {
    return "--output is empty; name a file, or use --no-output";
  }
  if (fs::exists(output, error) && !fs::is_regular_file(output, error) &&
      !fs::is_directory(output, error)) {
    return fmt::format("--output {} is not a plain file; --no-output runs without one", output);
  }
  const std::string reason = sim::why_not_output(output, scenario);
  return reason.empty() ? "" : "--output " + reason;
}

}  // namespace updraft::cli
