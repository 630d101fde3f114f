#include "models/elb/check_listener.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "models/elb/actions.h"
#include "models/elb/rules.h"

namespace updraft::elb {
namespace {

// R3.3.7, R3.12.1
constexpr int kMostValuesOfCondition = 3;
constexpr int kMostValuesOfRule = 5;
constexpr std::ptrdiff_t kMostWildcardsOfRule = 6;
constexpr std::size_t kMostLetters = 128;
constexpr int kMostGroupsOfAction = 5;
constexpr int kMostRules = 100;

void check_forward(const ForwardAction& forward, const std::string& place, sim::Checker& check) {
  const std::vector<NamedGroup> groups = groups_of(forward);
  if (forward.has_target_group() == (forward.target_groups_size() > 0)) {
    check.error(place, fmt::format("{} needs target_group or target_groups, and not both", place));
    return;
  }
  if (forward.target_groups_size() > kMostGroupsOfAction) {  // R3.3.6
    check.error(place + ".target_groups",
                fmt::format("{}.target_groups names {} groups; an action has at most {}", place,
                            forward.target_groups_size(), kMostGroupsOfAction));
  }
  if (std::all_of(groups.begin(), groups.end(), [](const auto& g) { return g.weight == 0; })) {
    check.error(place + ".target_groups",
                fmt::format("the weights of {}.target_groups are all 0; one must be more", place));
  }
  std::set<std::string> names;
  for (const NamedGroup& group : groups) {
    if (!names.insert(group.name).second) {
      check.error(place + ".target_groups",
                  fmt::format("{}.target_groups names \"{}\" twice", place, group.name));
    }
  }
}

void check_fixed_response(const FixedResponseAction& action, const std::string& place,
                          sim::Checker& check) {
  if (action.status_code() / 100 == 3) {
    check.error(place, fmt::format("{}.status_code is {}; it must be 2XX, 4XX or 5XX", place,
                                   action.status_code()));
  }
}

template <class HasActions>
void check_action(const HasActions& action, const std::string& place, sim::Checker& check) {
  if (action.has_forward()) {
    check_forward(action.forward(), place + ".forward", check);
  } else if (action.has_fixed_response()) {
    check_fixed_response(action.fixed_response(), place + ".fixed_response", check);
  }
}

/// The strings that a condition compares with; those of its field "values".
std::vector<std::string> values_of(const RuleCondition& condition) {
  const auto listed = [](const auto& values) {
    return std::vector<std::string>(values.begin(), values.end());
  };
  switch (condition.field_case()) {
    case RuleCondition::kPathPattern:
      return listed(condition.path_pattern().values());
    case RuleCondition::kHostHeader:
      return listed(condition.host_header().values());
    case RuleCondition::kHttpHeader:
      return listed(condition.http_header().values());
    case RuleCondition::kHttpRequestMethod:
      return listed(condition.http_request_method().values());
    case RuleCondition::kSourceIp:
      return listed(condition.source_ip().values());
    case RuleCondition::kQueryString: {
      std::vector<std::string> values;
      for (const auto& pair : condition.query_string().values()) {
        values.push_back(pair.key() + "=" + pair.value());
      }
      return values;
    }
    case RuleCondition::FIELD_NOT_SET:
      break;
  }
  return {};
}

/// The condition's own name in the scenario.
std::string name_of(const RuleCondition& condition) {
  return RuleCondition::descriptor()->FindFieldByNumber(condition.field_case())->name();
}

void check_values(const RuleCondition& condition, const std::string& place, sim::Checker& check) {
  for (const std::string& value : values_of(condition)) {
    if (condition.has_source_ip()) {
      if (const auto block = AddressBlock::parse(value); !block) {
        check.error(place, fmt::format("{} is \"{}\"; {}", place, value, block.error()));
      }
    }
    if (condition.has_http_request_method() && value.find_first_of("*?") != std::string::npos) {
      check.error(
          place, fmt::format("{} is \"{}\"; methods are compared without wildcards", place, value));
    }
    if (value.size() > kMostLetters) {
      check.error(place, fmt::format("a value of {} has {} letters; it may have {}", place,
                                     value.size(), kMostLetters));
    }
  }
}

void check_rule(const ListenerRule& rule, const std::string& place, sim::Checker& check) {
  int values = 0;
  std::ptrdiff_t wildcards = 0;
  std::map<std::string, int> times;
  for (int i = 0; i < rule.conditions_size(); ++i) {
    const RuleCondition& condition = rule.conditions(i);
    const std::string name = name_of(condition);
    const std::string at = fmt::format("{}.conditions[{}].{}", place, i, name);
    const std::vector<std::string> compared = values_of(condition);
    const int count = static_cast<int>(compared.size());
    values += count;
    for (const std::string& value : compared) {
      wildcards +=
          std::count_if(value.begin(), value.end(), [](char c) { return c == '*' || c == '?'; });
    }
    if (count > kMostValuesOfCondition) {
      check.error(at, fmt::format("{} has {} values; a condition has at most {}", at, count,
                                  kMostValuesOfCondition));
    }
    const bool once = !condition.has_http_header() && !condition.has_query_string();
    if (++times[name] == 2 && once) {
      check.error(at, fmt::format("{} stands in the rule twice; only http_header and query_string "
                                  "may",
                                  name));
    }
    check_values(condition, at, check);
  }
  if (values > kMostValuesOfRule) {
    check.error(place + ".conditions",
                fmt::format("the conditions of {} have {} values; a rule has at most {}", place,
                            values, kMostValuesOfRule));
  }
  if (wildcards > kMostWildcardsOfRule) {
    check.error(place + ".conditions",
                fmt::format("the conditions of {} have {} wildcards; a rule has at most {}", place,
                            wildcards, kMostWildcardsOfRule));
  }
  check_action(rule, place, check);
}

}  // namespace

void check_listener(const Listener& listener, const std::string& place, sim::Checker& check) {
  check_action(listener, place, check);
  if (listener.rules_size() > kMostRules) {
    check.error(place + ".rules", fmt::format("{} has {} rules; there are at most {}", place,
                                              listener.rules_size(), kMostRules));
  }
  std::map<std::uint32_t, int> by_priority;
  for (int i = 0; i < listener.rules_size(); ++i) {
    const ListenerRule& rule = listener.rules(i);
    const std::string at = fmt::format("{}.rules[{}]", place, i);
    const auto [first, fresh] = by_priority.emplace(rule.priority(), i);
    if (!fresh) {
      check.error(at + ".priority",
                  fmt::format("{}.priority is {}, as that of rules[{}]; each rule has its own", at,
                              rule.priority(), first->second));
    }
    check_rule(rule, at, check);
  }
}

}  // namespace updraft::elb
