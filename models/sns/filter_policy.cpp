#include "models/sns/filter_policy.h"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace updraft::sns {

namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

bool in_range(const Match& match, std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    return false;
  }
  return (!match.above || number > *match.above) &&
         (!match.at_least || number >= *match.at_least) &&
         (!match.below || number < *match.below) && (!match.at_most || number <= *match.at_most);
}

bool value_matches(const Match& match, std::string_view value) {
  switch (match.kind) {
    case Match::Kind::kValue:
      return value == match.text;
    case Match::Kind::kPrefix:
      return value.starts_with(match.text);
    case Match::Kind::kSuffix:
      return value.ends_with(match.text);
    case Match::Kind::kEqualsIgnoreCase:
      return equal_ignoring_case(value, match.text);
    case Match::Kind::kAnythingBut:
      return std::ranges::find(match.others, value) == match.others.end();
    case Match::Kind::kNumeric:
      return in_range(match, value);
    case Match::Kind::kExists:
      return true;
    case Match::Kind::kAbsent:
      return false;
  }
  return false;
}

bool key_matches(const FilterKey& key, const Attributes& attributes) {
  bool present = false;
  for (const auto& [name, value] : attributes) {
    if (name != key.name) {
      continue;
    }
    present = true;
    const std::string& text = value;
    if (std::ranges::any_of(key.any_of,
                            [&](const Match& match) { return value_matches(match, text); })) {
      return true;
    }
  }
  return !present && std::ranges::any_of(key.any_of, [](const Match& match) {
    return match.kind == Match::Kind::kAbsent;
  });
}

}  // namespace

// R7.3: all keys, any value of each.
bool matches(std::span<const FilterKey> policy, const Attributes& attributes) {
  return std::ranges::all_of(policy,
                             [&](const FilterKey& key) { return key_matches(key, attributes); });
}

std::uint64_t combinations(std::span<const FilterKey> policy) {
  std::uint64_t product = 1;
  for (const FilterKey& key : policy) {
    product *= key.any_of.size();
  }
  return product;
}

}  // namespace updraft::sns
