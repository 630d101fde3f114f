#include "sim/study/run.h"

#include <algorithm>
#include <set>

#include <google/protobuf/any.pb.h>

#include "sim/build/director.h"
#include "sim/metrics/result_file.h"
#include "sim/metrics/results_hash.h"
#include "sim/study/plan_facts.h"
#include "sim/study/slo.h"
#include "sim/traffic/make_source.h"

namespace updraft::sim {

struct Run::State {
  Plan plan;
  RunOptions options;
  Time end;
  std::unique_ptr<ResultSink> file;
  ResultSink* sink = nullptr;
  std::unique_ptr<LogSink> log_files;
  std::unique_ptr<Simulation> simulation;
  std::unique_ptr<World> world;
  bool interrupted = false;
  bool finished = false;
};

namespace {

Duration length(const Plan& plan, const RunOptions& options) {
  const Duration planned{plan.duration_ns()};
  return options.duration ? std::min(*options.duration, planned) : planned;
}

void describe_run(ResultSink& sink, const Plan& plan, std::uint64_t seed, std::uint32_t replication,
                  Duration duration) {
  const ScenarioHeader& header = plan.header();
  sink.set_attribute("/", {"Conventions", "CF-1.10"});
  sink.set_attribute("/", {"title", header.scenario()});
  sink.set_attribute("/", {"source", "Updraft, a discrete-event simulator of AWS infrastructure"});
  sink.set_attribute("/", {"version", std::string(version())});
  sink.set_attribute("/", {"rules", header.rules()});
  sink.set_attribute("/", {"seed", static_cast<std::int64_t>(seed)});
  sink.set_attribute("/", {"replication", static_cast<std::int64_t>(replication)});
  sink.set_attribute("/", {"start_unix_ns", plan.start_unix_ns()});
  sink.set_attribute("/", {"duration_ns", to_ns(duration)});
  sink.set_attribute("/", {"scenario_text", plan.text()});
  sink.set_attribute("/", {"run_id", run_id(plan, seed, replication, duration)});
}

/// Logs stand beside the result file: "results.h5" and "results-web-alb.log".
std::string log_prefix(const std::string& output) {
  const std::size_t dot = output.ends_with(".h5") ? output.size() - 3 : output.size();
  return output.substr(0, dot) + "-";
}

}  // namespace

Run::Run(const Plan& plan, const ModelRegistry& registry, RunOptions options)
    : state_(std::make_unique<State>()) {
  State& s = *state_;
  s.plan = plan;
  s.options = std::move(options);
  const Duration duration = length(s.plan, s.options);
  s.end = kStart + duration;
  const std::uint64_t seed = s.options.seed.value_or(s.plan.header().seed());

  s.sink = s.options.sink;
  if (s.sink == nullptr && !s.options.output.empty()) {
    s.file = create_result_file(s.options.output,
                                {.start = utc_text(s.plan.start_unix_ns()), .run = duration});
    s.sink = s.file.get();
  }
  if (s.options.logs == nullptr && s.file) {
    s.log_files = make_log_files(log_prefix(s.options.output));
    s.options.logs = s.log_files.get();
  }
  if (s.sink != nullptr) {
    describe_run(*s.sink, s.plan, seed, s.options.replication, duration);
  }

  SimulationOptions simulation_options{.seed = seed,
                                       .replication = s.options.replication,
                                       .commit_interval = commit_interval(duration)};
  simulation_options.telemetry.traces.only = s.options.trace_only;
  if (s.options.trace_rate) {
    simulation_options.telemetry.traces.rate = *s.options.trace_rate;
  }
  simulation_options.logs = s.options.logs;
  s.simulation = std::make_unique<Simulation>(simulation_options, s.sink);
  s.world = std::make_unique<World>(*s.simulation, zone_names(s.plan), s.plan.start_unix_ns(),
                                    s.plan.directory());
  s.world->set_region(s.plan.header().region());
  for (const ResourcePlan& resource : s.plan.resource()) {
    s.world->put(resource.name(), registry.make(*s.simulation, resource));
  }
  for (const Traffic& traffic : s.plan.traffic()) {
    s.world->put("traffic/" + traffic.name(), make_source(*s.simulation, traffic, s.plan));
  }
  auto& director = s.simulation->add<Director>("director", *s.world, s.plan, registry);
  s.world->put("director", director);
  for (Resource* resource : s.world->all<Resource>()) {
    resource->bind(*s.world);
  }
  s.simulation->start();
}

Run::~Run() = default;

bool Run::advance(Time until) {
  State& s = *state_;
  SIM_CHECK(!s.finished, "the run is over");
  if (s.simulation->run_until(std::min(until, s.end), s.options.interrupt) ==
      Simulation::Stop::kInterrupted) {
    s.interrupted = true;
    return false;
  }
  if (s.options.progress) {
    s.options.progress({s.simulation->now(), s.end, s.simulation->events_run()});
  }
  return true;
}

Time Run::now() const {
  return state_->simulation->now();
}
Time Run::end() const {
  return state_->end;
}
Simulation& Run::simulation() {
  return *state_->simulation;
}
World& Run::world() {
  return *state_->world;
}

namespace {

RecordsReport records_of(Simulation& simulation) {
  const DecisionLog& decisions = simulation.telemetry().decisions();
  const TraceLog& traces = simulation.telemetry().traces();
  return {.decisions = decisions.recorded(),
          .decision_rows = decisions.rows(),
          .decisions_dropped = decisions.dropped(),
          .traces = traces.traces_written(),
          .traces_dropped = traces.dropped()};
}

}  // namespace

Report Run::finish() {
  State& s = *state_;
  SIM_CHECK(!s.finished, "a run is finished once");
  s.finished = true;
  Simulation& simulation = *s.simulation;

  Report report;
  report.scenario = s.plan.header().scenario();
  report.seed = simulation.options().seed;
  report.replication = simulation.options().replication;
  report.simulated = simulation.now() - kStart;
  report.complete = !s.interrupted && simulation.now() == s.end;
  report.events = simulation.events_run();
  report.trace_hash = simulation.trace_hash();
  if (!report.complete) {
    // Before the totals below: a whole run's would be others.
    simulation.abandon();
  }
  for (const auto& [name, component] : s.world->components()) {
    if (auto* resource = dynamic_cast<Resource*>(component)) {
      Context ctx(simulation, *component);
      resource->report(ctx, report);
    }
  }
  for (const Slo& slo : s.plan.slo()) {
    report.slo.push_back(judge(slo, report.traffic, report.simulated));
  }
  if (report.complete) {
    if (s.sink != nullptr) {
      s.sink->set_attribute("/", {"trace_hash", fmt::format("{:016x}", report.trace_hash)});
    }
    simulation.finish();
  }
  report.records = records_of(simulation);
  if (s.file) {
    s.file.reset();
    // Not of an interrupted run: where it stopped is nobody's choice, so nothing is to be compared,
    // and reading the whole file again would take longer than Ctrl-C may.
    if (report.complete) {
      report.results_hash = results_hash(s.options.output);
    }
  }
  return report;
}

Report run(const Plan& plan, const ModelRegistry& registry, const RunOptions& options) {
  Run run(plan, registry, options);
  Time step = kStart;
  while (run.now() < run.end()) {
    step += options.progress_step;
    if (!run.advance(step)) {
      break;
    }
    if (options.trace_only && run.simulation().telemetry().traces().traces_written() > 0) {
      break;
    }
  }
  return run.finish();
}

}  // namespace updraft::sim
