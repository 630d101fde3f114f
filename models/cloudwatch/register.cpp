// CloudWatch in the registry: the service, alarms, and what one field alone cannot say.
#include <fmt/format.h>

#include "models/cloudwatch/alarm.h"
#include "models/cloudwatch/alarm_resource.h"
#include "models/cloudwatch/service.h"
#include "sim/build/registry.h"

namespace updraft::cloudwatch {

namespace {

using google::protobuf::Message;

std::optional<std::string> all_periods(const Message& self) {
  return fmt::format("{}", static_cast<const AlarmParams&>(self).evaluation_periods());
}

void check_alarm(const Message& message, sim::Checker& checker) {
  const auto& alarm = static_cast<const AlarmParams&>(message);
  const std::string& statistic =
      alarm.extended_statistic().empty() ? alarm.statistic() : alarm.extended_statistic();
  if (const auto parsed = sim::parse_statistic(statistic); !parsed) {
    checker.error(alarm.extended_statistic().empty() ? "statistic" : "extended_statistic",
                  parsed.error());
  }
  const AlarmRule rule{.evaluation_periods = alarm.evaluation_periods(),
                       .datapoints_to_alarm = alarm.datapoints_to_alarm(),
                       .threshold = alarm.threshold()};
  if (const auto wrong = check(rule, sim::Duration{alarm.period().ns()})) {
    checker.error("evaluation_periods", *wrong);
  }
  const auto refuse = [&](const std::string& field, int count) {
    if (count > 0) {
      checker.error(field,
                    "actions of an alarm are not modelled yet; scaling policies make their "
                    "own alarms, and every change of state is in the decisions");
    }
  };
  refuse("alarm_actions", alarm.alarm_actions_size());
  refuse("ok_actions", alarm.ok_actions_size());
  refuse("insufficient_data_actions", alarm.insufficient_data_actions_size());
}

}  // namespace

void register_models(sim::ModelRegistry& registry) {
  registry.add_resource<CloudWatch, CloudWatchParams>();
  registry.add_resource<AlarmResource, AlarmParams>(check_alarm);
  registry.types().add_default_rule("Alarm.evaluation_periods", sim::DefaultRule(all_periods));
}

}  // namespace updraft::cloudwatch
