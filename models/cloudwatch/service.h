// CloudWatch as a service of the Region: evaluates alarms at their instants and tells their
// actions.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "models/cloudwatch/actions.h"
#include "models/cloudwatch/alarm_data.h"
#include "models/cloudwatch/alarm_evaluation.h"
#include "models/cloudwatch/alarm_states.h"
#include "models/cloudwatch/cloudwatch.pb.h"
#include "models/cloudwatch/disturbances.h"
#include "models/cloudwatch/evaluation_schedule.h"
#include "models/cloudwatch/raw_metric.h"
#include "models/roles/alarms.h"
#include "sim/build/resource.h"
#include "sim/engine/model.h"

namespace updraft::cloudwatch {

struct Evaluate {
  static constexpr sim::Phase kPhase = sim::Phase::kAlarms;
  std::uint64_t alarm;
};

class CloudWatch final : public sim::Model<CloudWatch, Evaluate>,
                         public sim::Resource,
                         public roles::AlarmService,
                         public AlarmStates {
 public:
  CloudWatch(const sim::Birth& birth, const CloudWatchParams& params);

  void bind(sim::World& world) override;
  void put_alarm(sim::Context& ctx, const roles::AlarmDefinition& definition) override;
  [[nodiscard]] AlarmState state_of(const std::string& alarm) const override {
    return AlarmStates::state_of(alarm);
  }
  void on(sim::Context& ctx, const Evaluate& message);

  /// R6.3.8: an operator's state, until the next evaluation. Actions run as they would.
  void set_alarm_state(sim::Context& ctx, const std::string& alarm, AlarmState state,
                       const std::string& reason, sim::DecisionId caused_by);
  /// What faults keep back.
  [[nodiscard]] Disturbances& disturbances() { return disturbances_; }

 private:
  struct Action {
    roles::AlarmAction* called = nullptr;
    AlarmAction when;
    std::optional<sim::Time> last_fired;
  };
  struct Alarm {
    roles::AlarmDefinition definition;
    AlarmRule rule;
    EvaluationSchedule schedule;
    AlarmData data;
    std::vector<Action> actions;
    AlarmState state = AlarmState::kInsufficientData;
    sim::DecisionId decision = sim::DecisionId::kNone;
  };
  /// R6.3.7: whether the newest datapoint is a percentile of few samples, and that matters.
  [[nodiscard]] static bool too_few_samples(const sim::Context& ctx, const Alarm& alarm,
                                            const Evaluation& evaluation);
  void change_state(sim::Context& ctx, Alarm& alarm, const Evaluation& evaluation,
                    sim::DecisionId kept_back_by);
  void enter(sim::Context& ctx, Alarm& alarm, AlarmState state, const sim::Decision& decision);
  void notify(sim::Context& ctx, Alarm& alarm, AlarmState before, const Evaluation& evaluation);

  sim::Duration publication_delay_;
  sim::Duration custom_publication_delay_;
  std::uint32_t evaluation_range_extra_;
  common::Calendar calendar_;
  Disturbances disturbances_;
  std::vector<const RawMetric*> raw_sources_;
  RawMetrics raw_;
  std::vector<std::unique_ptr<Alarm>> alarms_;
  std::vector<Datapoint> range_;  // reused
  std::vector<double> judged_;    // reused
};

}  // namespace updraft::cloudwatch
