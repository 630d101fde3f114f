#include "sim/schema/wording.h"

#include <cstddef>

#include <fmt/format.h>

#include "sim/schema/nearest.h"

namespace updraft::sim {
namespace {

// The index of the character after the one at i, in UTF-8.
std::size_t next_character(std::string_view text, std::size_t i) {
  do {
    ++i;
  } while (i < text.size() && (static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U);
  return i;
}

}  // namespace

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

std::string shown(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  std::string out;
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (characters++ == kLongest) {
      return out + "...";
    }
    const std::size_t next = next_character(text, i);
    const auto byte = static_cast<unsigned char>(text[i]);
    if (text[i] == '\n') {
      out += "\\n";
    } else if (text[i] == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7F) {
      out += fmt::format("\\x{:02x}", byte);
    } else {
      out += text.substr(i, next - i);
    }
    i = next;
  }
  return out;
}

std::string in_quotes(std::string_view text) {
  return "\"" + shown(text) + "\"";
}

}  // namespace updraft::sim
