#include "sim/engine/telemetry.h"

namespace updraft::sim {

Telemetry::Telemetry(ResultSink* sink, const TelemetryOptions& options)
    : sink_(sink),
      metrics_(sink, options.metrics),
      decisions_(sink, options.decisions),
      traces_(sink, options.traces),
      bill_(sink) {}

MemberTable& Telemetry::members(const std::string& group, const std::string& member) {
  std::unique_ptr<MemberTable>& table = members_[group];
  if (!table) {
    table = std::make_unique<MemberTable>(sink_, group, member);
  }
  return *table;
}

FamilyId Telemetry::family(const FamilyDeclaration& declaration) {
  const std::pair key{declaration.group, to_ns(declaration.period)};
  const auto found = families_.find(key);
  if (found != families_.end()) {
    return found->second;
  }
  return families_[key] = metrics_.declare_family(declaration);
}

void Telemetry::close_period(Time period_start, Time period_end) {
  metrics_.close_period(60s, period_start);
  if (to_ns(period_end) % to_ns(300s) == 0) {
    metrics_.close_period(300s, period_end - 300s);
  }
  traces_.close_period();
}

void Telemetry::commit(Time now) {
  decisions_.close_idle(now);
  if (sink_ != nullptr) {
    sink_->commit(now);
  }
}

void Telemetry::finish(Time now) {
  decisions_.finish(now);
  traces_.finish();
  metrics_.finish();
  bill_.finish();
  if (sink_ != nullptr) {
    sink_->finish(now);
  }
}

}  // namespace updraft::sim
