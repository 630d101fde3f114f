#include "models/cloudwatch/alarm_rule.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "sim/schema/wording.h"

namespace updraft::cloudwatch {

bool AlarmRuleTree::holds(std::size_t node, const StateOf& state_of) const {
  const Node& at = nodes_[node];
  switch (at.kind) {
    case Kind::kConstant:
      return at.value;
    case Kind::kState:
      return state_of(at.alarm) == at.state;
    case Kind::kNot:
      return !holds(at.left, state_of);
    case Kind::kAnd:
      return holds(at.left, state_of) && holds(at.right, state_of);
    case Kind::kOr:
      return holds(at.left, state_of) || holds(at.right, state_of);
  }
  return false;
}

// OR binds weakest, then AND, then NOT.
class RuleParser {
 public:
  using Node = AlarmRuleTree::Node;
  using Kind = AlarmRuleTree::Kind;

  explicit RuleParser(std::string_view text) : text_(text) {}

  std::variant<AlarmRuleTree, RuleError> parse() {
    tree_.nodes_.emplace_back();  // the whole, filled in at the end
    const auto whole = disjunction();
    skip();
    if (whole && at_ < text_.size()) {
      fail(at_, word_length(),
           fmt::format("{} is not expected here; AND, OR or the end is",
                       sim::in_quotes(text_.substr(at_, word_length()))));
    }
    if (error_) {
      return *error_;
    }
    if (tree_.children_.size() > kMostChildren || elements_ > kMostElements) {
      return RuleError{
          0, text_.size(),
          fmt::format("it names {} alarms and has {} elements; at most {} and {} are "
                      "allowed",
                      tree_.children_.size(), elements_, kMostChildren, kMostElements)};
    }
    Node first = tree_.nodes_[*whole];
    tree_.nodes_[0] = std::move(first);
    return std::move(tree_);
  }

 private:
  using Index = std::optional<std::size_t>;

  void skip() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n')) {
      ++at_;
    }
  }
  [[nodiscard]] std::size_t word_length() const {
    std::size_t end = at_;
    while (end < text_.size() && ((text_[end] >= 'A' && text_[end] <= 'Z') ||
                                  (text_[end] >= 'a' && text_[end] <= 'z') || text_[end] == '_')) {
      ++end;
    }
    return std::max<std::size_t>(1, end - at_);
  }
  std::nullopt_t fail(std::size_t offset, std::size_t length, std::string text) {
    if (!error_) {
      error_ = RuleError{offset, length, std::move(text)};
    }
    return std::nullopt;
  }
  bool take(std::string_view word) {
    skip();
    const bool here = text_.substr(at_).starts_with(word) &&
                      (word == "(" || word == ")" || word_length() == word.size());
    at_ += here ? word.size() : 0;
    return here;
  }
  std::size_t add(Node node) {
    tree_.nodes_.push_back(std::move(node));
    return tree_.nodes_.size() - 1;
  }

  Index row(std::string_view word, Kind kind, Index (RuleParser::*next)()) {
    Index left = (this->*next)();
    while (left && take(word)) {
      const Index right = (this->*next)();
      if (!right) {
        return right;
      }
      left = add({.kind = kind, .left = *left, .right = *right});
    }
    return left;
  }
  Index disjunction() { return row("OR", Kind::kOr, &RuleParser::conjunction); }
  Index conjunction() { return row("AND", Kind::kAnd, &RuleParser::negation); }
  Index negation() {
    skip();
    const std::size_t begin = at_;
    if (!take("NOT")) {
      return element();
    }
    if (++depth_ > kDeepest) {
      return fail(begin, 3, "too many NOT inside one another");
    }
    const Index inner = negation();
    --depth_;
    return inner ? Index(add({.kind = Kind::kNot, .left = *inner})) : inner;
  }
  Index element() {
    skip();
    const std::size_t begin = at_;
    ++elements_;
    if (take("(")) {
      if (++depth_ > kDeepest) {
        return fail(begin, 1, "too many parentheses inside one another");
      }
      const Index inner = disjunction();
      --depth_;
      if (inner && !take(")")) {
        return fail(begin, 1, "this parenthesis is never closed");
      }
      return inner;
    }
    for (const bool value : {true, false}) {
      if (take(value ? "TRUE" : "FALSE")) {
        return add({.kind = Kind::kConstant, .value = value});
      }
    }
    constexpr std::array<std::pair<std::string_view, AlarmState>, 3> kStates{
        {{"ALARM", AlarmState::kAlarm},
         {"OK", AlarmState::kOk},
         {"INSUFFICIENT_DATA", AlarmState::kInsufficientData}}};
    for (const auto& [word, state] : kStates) {
      if (take(word)) {
        return state_of(word, state);
      }
    }
    if (at_ >= text_.size()) {
      return fail(text_.empty() ? 0 : text_.size() - 1, 1, "the rule ends too early");
    }
    return fail(begin, word_length(),
                fmt::format("{} is not expected here; ALARM(name), OK(name), "
                            "INSUFFICIENT_DATA(name), NOT, TRUE, FALSE or a parenthesis is",
                            sim::in_quotes(text_.substr(begin, word_length()))));
  }
  Index state_of(std::string_view word, AlarmState state) {
    if (!take("(")) {
      return fail(at_ - word.size(), word.size(),
                  fmt::format("{} takes an alarm, {}(name)", word, word));
    }
    skip();
    const bool quoted = at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\'');
    const char close = quoted ? text_[at_] : ')';
    const std::size_t begin = at_ + (quoted ? 1 : 0);
    const std::size_t end = text_.find(close, std::min(begin, text_.size()));
    if (end == std::string_view::npos) {
      return fail(at_ == 0 ? 0 : at_ - 1, 1, "the name of an alarm is never closed");
    }
    std::string name(text_.substr(begin, end - begin));
    while (!name.empty() && name.back() == ' ') {
      name.pop_back();
    }
    at_ = end + (quoted ? 1 : 0);
    if (name.empty()) {
      return fail(begin, 1, "the name of an alarm is missing");
    }
    if (!take(")")) {
      return fail(begin, name.size(), "a parenthesis is missing behind the name");
    }
    const auto known =
        std::find_if(tree_.children_.begin(), tree_.children_.end(),
                     [&](const AlarmRuleTree::Child& child) { return child.alarm == name; });
    if (known == tree_.children_.end()) {
      tree_.children_.push_back({name, begin});
    }
    return add({.kind = Kind::kState, .state = state, .alarm = std::move(name)});
  }

  static constexpr int kDeepest = 100;
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t elements_ = 0;
  int depth_ = 0;
  AlarmRuleTree tree_;
  std::optional<RuleError> error_;
};

std::variant<AlarmRuleTree, RuleError> parse_rule(std::string_view text) {
  return RuleParser(text).parse();
}

}  // namespace updraft::cloudwatch
