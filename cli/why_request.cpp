#include "cli/why_request.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/load.h"
#include "cli/scratch_file.h"
#include "cli/shell.h"
#include "cli/simulate.h"
#include "sim/metrics/run_record.h"
#include "sim/schema/nearest.h"
#include "sim/study/why_request.h"

namespace updraft::cli {

namespace {

constexpr std::string_view kTraffic = "traffic/";

int refuse(const Terminal& terminal, const std::string& reason) {
  terminal.err << "updraft why: --request: " << reason << "\n";
  return kCouldNot;
}

/// The path of the source that is meant; empty, and the reason printed, when it is not clear.
std::string source_path(const WhyCommandOptions& options, std::vector<std::string> names,
                        const Terminal& terminal) {
  std::sort(names.begin(), names.end());
  if (options.traffic.empty() && names.size() == 1) {
    return std::string(kTraffic) + names.front();
  }
  if (std::find(names.begin(), names.end(), options.traffic) != names.end()) {
    return std::string(kTraffic) + options.traffic;
  }
  refuse(terminal,
         options.traffic.empty()
             ? fmt::format("of which traffic? Add --traffic and one of {}", fmt::join(names, ", "))
             : fmt::format("there is no traffic \"{}\"{}", options.traffic,
                           sim::did_you_mean(options.traffic, names)));
  return {};
}

int tell(const WhyCommandOptions& options, const sim::TraceRecord& trace,
         const sim::RunRecord& record, const Terminal& terminal) {
  if (options.json) {
    terminal.out << sim::request_json(trace, record).dump(2) << "\n";
  } else {
    terminal.out << sim::request_text(trace, record, {.ansi = terminal.color});
  }
  return kDone;
}

/// Runs a scenario up to the end of the request, which alone is traced.
int by_running(const WhyCommandOptions& options, const sim::Plan& plan,
               const sim::ModelRegistry& registry, const Terminal& terminal) {
  std::vector<std::string> names;
  for (const sim::Traffic& traffic : plan.traffic()) {
    names.push_back(traffic.name());
  }
  const std::string source = source_path(options, names, terminal);
  if (source.empty()) {
    return kCouldNot;
  }
  const ScratchFile scratch;
  sim::RunOptions run_options;
  run_options.trace_only = sim::OnlyTrace{source, *options.request};
  run_options.seed = options.seed;
  run_options.replication = options.replication;
  run_options.output = scratch.path();
  run_options.progress_step = std::chrono::minutes{1};
  const auto report =
      simulate(plan, registry, run_options,
               {.quiet = options.quiet,
                .repeat_command = fmt::format("updraft why {} --request {}",
                                              shell_word(options.file), *options.request)},
               terminal);
  if (!report) {
    return kCouldNot;
  }
  const sim::RunRecord record = sim::read_run_record(*sim::open_result_source(scratch.path()));
  const sim::TraceRecord* trace =
      sim::find_request(record, source, static_cast<std::int64_t>(*options.request));
  if (trace != nullptr) {
    return tell(options, *trace, record, terminal);
  }
  if (!report->complete) {
    return kInterrupted;
  }
  return refuse(terminal, fmt::format("number {} of {} was not sent, or had not ended by the end "
                                      "of the run; requests count from 0",
                                      *options.request, source));
}

int from_results(const WhyCommandOptions& options, const sim::ModelRegistry& registry,
                 const Terminal& terminal) {
  const auto file = sim::open_result_source(options.file);
  const sim::RunRecord record = sim::read_run_record(*file);
  std::vector<std::string> names;
  for (const std::string& resource : record.resources) {
    if (resource.starts_with(kTraffic)) {
      names.push_back(resource.substr(kTraffic.size()));
    }
  }
  const std::string source = source_path(options, names, terminal);
  if (source.empty()) {
    return kCouldNot;
  }
  if (const sim::TraceRecord* trace =
          sim::find_request(record, source, static_cast<std::int64_t>(*options.request))) {
    return tell(options, *trace, record, terminal);
  }
  // Not among the traced ones: the file holds the scenario, its seed and its replication.
  WhyCommandOptions again = options;
  again.seed = static_cast<std::uint64_t>(file->integer("seed").value_or(1));
  again.replication = static_cast<std::uint32_t>(file->integer("replication").value_or(0));
  if (const auto plan = plan_of_results(*file, options.file, options.files_anywhere, registry)) {
    return by_running(again, *plan, registry, terminal);
  }
  return refuse(terminal,
                fmt::format("number {} is not among the traced requests, and the scenario can't "
                            "be run from here; try: updraft why SCENARIO --request {} --seed {}",
                            *options.request, *options.request, *again.seed));
}

}  // namespace

int why_request(const WhyCommandOptions& options, const sim::ModelRegistry& registry,
                const Terminal& terminal) {
  if (!options.resource.empty() || !options.at.empty() || !options.from.empty() ||
      !options.to.empty()) {
    return refuse(terminal, "a request by its number, or a resource and a time, not both");
  }
  if (sim::is_result_file(options.file)) {
    return from_results(options, registry, terminal);
  }
  int exit_code = kDone;
  const auto loaded = load(options.file, options.files_anywhere, registry, terminal, exit_code);
  return loaded ? by_running(options, loaded->plan, registry, terminal) : exit_code;
}

}  // namespace updraft::cli
