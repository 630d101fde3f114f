#include "sim/schema/nearest.h"

#include <algorithm>

#include <fmt/format.h>

namespace updraft::sim {
namespace {

// CamelCase, snake_case and kebab-case of the same words become the same letters.
std::string letters(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == '_' || c == '-' || c == ' ') {
      continue;
    }
    out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

// Optimal string alignment: three rows of the usual table suffice for swaps of neighbours.
std::size_t alignment_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> two_back(b.size() + 1);
  std::vector<std::size_t> back(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) {
    back[j] = j;
  }
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = back[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({replaced, back[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], two_back[j - 2] + 1);
      }
    }
    std::swap(two_back, back);
    std::swap(back, row);
  }
  return back[b.size()];
}

// The one candidate that the name is a part of ("desired" of desired_capacity, "alb" of web-alb);
// nothing where there are several, or too few letters to say.
std::optional<std::string> only_one_with(std::string_view name,
                                         const std::vector<std::string>& candidates) {
  constexpr std::size_t kFewest = 3;
  const std::string part = letters(name);
  std::optional<std::string> found;
  for (const std::string& candidate : candidates) {
    if (part.size() < kFewest || letters(candidate).find(part) == std::string::npos) {
      continue;
    }
    if (found && *found != candidate) {
      return std::nullopt;
    }
    found = candidate;
  }
  return found;
}

}  // namespace

std::size_t spelling_distance(std::string_view a, std::string_view b) {
  return alignment_distance(letters(a), letters(b));
}

std::optional<std::string> nearest_name(std::string_view name,
                                        const std::vector<std::string>& candidates) {
  std::optional<std::string> best;
  std::size_t best_distance = 0;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = spelling_distance(name, candidate);
    const std::size_t allowed =
        std::max<std::size_t>(1, std::max(name.size(), candidate.size()) / 3);
    // Two names without a letter in common are not near, however short they are.
    if (distance > allowed || distance >= std::max(name.size(), candidate.size())) {
      continue;
    }
    if (!best || distance < best_distance || (distance == best_distance && candidate < *best)) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best ? best : only_one_with(name, candidates);
}

std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates) {
  const std::optional<std::string> best = nearest_name(name, candidates);
  return best ? fmt::format(R"(; did you mean "{}"?)", *best) : std::string();
}

}  // namespace updraft::sim
