// One run: from a Plan to a Report, and a result file when one is wanted.
//
//   const Report report = run(plan, registry, {.output = "results.h5"});
//
// A Run can also be driven step by step (advance), which is what interactive faces need.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "sim/build/registry.h"
#include "sim/build/report.h"
#include "sim/build/world.h"
#include "sim/metrics/log_sink.h"
#include "sim/metrics/traces.h"
#include "sim/scenario/scenario.pb.h"

namespace updraft::sim {

struct Progress {
  Time now;
  Time end;
  std::uint64_t events = 0;
};

struct RunOptions {
  /// Traces that request and no other; run() stops soon after it has ended.
  std::optional<OnlyTrace> trace_only{};
  std::optional<double> trace_rate{};  // share of requests traced, instead of the default
  std::optional<std::uint64_t> seed;   // instead of the scenario's
  std::uint32_t replication = 0;
  std::optional<Duration> duration;  // instead of the scenario's; not longer
  std::string output;                // result file; empty: none
  ResultSink* sink = nullptr;        // instead of a file (tests)
  LogSink* logs = nullptr;           // instead of files beside the result file (tests)
  const std::atomic<bool>* interrupt = nullptr;
  std::function<void(const Progress&)> progress;  // called at each step of simulated time
  Duration progress_step = 1h;
};

class Run {
 public:
  /// Builds the simulation. Throws ScenarioError when a file that the plan names cannot be read any
  /// more.
  Run(const Plan& plan, const ModelRegistry& registry, RunOptions options);
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;
  ~Run();

  /// Runs up to `until`, at most the end. False when it was interrupted.
  bool advance(Time until);
  [[nodiscard]] Time now() const;
  [[nodiscard]] Time end() const;
  [[nodiscard]] Simulation& simulation();
  [[nodiscard]] World& world();

  /// Closes the run (complete or interrupted) and says what came of it.
  Report finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A whole run.
Report run(const Plan& plan, const ModelRegistry& registry, const RunOptions& options);

}  // namespace updraft::sim
