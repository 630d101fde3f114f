// Which messages a subscription takes: a filter policy over the attributes of a message, without
// engine.
//
// A message's attributes are the headers of the request that it stands for; a name that stands
// there more than once is an array, of which one value has to match.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace updraft::sns {

using Attributes = std::vector<std::pair<std::string, std::string>>;

/// One of the values that a key of a policy lists.
struct Match {
  enum class Kind : std::uint8_t {
    kValue,             // equals the text
    kPrefix,            // begins with it
    kSuffix,            // ends with it
    kEqualsIgnoreCase,  // equals it, without regard to case
    kAnythingBut,       // is there, and is none of `others`
    kNumeric,           // is a number in the range
    kExists,            // is there
    kAbsent,            // is not there
  };
  Kind kind = Kind::kValue;
  std::string text{};
  std::vector<std::string> others{};
  std::optional<double> above{};
  std::optional<double> at_least{};
  std::optional<double> below{};
  std::optional<double> at_most{};
};

/// A key of a policy: any of its values.
struct FilterKey {
  std::string name;
  std::vector<Match> any_of;
};

/// Whether every key of the policy matches (R7.3). A policy without keys takes everything.
[[nodiscard]] bool matches(std::span<const FilterKey> policy, const Attributes& attributes);

/// Product of the numbers of values of all keys, which AWS bounds.
[[nodiscard]] std::uint64_t combinations(std::span<const FilterKey> policy);

}  // namespace updraft::sns
