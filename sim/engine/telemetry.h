// What a simulation tells about itself while it runs: metrics, decisions, traces, members, the
// bill. All of it goes to one sink; without a sink only what the control planes read is kept.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "sim/metrics/decisions.h"
#include "sim/metrics/series.h"
#include "sim/metrics/sink.h"
#include "sim/metrics/tables.h"
#include "sim/metrics/traces.h"

namespace updraft::sim {

struct TelemetryOptions {
  MetricStoreOptions metrics;
  DecisionBudget decisions;
  TraceOptions traces;
};

class Telemetry {
 public:
  explicit Telemetry(ResultSink* sink, const TelemetryOptions& options = {});

  [[nodiscard]] MetricStore& metrics() { return metrics_; }
  [[nodiscard]] const MetricStore& metrics() const { return metrics_; }
  [[nodiscard]] DecisionLog& decisions() { return decisions_; }
  [[nodiscard]] TraceLog& traces() { return traces_; }
  [[nodiscard]] BillTable& bill() { return bill_; }
  [[nodiscard]] ResultSink* sink() const { return sink_; }

  /// The table of a kind of member ("/instances", "instance"), made when it is first asked for.
  MemberTable& members(const std::string& group, const std::string& member);
  /// The family of a group ("/instance_metrics"), declared when it is first asked for.
  FamilyId family(const FamilyDeclaration& declaration);

  /// A period of 60 s has ended: rows go to the sink; every fifth time those of 300 s too.
  void close_period(Time period_start, Time period_end);
  /// Everything up to `now` is in the sink.
  void commit(Time now);
  /// The run has ended.
  void finish(Time now);

 private:
  ResultSink* sink_;
  MetricStore metrics_;
  DecisionLog decisions_;
  TraceLog traces_;
  BillTable bill_;
  std::map<std::string, std::unique_ptr<MemberTable>> members_;
  std::map<std::pair<std::string, std::int64_t>, FamilyId> families_;
};

}  // namespace updraft::sim
