// The rule of a composite alarm (R6.5.1): states of other alarms under AND, OR and NOT.
//
//   const RuleParse parsed = parse_rule("ALARM(busy) AND NOT ALARM(\"deploying\")");
//   if (const auto* error = std::get_if<RuleError>(&parsed)) ...   // offset and length: a caret
//   bool holds = std::get<AlarmRuleTree>(parsed).holds([&](const std::string& name) { return ...;
//   });
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "models/cloudwatch/alarm.h"

namespace updraft::cloudwatch {

/// R6.5.1: alarms that a rule may name, each counted once.
inline constexpr std::size_t kMostChildren = 100;
/// Alarms, TRUE, FALSE and pairs of parentheses of a rule.
inline constexpr std::size_t kMostElements = 500;

class AlarmRuleTree {
 public:
  using StateOf = std::function<AlarmState(const std::string& alarm)>;
  [[nodiscard]] bool holds(const StateOf& state_of) const { return holds(0, state_of); }

  struct Child {
    std::string alarm;
    std::size_t offset = 0;  // of the name in the text
  };
  /// The alarms that it names, in order of the text, each once.
  [[nodiscard]] const std::vector<Child>& children() const { return children_; }

 private:
  friend class RuleParser;
  enum class Kind : std::uint8_t { kState, kConstant, kNot, kAnd, kOr };
  struct Node {
    Kind kind = Kind::kConstant;
    bool value = false;                     // of a constant
    AlarmState state = AlarmState::kAlarm;  // of a state
    std::string alarm{};                    // likewise
    std::size_t left = 0, right = 0;        // nodes
  };
  [[nodiscard]] bool holds(std::size_t node, const StateOf& state_of) const;

  std::vector<Node> nodes_;  // the first one is the whole
  std::vector<Child> children_;
};

struct RuleError {
  std::size_t offset = 0;
  std::size_t length = 1;
  std::string text;  // lower case first letter, no full stop
};
std::variant<AlarmRuleTree, RuleError> parse_rule(std::string_view text);

}  // namespace updraft::cloudwatch
