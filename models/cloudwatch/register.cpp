// CloudWatch in the registry: the service, alarms, and what one field alone cannot say.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "models/cloudwatch/alarm.h"
#include "models/cloudwatch/alarm_resource.h"
#include "models/cloudwatch/composite_alarm.h"
#include "models/cloudwatch/custom_metric.h"
#include "models/cloudwatch/faults.h"
#include "models/cloudwatch/register_composite.h"
#include "models/cloudwatch/service.h"
#include "models/common/metric_queries.h"
#include "models/roles/alarm_options.pb.h"
#include "sim/build/registry.h"
#include "sim/schema/nearest.h"
#include "sim/schema/options.pb.h"
#include "sim/schema/wording.h"

namespace updraft::cloudwatch {

namespace {

using google::protobuf::Message;

std::optional<std::string> all_periods(const Message& self) {
  return fmt::format("{}", static_cast<const AlarmParams&>(self).evaluation_periods());
}

void check_statistic(const AlarmParams& alarm, sim::Checker& checker) {
  if (alarm.statistic().empty() && alarm.extended_statistic().empty()) {
    checker.error("",
                  "statistic is missing; write one such as Average, or extended_statistic: p99");
  } else if (!alarm.statistic().empty() && !alarm.extended_statistic().empty()) {
    checker.error("extended_statistic",
                  "statistic and extended_statistic exclude one another; write one of them");
  } else if (!alarm.extended_statistic().empty()) {
    const auto parsed = sim::parse_statistic(alarm.extended_statistic());
    if (!parsed || parsed->kind != sim::StatisticKind::kPercentile) {
      checker.error(
          "extended_statistic",
          fmt::format("extended_statistic is \"{}\"; it must be a percentile from p0.01 to "
                      "p100 with at most two decimals",
                      alarm.extended_statistic()));
    }
  }
}

/// One metric with its statistic, or metric math. True when what is watched is right.
void check_watched(const AlarmParams& alarm, sim::Checker& checker) {
  if (alarm.metrics().empty()) {
    if (alarm.metric_name().empty() || alarm.resource().empty()) {
      checker.error("", "metric_name and resource are missing; write both, or metrics");
      return;
    }
    check_statistic(alarm, checker);
    common::check_metric_name(alarm.resource(), alarm.metric_name(), "metric_name", checker);
    return;
  }
  for (const char* field :
       {"metric_name", "resource", "statistic", "extended_statistic", "period"}) {
    if (checker.was_written(field)) {
      checker.error(field, fmt::format("{} and metrics exclude one another", field));
    }
  }
  common::check_queries(alarm.metrics(), "metrics", "", checker);
}

/// What a resource holds by name (a group's policies), whatever type it is.
struct Parts {
  std::vector<std::string> names;
  std::vector<std::string> callable;  // those of a kind that alarms may call
};

/// Whether a part is of a kind that alarms may call (models/roles/alarm_options.proto).
bool is_callable(const Message& part) {
  std::vector<const google::protobuf::FieldDescriptor*> set;
  part.GetReflection()->ListFields(part, &set);
  return std::any_of(set.begin(), set.end(), [](const auto* field) {
    return field->options().GetExtension(roles::alarm_action);
  });
}

Parts parts_of(const Message& params) {
  Parts parts;
  const auto* type = params.GetDescriptor();
  const auto* reflection = params.GetReflection();
  const auto& options = type->options();
  for (int i = 0; i < options.ExtensionSize(roles::alarm_deed); ++i) {
    parts.names.push_back(options.GetExtension(roles::alarm_deed, i));
    parts.callable.push_back(parts.names.back());
  }
  for (int i = 0; i < type->field_count(); ++i) {
    const auto* field = type->field(i);
    const std::string& key = field->options().GetExtension(sim::param).keyed_by();
    for (int k = 0; !key.empty() && k < reflection->FieldSize(params, field); ++k) {
      const Message& part = reflection->GetRepeatedMessage(params, field, k);
      parts.names.push_back(
          part.GetReflection()->GetString(part, part.GetDescriptor()->FindFieldByName(key)));
      if (is_callable(part)) {
        parts.callable.push_back(parts.names.back());
      }
    }
  }
  return parts;
}

/// What is wrong with an action; empty: nothing, or it is said elsewhere.
std::string wrong_action(const std::string& action, const sim::Checker& checker) {
  const std::size_t slash = action.find('/');
  const std::string resource = action.substr(0, slash);
  if (checker.type_of(resource).empty()) {
    return fmt::format("there is no resource \"{}\"{}", resource,
                       sim::did_you_mean(resource, checker.resource_names()));
  }
  const Message* params = checker.params_of(resource);
  if (params == nullptr) {
    return {};
  }
  const Parts parts = parts_of(*params);
  const std::string part = slash == std::string::npos ? "" : action.substr(slash + 1);
  if (std::find(parts.callable.begin(), parts.callable.end(), part) != parts.callable.end()) {
    return {};
  }
  if (std::find(parts.names.begin(), parts.names.end(), part) != parts.names.end()) {
    return fmt::format("alarms can't call it{}",
                       sim::suggestion("", parts.callable, "they can call"));
  }
  if (slash == std::string::npos) {
    return fmt::format("alarms call a policy or an action; write {}/policy or {}/action{}",
                       resource, resource, sim::suggestion("", parts.callable, "it has"));
  }
  return fmt::format("\"{}\" has no policy or action \"{}\"{}", resource, part,
                     sim::suggestion(part, parts.callable, "it has"));
}

/// At most five of each kind, each a part of a resource (group/policy).
template <class Names>
void check_actions(std::string_view field, const Names& actions, sim::Checker& checker) {
  constexpr int kMostActions = 5;
  if (actions.size() > kMostActions) {
    checker.error(field, fmt::format("{} names {} actions; at most {} are allowed", field,
                                     actions.size(), kMostActions));
  }
  for (int i = 0; i < actions.size(); ++i) {
    if (const std::string wrong = wrong_action(actions[i], checker); !wrong.empty()) {
      checker.error(fmt::format("{}[{}]", field, i),
                    fmt::format("{}[{}] is \"{}\"; {}", field, i, actions[i], wrong));
    }
  }
}

/// An alarm whose periods are finer than its metric finds a point in some of them only.
void warn_of_short_period(const AlarmParams& alarm, sim::Duration period, sim::Checker& checker) {
  const auto is_coarse = [&](const std::string& resource) {
    const Message* params = checker.params_of(resource);
    if (params == nullptr) {
      return false;
    }
    if (checker.type_of(resource) != "custom_metric") {
      return true;
    }
    return static_cast<const CustomMetricParams*>(params)->storage_resolution().ns() >=
           sim::to_ns(60s);
  };
  const auto warn = [&](const std::string& place, const std::string& resource,
                        const std::string& metric) {
    if (period < 60s && is_coarse(resource)) {
      checker.warn(place, fmt::format("period is {} s, and {} of \"{}\" has a point a minute: most "
                                      "periods will be missing",
                                      sim::to_seconds(period), metric, resource));
    }
  };
  if (alarm.metrics().empty()) {
    warn("period", alarm.resource(), alarm.metric_name());
  }
  for (int i = 0; i < alarm.metrics_size(); ++i) {
    if (!alarm.metrics(i).metric().empty()) {
      warn(fmt::format("metrics[{}].period", i), alarm.metrics(i).resource(),
           alarm.metrics(i).metric());
    }
  }
}

/// Data that an application puts must be whole.
void check_put(const PutMetricData& put, std::size_t index, sim::Checker& checker) {
  const auto warn = [&](const std::string& text) { checker.operation_warn(index, text); };
  if (put.values_size() == 0 && !put.has_statistic_values()) {
    warn("nothing is put; write values or statistic_values");
  }
  if (put.counts_size() > put.values_size()) {
    warn(fmt::format("{} counts for {} values; those too many are left out", put.counts_size(),
                     put.values_size()));
  }
  const StatisticValues& set = put.statistic_values();
  if (put.has_statistic_values() && set.minimum() > set.maximum()) {
    warn(fmt::format("minimum is {}, above maximum, {}", set.minimum(), set.maximum()));
  }
}

void check_custom_metric(const Message& message, sim::Checker& checker) {
  const auto& metric = static_cast<const CustomMetricParams&>(message);
  const sim::Duration resolution{metric.storage_resolution().ns()};
  if (resolution != 1s && resolution != 60s) {  // R6.1.1
    checker.error("storage_resolution",
                  fmt::format("storage_resolution is {} s; it must be 1 s or 60 s",
                              sim::to_seconds(resolution)));
  }
  if (!metric.csv().empty()) {
    const auto content = checker.read_file(metric.csv());
    const auto rows = content.ok()
                          ? read_custom_rows(*content)
                          : sim::Result<std::vector<CustomRow>>(sim::Error{content.error()});
    if (!rows) {
      checker.error("csv", fmt::format("csv is \"{}\"; {}", metric.csv(), rows.error()));
    }
  }
  for (std::size_t i = 0; i < checker.operations().size(); ++i) {
    check_put(static_cast<const CustomMetricOperations&>(*checker.operations()[i].message)
                  .put_metric_data(),
              i, checker);
  }
}

template <class FaultMessage>
void check_disturbance(const Message& message, sim::Checker& checker) {
  const auto& fault = static_cast<const FaultMessage&>(message);
  if (fault.metric().empty()) {
    return;
  }
  if (fault.of().empty()) {
    checker.error("metric", "metric belongs to a resource; write of, too");
  } else {
    common::check_metric_name(fault.of(), fault.metric(), "metric", checker);
  }
}

void check_alarm(const Message& message, sim::Checker& checker) {
  const auto& alarm = static_cast<const AlarmParams&>(message);
  check_watched(alarm, checker);
  if (alarm.evaluate_low_sample_count_percentile() == LOW_SAMPLES_IGNORE &&
      alarm.extended_statistic().empty()) {
    checker.error("evaluate_low_sample_count_percentile",
                  "evaluate_low_sample_count_percentile belongs to a percentile; write "
                  "extended_statistic, or leave it out");
  }
  check_actions("alarm_actions", alarm.alarm_actions(), checker);
  check_actions("ok_actions", alarm.ok_actions(), checker);
  check_actions("insufficient_data_actions", alarm.insufficient_data_actions(), checker);
  const AlarmRule rule{.evaluation_periods = alarm.evaluation_periods(),
                       .datapoints_to_alarm = alarm.datapoints_to_alarm(),
                       .threshold = alarm.threshold()};
  sim::Duration period{alarm.period().ns()};
  for (const common::MetricDataQuery& query : alarm.metrics()) {
    if (!query.metric().empty()) {
      period = sim::Duration{query.period().ns()};
    }
  }
  warn_of_short_period(alarm, period, checker);
  if (const auto wrong = check(rule, period)) {
    checker.error("evaluation_periods", *wrong);
  }
}

}  // namespace

void register_models(sim::ModelRegistry& registry) {
  registry.add_resource<CloudWatch, CloudWatchParams>();
  registry.add_resource<AlarmResource, AlarmParams>(check_alarm);
  registry.add_resource<CompositeAlarm, CompositeAlarmParams>(check_composite);
  registry.add_resource<CustomMetric, CustomMetricParams>(check_custom_metric);
  registry.add_fault<DelayMetricsFault, DelayMetrics>(check_disturbance<DelayMetrics>);
  registry.add_fault<DropMetricsFault, DropMetrics>(check_disturbance<DropMetrics>);
  registry.types().add_default_rule("Alarm.evaluation_periods", sim::DefaultRule(all_periods));
}

}  // namespace updraft::cloudwatch
