#include "sim/scenario/condition.h"

#include <array>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "sim/schema/quantity.h"
#include "sim/schema/wording.h"

namespace updraft::sim {
namespace {

constexpr std::string_view kExample = "write it like \"fleet.CPUUtilization > 80 for 5m\"";

struct Word {
  std::string_view text;
  std::size_t offset = 0;
};

bool is_sign(char c) {
  return c == '<' || c == '>' || c == '=' || c == '!';
}

// Words, with comparisons apart even where no blank stands around them.
std::vector<Word> words_of(std::string_view text) {
  std::vector<Word> words;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] == ' ' || text[i] == '\t') {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < text.size() && text[end] != ' ' && text[end] != '\t' &&
           is_sign(text[end]) == is_sign(text[i])) {
      ++end;
    }
    words.push_back({text.substr(i, end - i), i});
    i = end;
  }
  return words;
}

constexpr std::array<std::pair<std::string_view, Condition::Comparison>, 4> kComparisons{
    {{">", Condition::ABOVE},
     {">=", Condition::AT_LEAST},
     {"<", Condition::BELOW},
     {"<=", Condition::AT_MOST}}};

}  // namespace

std::variant<Condition, ConditionFault> parse_condition(std::string_view text) {
  const std::vector<Word> words = words_of(text);
  const auto fail = [&](std::size_t word, std::string message) {
    const bool there = word < words.size();
    return ConditionFault{there ? words[word].offset : text.size() - (text.empty() ? 0 : 1),
                          there ? words[word].text.size() : 1, std::move(message)};
  };
  Condition condition;
  if (words.empty()) {
    return fail(0, fmt::format("a condition is missing; {}", kExample));
  }
  const std::size_t dot = words[0].text.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || dot + 1 == words[0].text.size()) {
    return fail(0, fmt::format("{} is no RESOURCE.METRIC; {}", in_quotes(words[0].text), kExample));
  }
  condition.set_resource(std::string(words[0].text.substr(0, dot)));
  condition.set_metric(std::string(words[0].text.substr(dot + 1)));
  bool compared = false;
  for (const auto& [sign, comparison] : kComparisons) {
    if (words.size() > 1 && words[1].text == sign) {
      condition.set_comparison(comparison);
      compared = true;
    }
  }
  if (!compared) {
    return fail(1, fmt::format("a comparison is missing, one of > >= < <=; {}", kExample));
  }
  const Result<double> bound =
      words.size() > 2 ? parse_number(words[2].text) : Result<double>(Error{""});
  if (!bound) {
    return fail(2, fmt::format("a number is missing, in the metric's unit; {}", kExample));
  }
  condition.set_threshold(*bound);
  const std::string text_of_bound =
      fmt::format("{} {} {}", words[0].text, words[1].text, words[2].text);
  if (words.size() == 3) {
    condition.set_for_ns(0);
    condition.set_text(text_of_bound);
    return condition;
  }
  if (words[3].text != "for") {
    return fail(3, fmt::format("{} is not expected here; {}", in_quotes(words[3].text), kExample));
  }
  const Result<std::int64_t> lasting =
      words.size() > 4 ? parse_duration(words[4].text) : Result<std::int64_t>(Error{""});
  constexpr std::int64_t kMinute = 60'000'000'000;
  if (!lasting || *lasting < kMinute || *lasting % kMinute != 0) {
    return fail(4, fmt::format("a length in whole minutes is missing; {}", kExample));
  }
  if (words.size() > 5) {
    return fail(5, fmt::format("{} is not expected here; {}", in_quotes(words[5].text), kExample));
  }
  condition.set_for_ns(*lasting);
  condition.set_text(fmt::format("{} for {}", text_of_bound, format_duration(*lasting)));
  return condition;
}

}  // namespace updraft::sim
