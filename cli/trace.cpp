// `updraft trace`: the traced requests of a result file, for Perfetto.
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/load.h"
#include "cli/scratch_file.h"
#include "cli/shell.h"
#include "sim/metrics/durable_copy.h"
#include "sim/metrics/run_record.h"
#include "sim/study/perfetto.h"
#include "sim/study/why_words.h"

namespace updraft::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".perfetto-trace";

/// Why that file can't be read for its traces; empty when it can.
std::string why_not_input(const std::string& file) {
  std::error_code error;
  if (!fs::exists(file, error)) {
    return fmt::format("there is no file {}", file);
  }
  if (!sim::is_result_file(file)) {
    return fmt::format("{} is no result file; a scenario has to run first: updraft run {}", file,
                       shell_word(file));
  }
  return "";
}

/// An export that is there is replaced, an empty file too, any other file is not: as `run` does
/// with result files.
std::string why_not_export(const std::string& output) {
  std::error_code error;
  if (output.empty()) {
    return "--output is empty; name a file, or - for standard output";
  }
  if (fs::is_directory(output, error)) {
    return fmt::format("--output {} is a folder; name a file in it", output);
  }
  if (fs::exists(output, error)) {
    if (!fs::is_regular_file(output, error)) {
      return fmt::format("--output {} is not a plain file; name another, or - for standard output",
                         output);
    }
    if (fs::file_size(output, error) > 0 && !sim::is_perfetto_export(output)) {
      return fmt::format("--output {} is there and is no exported trace; remove it or name another",
                         output);
    }
    return "";
  }
  const fs::path folder = fs::path(output).parent_path();
  if (!folder.empty() && !fs::is_directory(folder, error)) {
    return fmt::format("--output {}: there is no folder {}", output, folder.string());
  }
  return "";
}

/// Puts the export in the place of `output` when it is whole.
sim::PerfettoCounts write_file(const sim::RunRecord& record, const sim::PerfettoTitles& titles,
                               const std::string& output) {
  const ScratchFile scratch;
  std::ofstream stream(scratch.path(), std::ios::binary);
  errno = 0;
  const sim::PerfettoCounts counts = sim::write_perfetto(record, titles, stream);
  stream.close();
  const int whole = stream ? ::open(scratch.path().c_str(), O_RDONLY | O_CLOEXEC) : -1;
  if (whole < 0) {
    throw sim::ResultFileError(
        fmt::format("cannot write {}{}", scratch.path(),
                    errno == 0 ? "" : fmt::format(": {}", std::strerror(errno))));
  }
  try {
    sim::replace_with_copy(whole, output);
  } catch (...) {
    ::close(whole);
    throw;
  }
  ::close(whole);
  return counts;
}

std::string default_output(const std::string& file) {
  return fs::path(file).replace_extension(kSuffix).string();
}

int tell(const TraceCommandOptions& options, const std::string& output,
         const sim::PerfettoCounts& counts, const Terminal& terminal) {
  if (options.json) {
    terminal.out << nlohmann::ordered_json{{"version", 1},
                                           {"wrote", {output}},
                                           {"requests", counts.requests},
                                           {"hops", counts.hops}}
                        .dump(2)
                 << "\n";
  } else {
    terminal.out << fmt::format(
        "wrote {}: {} request{}, {} hop{}\nnext: open it in https://ui.perfetto.dev\n", output,
        counts.requests, counts.requests == 1 ? "" : "s", counts.hops, counts.hops == 1 ? "" : "s");
  }
  return kDone;
}

}  // namespace

int trace(const TraceCommandOptions& options, const Terminal& terminal) {
  const auto refuse = [&terminal](const std::string& reason) {
    terminal.err << "updraft trace: " << reason << "\n";
    return kCouldNot;
  };
  const std::string output = options.output.value_or(default_output(options.file));
  const bool to_stdout = output == kStandardOutput;
  if (to_stdout && options.json) {
    return refuse("- is standard output, which holds the trace alone; name a file for --json");
  }
  if (to_stdout && terminal.out_is_tty) {
    return refuse("a trace is no text for a terminal; name a file, or send it into a pipe");
  }
  if (const std::string reason = why_not_input(options.file); !reason.empty()) {
    return refuse(reason);
  }
  if (const std::string reason = to_stdout ? "" : why_not_export(output); !reason.empty()) {
    return refuse(reason);
  }
  try {
    const auto source = sim::open_result_source(options.file);
    const sim::RunRecord record = sim::read_run_record(*source);
    if (record.traces.empty()) {
      return refuse(fmt::format(
          "{} holds no traced request: none had ended by {}. The slowest and the failed few of "
          "each "
          "minute are traced in every run, and of all others the share of `updraft run --traces "
          "SHARE`",
          options.file, sim::since_start(record.valid_until)));
    }
    const sim::PerfettoTitles titles = sim::perfetto_titles(*source);
    if (to_stdout) {
      sim::write_perfetto(record, titles, terminal.out);
      return kDone;
    }
    return tell(options, output, write_file(record, titles, output), terminal);
  } catch (const sim::ResultFileError& error) {
    return refuse(error.what());
  }
}

}  // namespace updraft::cli
