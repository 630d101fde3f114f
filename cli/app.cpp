#include "cli/app.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <limits>
#include <optional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <malloc.h>
#include <unistd.h>

#include "cli/commands.h"
#include "sim/schema/nearest.h"
#include "sim/study/plan_facts.h"

namespace updraft::cli {

namespace {

/// Adds `--json` to a command.
void add_json(CLI::App& command, bool& json) {
  command.add_flag("--json", json, "Print JSON instead of text (its \"version\" says which shape)");
}

void add_file(CLI::App& command, std::string& file) {
  command.add_option("FILE", file, "Scenario (YAML); - reads standard input")
      ->type_name("")
      ->required();
}

void add_anywhere(CLI::App& command, bool& anywhere) {
  command.add_flag("--allow-any-file", anywhere, "Let the scenario name files outside its folder");
}

/// What the completion of a shell needs to know, from the same options that are parsed.
std::vector<CompletedCommand> completed_commands(CLI::App& app) {
  std::vector<CompletedCommand> all;
  for (const CLI::App* command : app.get_subcommands([](CLI::App*) { return true; })) {
    CompletedCommand one{.name = command->get_name(), .doc = command->get_description()};
    for (const CLI::Option* option : command->get_options()) {
      if (!option->get_lnames().empty()) {
        one.options.push_back({.name = "--" + option->get_lnames().front(),
                               .doc = option->get_description(),
                               .value = option->get_type_size() > 0,
                               .file = option->get_type_name() == "FILE"});
      }
    }
    all.push_back(std::move(one));
  }
  return all;
}

std::vector<std::string> commands(CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  return names;
}

bool is_command(CLI::App& app, const std::string& word) {
  const std::vector<std::string> known = commands(app);
  return std::find(known.begin(), known.end(), word) != known.end();
}

/// A word of the command line as a whole number of type N; says what is allowed otherwise.
template <class N>
N whole_number(const char* option, const std::string& word) {
  N number{};
  const char* end = word.data() + word.size();
  const auto [parsed, error] = std::from_chars(word.data(), end, number);
  if (error != std::errc{} || parsed != end) {
    throw CLI::ValidationError(option, fmt::format("\"{}\" is no whole number from 0 to {}", word,
                                                   std::numeric_limits<N>::max()));
  }
  return number;
}

/// Adds `--seed` and `--replication` to a command that runs a scenario.
void add_seed(CLI::App& command, std::optional<std::uint64_t>& seed, std::uint32_t& replication) {
  command
      .add_option_function<std::string>(
          "--seed",
          [&seed](const std::string& word) { seed = whole_number<std::uint64_t>("--seed", word); },
          "Seed instead of the scenario's")
      ->type_name("N");
  command
      .add_option_function<std::string>(
          "--replication",
          [&replication](const std::string& word) {
            replication = whole_number<std::uint32_t>("--replication", word);
          },
          "Replication: other luck, same scenario")
      ->type_name("N");
}

/// Commands that the design promises and that are not there yet, each with what helps meanwhile.
std::string_view planned(std::string_view word) {
  struct Planned {
    std::string_view command;
    std::string_view meanwhile;
  };
  constexpr std::string_view kJson =
      "`updraft run FILE --json` gives numbers and verdicts to compare in a script";
  constexpr std::string_view kSweep =
      "`updraft run FILE --seed N` in a loop, or updraft.run in Python";
  constexpr std::string_view kSummary = "`updraft run FILE` shows what there is";
  constexpr std::array<Planned, 11> kPlanned{
      {{"check", kJson},
       {"diff", kJson},
       {"compare", kJson},
       {"sweep", kSweep},
       {"capacity", kSummary},
       {"tune", kSweep},
       {"analyze", kSummary},
       {"backtest", kSweep},
       {"cost", kSummary},
       {"report", kSummary},
       {"import", "traffic comes from a CSV file (docs/scenario.md)"}}};
  for (const Planned& one : kPlanned) {
    if (one.command == word) {
      return one.meanwhile;
    }
  }
  return {};
}

/// What is wrong with the arguments, and where to read on.
std::string usage_error(const CLI::App& app, const CLI::ParseError& error) {
  const auto parsed = app.get_subcommands();
  const CLI::App& command = parsed.empty() ? app : *parsed.front();
  const std::string name = parsed.empty() ? "updraft" : "updraft " + command.get_name();
  std::string text = error.what();
  const std::vector<std::string> extra = app.remaining(true);
  if ((dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr || parsed.empty()) &&
      !extra.empty()) {
    std::vector<std::string> options;
    for (const CLI::Option* option : command.get_options()) {
      for (const std::string& long_name : option->get_lnames()) {
        options.push_back("--" + long_name);
      }
    }
    text = extra[0].starts_with('-')
               ? fmt::format("no option \"{}\"{}", extra[0], sim::did_you_mean(extra[0], options))
               : fmt::format("\"{}\" is one word too many", extra[0]);
  }
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    text = text.substr(0, text.find(':')) + " needs a value";
  }
  return fmt::format("{}: {}\n{} --help says what it takes\n", name, text, name);
}

}  // namespace

