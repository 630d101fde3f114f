// What one field alone cannot say of a composite alarm.
#include "models/cloudwatch/register_composite.h"

#include <algorithm>
#include <set>
#include <string>

#include <fmt/format.h>

#include "models/cloudwatch/actions.h"
#include "models/cloudwatch/alarm_rule.h"
#include "models/cloudwatch/cloudwatch.pb.h"
#include "sim/schema/nearest.h"

namespace updraft::cloudwatch {

namespace {

using google::protobuf::Message;

bool is_alarm(std::string_view type) {
  return type == "alarm" || type == "composite_alarm";
}

const CompositeAlarmParams* composite(const std::string& name, const sim::Checker& checker) {
  const Message* params =
      checker.type_of(name) == "composite_alarm" ? checker.params_of(name) : nullptr;
  return static_cast<const CompositeAlarmParams*>(params);
}

/// The way from `name` through the rules of composite alarms back to `goal`: "a -> b -> goal".
std::string way_back(const std::string& name, const std::string& goal, const sim::Checker& checker,
                     std::set<std::string>& seen) {
  const CompositeAlarmParams* params = composite(name, checker);
  if (params == nullptr || !seen.insert(name).second) {
    return {};
  }
  const auto parsed = parse_rule(params->alarm_rule());
  if (const auto* rule = std::get_if<AlarmRuleTree>(&parsed)) {
    for (const AlarmRuleTree::Child& child : rule->children()) {
      const std::string rest =
          child.alarm == goal ? goal : way_back(child.alarm, goal, checker, seen);
      if (!rest.empty()) {
        return fmt::format("{} -> {}", name, rest);
      }
    }
  }
  return {};
}

template <class Names>
void check_notifications(const char* field, const Names& names, sim::Checker& checker) {
  if (names.size() > static_cast<int>(kMaxActionsPerState)) {
    checker.error(field, fmt::format("{} names {} actions; at most {} are allowed", field,
                                     names.size(), kMaxActionsPerState));
  }
  for (int i = 0; i < names.size(); ++i) {
    const std::string resource = names[i].substr(0, names[i].find('/'));
    if (!checker.type_of(resource).empty()) {
      checker.error(fmt::format("{}[{}]", field, i),
                    fmt::format("{}[{}] is \"{}\", part of the scenario; a composite alarm acts "
                                "on nothing, it notifies",
                                field, i, names[i]));
    }
  }
}

}  // namespace

void check_composite(const Message& message, sim::Checker& checker) {
  const auto& alarm = static_cast<const CompositeAlarmParams&>(message);
  check_notifications("alarm_actions", alarm.alarm_actions(), checker);
  check_notifications("ok_actions", alarm.ok_actions(), checker);
  check_notifications("insufficient_data_actions", alarm.insufficient_data_actions(), checker);
  for (const char* field :
       {"actions_suppressor_wait_period", "actions_suppressor_extension_period"}) {
    if (alarm.actions_suppressor().empty() && checker.was_written(field)) {
      checker.error(field, fmt::format("{} belongs to an actions_suppressor", field));
    }
  }
  const auto parsed = parse_rule(alarm.alarm_rule());
  if (const auto* error = std::get_if<RuleError>(&parsed)) {
    checker.error_within("alarm_rule", alarm.alarm_rule(), error->offset, error->length,
                         "alarm_rule: " + error->text);
    return;
  }
  const std::string own(checker.name());
  for (const AlarmRuleTree::Child& child : std::get<AlarmRuleTree>(parsed).children()) {
    const auto fail = [&](const std::string& text) {
      checker.error_within("alarm_rule", alarm.alarm_rule(), child.offset, child.alarm.size(),
                           "alarm_rule: " + text);
    };
    const std::string_view type = checker.type_of(child.alarm);
    if (!is_alarm(type)) {
      std::vector<std::string> alarms;
      for (const std::string& name : checker.resource_names()) {
        if (is_alarm(checker.type_of(name))) {
          alarms.push_back(name);
        }
      }
      fail(type.empty() ? fmt::format("no alarm \"{}\"{}", child.alarm,
                                      sim::did_you_mean(child.alarm, alarms))
                        : fmt::format("\"{}\" is no alarm but a {}", child.alarm, type));
      continue;
    }
    std::set<std::string> seen;
    const std::string way = child.alarm == own ? own : way_back(child.alarm, own, checker, seen);
    if (!way.empty()) {
      fail(fmt::format("\"{}\" leads back to this alarm: {} -> {}", child.alarm, own, way));
    }
  }
}

}  // namespace updraft::cloudwatch
