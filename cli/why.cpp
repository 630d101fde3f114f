// `updraft why`: from a file and a question to an answer of sim/study/why.h.
#include "sim/study/why.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/load.h"
#include "cli/scratch_file.h"
#include "cli/shell.h"
#include "cli/simulate.h"
#include "cli/why_request.h"
#include "models/registry/registry.h"
#include "sim/metrics/run_record.h"
#include "sim/study/when.h"
#include "sim/study/why_json.h"
#include "sim/study/why_text.h"

namespace updraft::cli {

namespace {

constexpr sim::Duration kAround = std::chrono::minutes{1};  // of --at, to either side
// What comes of a decision takes its time: a run that is only asked about goes on for so long.
constexpr sim::Duration kEffects = std::chrono::hours{1};

struct Window {
  sim::Time from = sim::kStart;
  sim::Time to = sim::kNever;
};

/// The window that was asked for; nothing, and the reason printed, when it is none.
std::optional<Window> window(const WhyCommandOptions& options, std::int64_t start_unix_ns,
                             const Terminal& terminal) {
  const auto refuse = [&](std::string_view option, std::string_view reason) {
    terminal.err << fmt::format("updraft why: {}: {}\n", option, reason);
    return std::nullopt;
  };
  Window asked;
  if (!options.at.empty()) {
    if (!options.from.empty() || !options.to.empty()) {
      return refuse("--at", "a moment or a window (--from, --to), not both");
    }
    const auto at = sim::parse_when(options.at, start_unix_ns);
    if (!at) {
      return refuse("--at", at.error());
    }
    return Window{std::max(sim::kStart, *at - kAround), *at + kAround};
  }
  if (!options.from.empty()) {
    const auto from = sim::parse_when(options.from, start_unix_ns);
    if (!from) {
      return refuse("--from", from.error());
    }
    asked.from = *from;
  }
  if (!options.to.empty()) {
    const auto to = sim::parse_when(options.to, start_unix_ns);
    if (!to) {
      return refuse("--to", to.error());
    }
    asked.to = *to;
  }
  if (asked.to < asked.from) {
    return refuse("--to", "it lies before --from");
  }
  return asked;
}

/// Past the end of the run there is nothing to ask about.
bool is_inside(const Window& asked, sim::Time end, const Terminal& terminal) {
  if (asked.from <= end) {
    return true;
  }
  terminal.err << fmt::format("updraft why: {} lies past the end of the run, {}\n",
                              sim::since_start(asked.from), sim::since_start(end));
  return false;
}

struct Asked {
  sim::RunRecord record;
  Window window;
  std::optional<sim::Backlog> backlog;
  bool interrupted = false;
};

/// Where work waits in the resource that was asked about.
std::optional<sim::Backlog> backlog_of(const sim::ResultSource& source, const sim::Plan& plan,
                                       const sim::ModelRegistry& registry,
                                       const std::string& resource, const Window& asked) {
  return sim::backlog(source, plan, {registry.backlogs(), registry.consumers()},
                      {.resource = resource, .from = asked.from, .to = asked.to});
}

std::optional<Asked> from_results(const WhyCommandOptions& options,
                                  const sim::ModelRegistry& registry, const Terminal& terminal) {
  const auto source = sim::open_result_source(options.file);
  Asked asked{.record = sim::read_run_record(*source), .window = {}, .backlog = {}};
  const auto wanted = window(options, asked.record.start_unix_ns, terminal);
  if (!wanted ||
      (asked.record.complete && !is_inside(*wanted, asked.record.valid_until, terminal))) {
    return std::nullopt;
  }
  asked.window = *wanted;
  if (const auto plan = plan_of_results(*source, options.file, options.files_anywhere, registry)) {
    asked.backlog = backlog_of(*source, *plan, registry, options.resource, *wanted);
  }
  return asked;
}

std::optional<Asked> from_scenario(const WhyCommandOptions& options,
                                   const sim::ModelRegistry& registry, const Terminal& terminal) {
  int exit_code = kDone;
  const auto loaded = load(options.file, options.files_anywhere, registry, terminal, exit_code);
  if (!loaded) {
    return std::nullopt;
  }
  const sim::Duration whole{loaded->plan.duration_ns()};
  const auto wanted = window(options, loaded->plan.start_unix_ns(), terminal);
  if (!wanted || !is_inside(*wanted, sim::kStart + whole, terminal)) {
    return std::nullopt;
  }
  const ScratchFile scratch;
  sim::RunOptions run_options;
  run_options.seed = options.seed;
  run_options.replication = options.replication;
  run_options.output = scratch.path();
  if (wanted->to != sim::kNever) {
    run_options.duration = std::min(whole, wanted->to + kEffects - sim::kStart);
  }
  const auto report = simulate(
      loaded->plan, registry, run_options,
      {.quiet = options.quiet, .repeat_command = "updraft why " + shell_word(options.file)},
      terminal);
  if (!report) {
    return std::nullopt;
  }
  const auto source = sim::open_result_source(scratch.path());
  return Asked{.record = sim::read_run_record(*source),
               .window = *wanted,
               .backlog = backlog_of(*source, loaded->plan, registry, options.resource, *wanted),
               .interrupted = !report->complete};
}

}  // namespace

int why(const WhyCommandOptions& options, const Terminal& terminal) {
  const sim::ModelRegistry registry = make_registry();
  const sim::Catalogue known = catalogue(registry);
  const sim::WhyWords words(known, registry.tellings());
  try {
    if (options.request) {
      return why_request(options, registry, terminal);
    }
    const bool results = sim::is_result_file(options.file);
    const auto asked = results ? from_results(options, registry, terminal)
                               : from_scenario(options, registry, terminal);
    if (!asked) {
      return kCouldNot;
    }
    const auto found = sim::why(
        asked->record,
        {.resource = options.resource, .from = asked->window.from, .to = asked->window.to});
    if (!found) {
      terminal.err << fmt::format(
          "updraft why: {}\n`updraft why {}` lists what can be asked about\n", found.error(),
          shell_word(options.file));
      return kCouldNot;
    }
    sim::WhyAnswer answer = *found;
    answer.backlog = asked->backlog;
    if (options.json) {
      terminal.out << sim::why_json(answer, asked->record, words).dump(2) << "\n";
    } else {
      terminal.out << sim::why_text(answer, asked->record, words, {.ansi = terminal.color});
    }
    if (asked->interrupted) {
      return kInterrupted;
    }
    return answer.beyond_record ? kCannotTell : kDone;
  } catch (const sim::ResultFileError& error) {
    terminal.err << "updraft why: " << error.what() << "\n";
    return kCouldNot;
  }
}

}  // namespace updraft::cli
