#include "sim/scenario/spelling.h"

#include <cstddef>

#include <fmt/format.h>

#include "sim/schema/nearest.h"

namespace updraft::sim {

std::string listed(const std::vector<std::string>& words) {
  constexpr std::size_t kMost = 16;
  std::string out;
  for (std::size_t i = 0; i < words.size() && i < kMost; ++i) {
    out += (i == 0 ? "" : ", ") + words[i];
  }
  if (words.size() > kMost) {
    out += fmt::format(", ... ({} in all)", words.size());
  }
  return out;
}

std::string with_article(std::string_view word) {
  const bool vowel =
      !word.empty() && std::string_view("aeiou").find(word.front()) != std::string_view::npos;
  return fmt::format("{} {}", vowel ? "an" : "a", word);
}

std::string suggestion(std::string_view word, const std::vector<std::string>& candidates,
                       std::string_view label) {
  constexpr std::size_t kLongestSlip = 64;  // longer ones are not typing errors
  const std::string meant = word.size() > kLongestSlip ? "" : did_you_mean(word, candidates);
  if (!meant.empty() || candidates.empty()) {
    return meant;
  }
  return fmt::format("; {} {}", label, listed(candidates));
}

}  // namespace updraft::sim
