// A run from Python: it works on a thread of its own with the GIL released, while the calling
// thread looks after signals and progress. So Ctrl-C is seen at once, however long an event handler
// takes, and other Python threads go on.
#include "sim/study/run.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include <pybind11/functional.h>
#include <pybind11/stl.h>

#include "models/registry/registry.h"
#include "python/bindings.h"
#include "sim/metrics/result_file.h"
#include "sim/study/report_json.h"

namespace updraft::python {

namespace py = pybind11;

namespace {

/// How often the calling thread looks up; Ctrl-C is to be seen within 100 ms.
constexpr std::chrono::milliseconds kLook{20};
/// Steps of simulated time between two states of progress.
constexpr int kSteps = 200;
constexpr sim::Duration kLongestStep = std::chrono::hours{1};

/// What the running thread and the calling one share.
class Work {
 public:
  Work(const sim::Plan& plan, sim::RunOptions options) : plan_(plan), options_(std::move(options)) {
    options_.interrupt = &interrupt_;
    options_.progress = [this](const sim::Progress& progress) {
      const std::lock_guard lock(mutex_);
      progress_ = progress;
    };
  }

  /// On the running thread.
  void run() {
    try {
      report_ = sim::run(plan_, make_registry(), options_);
    } catch (...) {
      failure_ = std::current_exception();
    }
    const std::lock_guard lock(mutex_);
    done_ = true;
    ended_.notify_one();
  }

  /// Waits for the end, at most kLook. True when it has come.
  bool wait() {
    std::unique_lock lock(mutex_);
    return ended_.wait_for(lock, kLook, [this] { return done_; });
  }

  /// Asks the run to stop; it closes its file first.
  void interrupt() { interrupt_.store(true, std::memory_order_relaxed); }

  [[nodiscard]] sim::Progress progress() {
    const std::lock_guard lock(mutex_);
    return progress_;
  }

  /// After the end. Throws what the run threw.
  [[nodiscard]] const sim::Report& report() const {
    if (failure_) {
      std::rethrow_exception(failure_);
    }
    return report_;
  }

 private:
  const sim::Plan& plan_;
  sim::RunOptions options_;
  std::atomic<bool> interrupt_{false};
  std::mutex mutex_;
  std::condition_variable ended_;
  bool done_ = false;
  sim::Progress progress_;
  sim::Report report_;
  std::exception_ptr failure_;
};

using Callback = std::function<py::object(double now_s, double end_s, std::uint64_t events)>;

/// Runs pending signal handlers and shows progress; what they raise, or None. With the GIL.
py::object look(const sim::Progress& progress, sim::Time& shown, const Callback& callback) {
  try {
    if (PyErr_CheckSignals() != 0) {
      throw py::error_already_set();
    }
    if (callback && progress.now > shown) {
      shown = progress.now;
      callback(sim::to_seconds(progress.now), sim::to_seconds(progress.end), progress.events);
    }
  } catch (py::error_already_set& error) {
    py::object raised = error.value();
    return error.trace() ? py::object(raised.attr("with_traceback")(error.trace())) : raised;
  }
  return py::none();
}

/// Carries the work out; what stopped it early, or None.
py::object carry_out(Work& work, const Callback& callback) {
  py::object stopped = py::none();
  sim::Time shown = sim::kStart;
  const py::gil_scoped_release release;
  const std::jthread thread([&work] { work.run(); });
  while (!work.wait()) {
    const sim::Progress progress = work.progress();
    const py::gil_scoped_acquire gil;
    if (stopped.is_none()) {
      stopped = look(progress, shown, callback);
      if (!stopped.is_none()) {
        work.interrupt();
      }
    }
  }
  return stopped;
}

sim::Duration length(const LoadedScenario& scenario, std::optional<std::int64_t> duration_ns) {
  const std::int64_t planned = scenario.plan.duration_ns();
  if (duration_ns && (*duration_ns <= 0 || *duration_ns > planned)) {
    throw py::value_error(fmt::format(
        "duration is {} s; it must be above 0 s and at most the scenario's {} s",
        sim::to_seconds(sim::Duration{*duration_ns}), sim::to_seconds(sim::Duration{planned})));
  }
  return sim::Duration{duration_ns.value_or(planned)};
}

std::pair<std::string, py::object> run(const LoadedScenario& scenario,
                                       std::optional<std::uint64_t> seed, std::uint32_t replication,
                                       std::optional<std::int64_t> duration_ns,
                                       const std::string& output, const std::string& repeat,
                                       const std::optional<Callback>& progress) {
  const sim::Duration duration = length(scenario, duration_ns);
  if (!output.empty()) {
    // The library refuses as well, but knows no name of the scenario.
    if (const std::string reason = sim::why_not_output(output, scenario.file); !reason.empty()) {
      throw sim::ResultFileError(reason);
    }
  }
  Work work(scenario.plan,
            {.seed = seed,
             .replication = replication,
             .duration = duration,
             .output = output,
             .progress_step = std::clamp(duration / kSteps, sim::Duration{1}, kLongestStep)});
  py::object stopped = carry_out(work, progress.value_or(Callback{}));
  const auto json =
      sim::report_json(work.report(), scenario.plan, {.repeat_command = repeat, .output = output});
  return {json.dump(), std::move(stopped)};
}

}  // namespace

void bind_run(py::module_& module) {
  module.def(
      "run", &run, py::arg("scenario"), py::arg("seed") = py::none(), py::arg("replication") = 0,
      py::arg("duration_ns") = py::none(), py::arg("output") = "", py::arg("repeat") = "",
      py::arg("progress") = py::none(),
      "Runs a scenario: the report as JSON, and the exception that stopped it early or None.\n\n"
      "An empty output writes no result file. Raises ValueError for an impossible duration, "
      "OSError\nwhen the result file cannot be written, RuntimeError when an invariant of "
      "Updraft breaks.");
  module.def("is_result_file", &sim::is_result_file, py::arg("path"),
             "Whether a file that is there is a result file, finished or not.");
}

}  // namespace updraft::python
