// An alarm that the scenario names: put to CloudWatch at the start; its states stand in the
// decision log.
#pragma once

#include <string>
#include <vector>

#include "models/cloudwatch/cloudwatch.pb.h"
#include "models/cloudwatch/service.h"
#include "models/roles/alarms.h"
#include "models/roles/metric_source.h"
#include "sim/build/resource.h"
#include "sim/engine/model.h"

namespace updraft::cloudwatch {

struct PutAlarm {
  static constexpr sim::Phase kPhase = sim::Phase::kControllers;
};

class AlarmResource final : public sim::Model<AlarmResource, PutAlarm>, public sim::Resource {
 public:
  AlarmResource(const sim::Birth& birth, const AlarmParams& params);
  void bind(sim::World& world) override;
  void on_start(sim::Context& ctx) override;
  void on(sim::Context& ctx, const PutAlarm& message);
  void operate(sim::Context& ctx, const google::protobuf::Message& operation,
               sim::DecisionId caused_by) override;

 private:
  AlarmParams params_;
  /// The metric of a resource, by name; by now every metric is declared.
  static sim::MetricId find(const roles::MetricSource& source, const std::string& resource,
                            const std::string& metric);
  std::vector<const roles::MetricSource*> sources_;  // of the metric, or of each query
  CloudWatch* service_ = nullptr;
  std::vector<roles::AlarmActionOn> actions_;
};

}  // namespace updraft::cloudwatch
