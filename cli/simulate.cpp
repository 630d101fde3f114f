#include "cli/simulate.h"

#include "cli/interrupt.h"
#include "cli/progress.h"
#include "sim/metrics/result_file.h"
#include "sim/traffic/make_source.h"

namespace updraft::cli {

std::optional<sim::Report> simulate(const sim::Plan& plan, const sim::ModelRegistry& registry,
                                    sim::RunOptions run_options, const SimulateOptions& options,
                                    const Terminal& terminal) {
  const sim::Time end =
      sim::kStart + run_options.duration.value_or(sim::Duration{plan.duration_ns()});
  install_interrupt();
  ProgressBar bar(terminal, options.quiet, plan.start_unix_ns(), end);
  run_options.interrupt = &interrupt_flag();
  run_options.progress = [&](const sim::Progress& progress) {
    bar.show(progress.now, progress.events);
  };
  try {
    return sim::run(plan, registry, run_options);
  } catch (const sim::ResultFileError& error) {
    bar.clear();
    terminal.err << "updraft: " << error.what() << "\n";
  } catch (const sim::FileError& error) {
    bar.clear();
    terminal.err << "updraft: " << error.what() << "\n";
  } catch (const sim::InvariantError& error) {
    bar.clear();
    terminal.err << "updraft: " << error.what()
                 << "\nThis is a mistake in Updraft. Repeat it with: " << options.repeat_command
                 << "\n";
  }
  return std::nullopt;
}

}  // namespace updraft::cli
