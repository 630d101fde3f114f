#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/load.h"
#include "cli/shell.h"
#include "models/registry/registry.h"
#include "sim/schema/json_schema.h"

namespace updraft::cli {

namespace {

constexpr std::string_view kFirstScenario =
    R"yaml(# A web service on two to ten instances behind a load balancer; half an hour in, its traffic rises to five times.
# Check it:  updraft validate FILE        Run it:  updraft run FILE
# Ask what a key means:  updraft explain auto_scaling_group.health_check_grace_period
scenario: my-first-scenario
duration: 2h
seed: 1
resources:
  web-alb:
    load_balancer:
      type: application
      availability_zones: [a, b]
      listeners: [{port: 80, forward: web}]
  web:
    target_group: {}
  fleet:
    auto_scaling_group:
      min_size: 2
      max_size: 10
      availability_zones: [a, b]
      target_groups: [web]
      launch_template:
        instance_type: m5.large
        monitoring: detailed
        boot: {lognormal: {mean: 90s, p99: 180s}}
      scaling_policies:
        cpu:
          target_tracking:
            predefined_metric_type: ASGAverageCPUUtilization
            target_value: 50
initial:
  fleet: {in_service: 2}
traffic:
  visitors:
    to: web-alb
    rate: {spike: {base: 20/s, peak: 100/s, at: 30m, rise: 20m, hold: 20m, fall: 10m}}
    demand: {cpu: {lognormal: {mean: 40ms, p99: 200ms}}, wait: 20ms}
slo:
  - p(99) latency < 500ms
  - error_rate < 0.1%
)yaml";

bool write(const std::filesystem::path& file, std::string_view text, const Terminal& terminal) {
  errno = 0;
  std::ofstream stream(file, std::ios::binary);
  stream << text;
  stream.close();
  if (!stream) {
    terminal.err << fmt::format("updraft: cannot write {}{}\n", file.string(),
                                errno == 0 ? "" : fmt::format(": {}", std::strerror(errno)));
    return false;
  }
  return true;
}

}  // namespace

int init(const InitOptions& options, const Terminal& terminal) {
  const std::filesystem::path file = options.file;
  std::error_code error;
  if (options.file.empty()) {
    terminal.err << "updraft: the file to write has no name; try my.yaml\n";
    return kCouldNot;
  }
  const bool to_stdout = options.file == "-";
  if (to_stdout && (options.schema || options.json)) {
    terminal.err << fmt::format(
        "updraft: - is standard output, which holds the scenario alone; "
        "name a file for {}\n",
        options.schema ? "--schema" : "--json");
    return kCouldNot;
  }
  if (!to_stdout && std::filesystem::is_directory(file, error)) {
    terminal.err << fmt::format("updraft: {} is a folder; name a file\n", options.file);
    return kCouldNot;
  }
  if (!to_stdout && std::filesystem::exists(file, error) && !options.force) {
    terminal.err << fmt::format("updraft: {} is there already; --force replaces it\n",
                                options.file);
    return kCouldNot;
  }
  const std::string named = to_stdout ? "FILE" : shell_word(options.file);
  std::string text(kFirstScenario);
  for (std::size_t at = text.find("FILE"); at != std::string::npos; at = text.find("FILE", at)) {
    text.replace(at, 4, named);
    at += named.size();
  }
  if (to_stdout) {
    terminal.out << text;
    return kDone;
  }
  if (options.schema) {
    const std::filesystem::path schema_file = file.parent_path() / "scenario.schema.json";
    if (!write(schema_file, sim::json_schema(catalogue(make_registry()), {}), terminal)) {
      return kCouldNot;
    }
    text = "# yaml-language-server: $schema=scenario.schema.json\n" + text;
  }
  if (!write(file, text, terminal)) {
    return kCouldNot;
  }
  const std::string next = "updraft run " + named;
  if (options.json) {
    nlohmann::ordered_json wrote{options.file};
    if (options.schema) {
      wrote.push_back((file.parent_path() / "scenario.schema.json").string());
    }
    terminal.out << nlohmann::ordered_json{{"version", 1}, {"wrote", wrote}, {"next", next}}.dump(2)
                 << "\n";
  } else {
    terminal.out << fmt::format("wrote {}\nnext: {}\n", options.file, next);
  }
  return kDone;
}

}  // namespace updraft::cli
