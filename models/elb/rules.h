// Which of a listener's rules takes a request (R3.3.1, R3.3.7).
//
//   const RuleBook rules = RuleBook::make(listener);
//   const Match match = rules.match(request_attributes);  // match.rule, or kDefaultRule
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/elb/elb.pb.h"
#include "sim/core/result.h"
#include "sim/engine/request.h"

namespace updraft::elb {

/// Addresses with the same first bits, "203.0.113.0/24".
struct AddressBlock {
  std::uint32_t address = 0;
  std::uint32_t mask = 0;
  /// Errors continue a sentence "source_ip is X; ...".
  static sim::Result<AddressBlock> parse(std::string_view text);
  [[nodiscard]] bool contains(std::uint32_t other) const { return (other & mask) == address; }
};

inline constexpr std::uint32_t kDefaultRule = 0xffffffff;

struct Match {
  std::uint32_t rule = kDefaultRule;  // index into the listener's rules as written
  std::uint32_t evaluated = 0;        // rules that were looked at, the default left out
};

class RuleBook {
 public:
  RuleBook() = default;
  /// Of a listener that is checked.
  static RuleBook make(const Listener& listener);

  [[nodiscard]] bool empty() const { return rules_.empty(); }
  /// The rule that takes such a request: of those whose conditions all hold, the one with the
  /// lowest priority.
  [[nodiscard]] Match match(const sim::RequestAttributes& request) const;

 private:
  struct Rule {
    std::uint32_t number = 0;                       // as written
    std::vector<std::vector<AddressBlock>> blocks;  // by condition; of source_ip only
  };
  [[nodiscard]] const ListenerRule& written(const Rule& rule) const {
    return listener_.rules(static_cast<int>(rule.number));
  }
  [[nodiscard]] bool holds(const Rule& rule, std::size_t condition,
                           const sim::RequestAttributes& request) const;

  Listener listener_;
  std::vector<Rule> rules_;  // by priority
};

}  // namespace updraft::elb
