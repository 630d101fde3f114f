#include "cli/commands.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/load.h"
#include "cli/numbers.h"
#include "cli/output_file.h"
#include "cli/shell.h"
#include "cli/simulate.h"
#include "cli/summary.h"
#include "models/registry/registry.h"
#include "sim/schema/explain.h"
#include "sim/schema/json_schema.h"
#include "sim/schema/quantity.h"
#include "sim/study/plan_facts.h"
#include "sim/study/report_json.h"
#include "sim/study/run.h"

namespace updraft::cli {

namespace {

using nlohmann::ordered_json;

/// The command that gives the same run again.
std::string repeat_command(const RunCommandOptions& options, std::uint64_t seed) {
  std::string command = "updraft run " + shell_word(options.file) + fmt::format(" --seed {}", seed);
  if (options.replication != 0) {
    command += fmt::format(" --replication {}", options.replication);
  }
  if (!options.until.empty()) {
    command += " --until " + shell_word(options.until);
  }
  if (!options.traces.empty()) {
    command += " --traces " + shell_word(options.traces);
  }
  if (options.files_anywhere) {
    command += " --allow-any-file";
  }
  if (options.no_output) {
    command += " --no-output";
  } else {
    command += " -o " + shell_word(options.output);
  }
  if (options.file == kStandardInput) {
    command += " < SCENARIO";
  }
  return command;
}

/// A share of the requests, 0 to 1; nothing when it is none.
std::optional<double> share(const std::string& text) {
  const auto parsed = sim::parse_quantity(text, "share");
  return parsed && *parsed >= 0 && *parsed <= 1 ? std::optional<double>(*parsed) : std::nullopt;
}

/// The edition asked for, or the latest; nothing when it is no edition.
std::optional<sim::RulesEdition> edition(const std::string& text, const Terminal& terminal) {
  if (text.empty()) {
    return sim::RulesEdition::latest();
  }
  const auto parsed = sim::RulesEdition::parse(text);
  if (!parsed) {
    terminal.err << "updraft: " << parsed.error() << "\n";
    return std::nullopt;
  }
  return *parsed;
}

ordered_json findings_json(const std::vector<sim::Diagnostic>& found) {
  ordered_json list = ordered_json::array();
  for (const sim::Diagnostic& one : found) {
    list.push_back(
        {{"line", one.mark.line}, {"column", one.mark.column}, {"message", one.message}});
  }
  return list;
}

ordered_json validation_json(const std::string& file, const std::vector<sim::Diagnostic>& errors,
                             const std::vector<sim::Diagnostic>& warnings) {
  return {{"version", 1},
          {"file", file},
          {"ok", errors.empty()},
          {"findings", findings_json(errors)},
          {"warnings", findings_json(warnings)}};
}

/// What a scenario says, counted; what it leaves to be made by itself is not.
std::string contents(const sim::Plan& plan) {
  const auto written = std::count_if(
      plan.resource().begin(), plan.resource().end(), [](const sim::ResourcePlan& resource) {
        return resource.has_place() && resource.name().find('/') == std::string::npos;
      });
  const auto counted = [](std::int64_t number, std::string_view one) {
    return fmt::format("{} {}{}", number, one, number == 1 ? "" : "s");
  };
  return fmt::format("{}, {}, {}, {}, {}", counted(written, "resource"),
                     counted(plan.traffic_size(), "traffic source"),
                     counted(plan.operation_size(), "operation"),
                     counted(plan.fault_size(), "fault"), counted(plan.slo_size(), "objective"));
}

}  // namespace

int validate(const ValidateOptions& options, const Terminal& terminal) {
  const sim::ModelRegistry registry = make_registry();
  try {
    const sim::LoadResult loaded =
        read_scenario(options.file, options.files_anywhere, registry, terminal);
    if (options.json) {
      terminal.out << validation_json(options.file, {}, loaded.warnings.diagnostics()).dump(2)
                   << "\n";
    } else {
      terminal.out << loaded.warnings.render(terminal.color);
      terminal.out << fmt::format("{}: ok: {}\n", options.file, contents(loaded.plan));
    }
    return kDone;
  } catch (const sim::ScenarioError& error) {
    if (options.json) {
      terminal.out << validation_json(options.file, error.diagnostics(), {}).dump(2) << "\n";
    } else {
      terminal.out << error.render(terminal.color);
    }
    return kFindings;
  }
}

int run(const RunCommandOptions& options, const Terminal& terminal) {
  const sim::ModelRegistry registry = make_registry();
  int exit_code = kDone;
  const auto loaded = load(options.file, options.files_anywhere, registry, terminal, exit_code);
  if (!loaded) {
    return exit_code;
  }
  sim::RunOptions run_options;
  run_options.seed = options.seed;
  run_options.replication = options.replication;
  run_options.output = options.no_output ? "" : options.output;
  if (!options.until.empty()) {
    const auto until = sim::parse_duration(options.until);
    if (!until) {
      terminal.err << "updraft: --until: " << until.error() << "\n";
      return kCouldNot;
    }
    if (*until <= 0) {
      terminal.err << fmt::format("updraft: --until: {} is not a time after the start\n",
                                  options.until);
      return kCouldNot;
    }
    if (*until > loaded->plan.duration_ns()) {
      terminal.err << fmt::format(
          "updraft: --until: {} is past the scenario's end; its duration is {}\n", options.until,
          length(sim::Duration{loaded->plan.duration_ns()}));
      return kCouldNot;
    }
    run_options.duration = sim::Duration{*until};
  }
  if (!options.traces.empty()) {
    run_options.trace_rate = share(options.traces);
    if (!run_options.trace_rate) {
      terminal.err << fmt::format(
          "updraft: --traces: \"{}\" is no share of the requests; it can be 0% to 100%\n",
          options.traces);
      return kCouldNot;
    }
  }
  if (!options.no_output) {
    const std::string reason = why_not_output(options.output, options.file);
    if (!reason.empty()) {
      terminal.err << "updraft: " << reason << "\n";
      return kCouldNot;
    }
  }
  const std::uint64_t seed = options.seed.value_or(loaded->plan.header().seed());
  const auto report =
      simulate(loaded->plan, registry, run_options,
               {.quiet = options.quiet, .repeat_command = repeat_command(options, seed)}, terminal);
  if (!report) {
    return kCouldNot;
  }
  const sim::ReportFacts facts{.repeat_command = repeat_command(options, report->seed),
                               .output = run_options.output};
  if (options.json) {
    terminal.out << sim::report_json(*report, loaded->plan, facts).dump(2) << "\n";
  } else {
    terminal.out << summary_text(*report, loaded->plan, facts, terminal);
  }
  return report->complete ? kDone : kInterrupted;
}

int explain(const ExplainCommandOptions& options, const Terminal& terminal) {
  const auto rules = edition(options.rules, terminal);
  if (!rules) {
    return kCouldNot;
  }
  const sim::ExplainOptions explain_options{.rules = *rules, .ansi = terminal.color};
  const sim::Catalogue known = catalogue(make_registry());
  const auto text = options.json ? sim::explain_json(known, options.question, explain_options)
                                 : sim::explain(known, options.question, explain_options);
  if (!text) {
    terminal.err << "updraft: " << text.error() << "\n";
    return kCouldNot;
  }
  terminal.out << *text << (text->ends_with('\n') ? "" : "\n");
  return kDone;
}

int schema(const SchemaOptions& options, const Terminal& terminal) {
  const auto rules = edition(options.rules, terminal);
  if (!rules) {
    return kCouldNot;
  }
  terminal.out << sim::json_schema(catalogue(make_registry()), {.rules = *rules});
  return kDone;
}

}  // namespace updraft::cli