int run_app(const std::vector<std::string>& words, const Terminal& terminal) {
  std::vector<std::string> arguments = words;
  if (!arguments.empty() && arguments[0] == "help") {  // `updraft help run`
    arguments.erase(arguments.begin());
    arguments.emplace_back("--help");
  }
  CLI::App app{"Updraft: a deterministic simulator of AWS infrastructure, request by request",
               "updraft"};
  app.set_version_flag("--version", std::string("updraft ") + std::string(sim::version()));
  app.require_subcommand(1);
  app.footer("Begin with: updraft init my.yaml && updraft run my.yaml");
  int exit_code = kDone;

  InitOptions init_options;
  auto* init_command =
      app.add_subcommand("init", "Write a first scenario of your own, with comments");
  init_command->add_option("FILE", init_options.file, "File to write; - is standard output")
      ->type_name("")
      ->capture_default_str();
  init_command->add_flag("--force", init_options.force, "Replace the file if it is there");
  init_command->add_flag("--schema", init_options.schema,
                         "Write scenario.schema.json for editors beside it");
  add_json(*init_command, init_options.json);
  init_command->callback([&] { exit_code = init(init_options, terminal); });

  ValidateOptions validate_options;
  auto* validate_command =
      app.add_subcommand("validate", "Check a scenario and report everything wrong with it");
  add_file(*validate_command, validate_options.file);
  add_json(*validate_command, validate_options.json);
  add_anywhere(*validate_command, validate_options.files_anywhere);
  validate_command->callback([&] { exit_code = validate(validate_options, terminal); });

  RunCommandOptions run_options;
  auto* run_command = app.add_subcommand("run", "Simulate a scenario; write results and a summary");
  add_file(*run_command, run_options.file);
  run_command->add_option("-o,--output", run_options.output, "Result file (HDF5)")
      ->type_name("FILE")
      ->capture_default_str();
  run_command->add_flag("--no-output", run_options.no_output, "Write no result file");
  add_seed(*run_command, run_options.seed, run_options.replication);
  run_command->add_option("--until", run_options.until, "Stop earlier, e.g. 6h")->type_name("TIME");
  run_command
      ->add_option("--traces", run_options.traces,
                   "Share of the requests that are traced whatever becomes of them, e.g. 10%; "
                   "0.1% by default")
      ->type_name("SHARE");
  run_command->add_flag("-q,--quiet", run_options.quiet, "No progress");
  add_json(*run_command, run_options.json);
  add_anywhere(*run_command, run_options.files_anywhere);
  run_command->callback([&] { exit_code = run(run_options, terminal); });

  ExplainCommandOptions explain_options;
  auto* explain_command = app.add_subcommand(
      "explain",
      "Say what a resource type, a parameter, a metric or a rule means, and who says so");
  std::vector<std::string> question;
  explain_command
      ->add_option("QUESTION", question,
                   "auto_scaling_group, auto_scaling_group.min_size, R2.6.4, metric RequestCount; "
                   "without one, all that can be asked")
      ->type_name("");
  explain_command->add_option("--rules", explain_options.rules, "Rules edition, e.g. 2026-11")
      ->type_name("EDITION");
  add_json(*explain_command, explain_options.json);
  explain_command->callback([&] {
    explain_options.question = fmt::format("{}", fmt::join(question, " "));
    exit_code = explain(explain_options, terminal);
  });

  WhyCommandOptions why_options;
  auto* why_command = app.add_subcommand(
      "why", "Say why something happened to a resource, or did not, and by which rule");
  why_command
      ->add_option("FILE", why_options.file,
                   "Result file, or a scenario (YAML), which is run first")
      ->type_name("")
      ->required();
  why_command
      ->add_option("RESOURCE", why_options.resource,
                   "Resource, part of one, alarm, instance; without one, all that can be asked")
      ->type_name("");
  why_command
      ->add_option("--at", why_options.at,
                   "Moment, a minute to either side: 3d2h, or 1998-06-18T02:00:00Z")
      ->type_name("TIME");
  why_command->add_option("--from", why_options.from, "Begin of a window")->type_name("TIME");
  why_command->add_option("--to", why_options.to, "End of a window")->type_name("TIME");
  why_command
      ->add_option_function<std::string>(
          "--request",
          [&](const std::string& word) {
            why_options.request = whole_number<std::uint64_t>("--request", word);
          },
          "One request by its number: where it went and where its time went")
      ->type_name("N");
  why_command->add_option("--traffic", why_options.traffic, "Traffic source of the request")
      ->type_name("NAME");
  add_seed(*why_command, why_options.seed, why_options.replication);
  why_command->add_flag("-q,--quiet", why_options.quiet, "No progress");
  add_json(*why_command, why_options.json);
  add_anywhere(*why_command, why_options.files_anywhere);
  why_command->callback([&] { exit_code = why(why_options, terminal); });

  TraceCommandOptions trace_options;
  auto* trace_command = app.add_subcommand(
      "trace", "Export the traced requests of a result file for Perfetto (ui.perfetto.dev)");
  trace_command->add_option("FILE", trace_options.file, "Result file")->type_name("")->required();
  trace_command
      ->add_option("-o,--output", trace_options.output,
                   "File to write; - is standard output; by default FILE's name with "
                   ".perfetto-trace")
      ->type_name("FILE");
  add_json(*trace_command, trace_options.json);
  trace_command->callback([&] { exit_code = trace(trace_options, terminal); });

  SchemaOptions schema_options;
  auto* schema_command =
      app.add_subcommand("schema", "Print the JSON Schema of scenarios, for editors");
  schema_command->add_option("--rules", schema_options.rules, "Rules edition, e.g. 2026-11")
      ->type_name("EDITION");
  bool schema_is_json = true;
  schema_command->add_flag("--json", schema_is_json, "Print JSON, as it does anyway");
  schema_command->callback([&] { exit_code = schema(schema_options, terminal); });

  std::string shell;
  auto* completion_command =
      app.add_subcommand("completion", "Print a completion script for a shell");
  completion_command->add_option("SHELL", shell, "bash, zsh or fish")->type_name("")->required();
  completion_command->callback(
      [&] { exit_code = completion(shell, completed_commands(app), terminal); });

  if (arguments.empty()) {
    terminal.err << app.help();
    return kCouldNot;
  }
  if (!arguments[0].starts_with('-') && !is_command(app, arguments[0])) {
    if (const std::string_view meanwhile = planned(arguments[0]); !meanwhile.empty()) {
      terminal.err << fmt::format("updraft: \"{}\" is planned and not there yet; until then, {}\n",
                                  arguments[0], meanwhile);
      return kCouldNot;
    }
    terminal.err << fmt::format("updraft: no command \"{}\"{}\nupdraft --help lists them\n",
                                arguments[0], sim::did_you_mean(arguments[0], commands(app)));
    return kCouldNot;
  }
  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    app.parse(reversed);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {  // --help, --version
      app.exit(error, terminal.out, terminal.err);
      return kDone;
    }
    terminal.err << usage_error(app, error);
    return kCouldNot;
  } catch (const std::exception& error) {
    terminal.err << "updraft: " << error.what() << "\n";
    return kCouldNot;
  }
  return exit_code;
}

int run_program(int argc, char** argv) {
  const char* asked = std::getenv("NO_COLOR");
  const bool no_color = asked != nullptr && *asked != '\0';
#ifdef __GLIBC__
  // Large blocks go back to the system when they are freed. Left to itself glibc raises this bound
  // with the first of them, and a long run then holds 4 % more than a short one.
  mallopt(M_MMAP_THRESHOLD, 128 * 1024);
#endif
  Terminal terminal{.out = std::cout, .err = std::cerr};
  terminal.out_is_tty = isatty(STDOUT_FILENO) == 1;
  terminal.err_is_tty = isatty(STDERR_FILENO) == 1;
  terminal.color = terminal.out_is_tty && !no_color;
  terminal.err_color = terminal.err_is_tty && !no_color;
  // A file past its allowed size is an error like a full disk, not the end of the program.
  std::signal(SIGXFSZ, SIG_IGN);
  const int code = run_app({argv + 1, argv + argc}, terminal);
  std::cout.flush();
  if (!std::cout) {  // a full disk, a closed pipe
    std::cerr << "updraft: could not write to standard output\n";
    return kCouldNot;
  }
  return code;
}

}  // namespace updraft::cli
