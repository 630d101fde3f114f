// Scenarios with one function, written in parts.
#pragma once

#include <string>
#include <vector>

#include <fmt/format.h>

namespace updraft::testing {

/// A function of one vCPU whose environments begin at once, unless a test says more.
struct FunctionText {
  std::string function = "timeout: 900s";
  std::string code = "creation: 0s, init: 0s";
  std::string resources;  // "name: {...}" lines
  std::string initial;    // likewise
  std::string traffic;    // likewise
  std::string operations;
  std::string rules = "2026-11";
  std::string duration = "10m";
};

inline std::string functions(const FunctionText& text) {
  const auto section = [](const char* name, const std::string& lines) {
    return lines.empty() ? std::string() : fmt::format("{}:\n{}", name, lines);
  };
  return fmt::format(
      "scenario: functions\nrules: {}\nduration: {}\nresources:\n"
      "  lan: {{network: {{internet_latency: 0s}}}}\n"
      "  api: {{function: {{memory_size: 1769, code: {{{}}}, {}}}}}\n{}{}{}{}",
      text.rules, text.duration, text.code, text.function, text.resources,
      section("initial", text.initial), section("traffic", text.traffic),
      section("operations", text.operations));
}

/// One request at each of some seconds, from sources "<name>0", "<name>1", ..., each of which waits
/// so long.
inline std::string at_seconds(const std::string& name, const std::vector<double>& times,
                              const std::string& wait, const std::string& to = "api") {
  std::string text;
  for (std::size_t i = 0; i < times.size(); ++i) {
    text += fmt::format(
        "  {0}{1}: {{to: {2}, from: {3}s, until: {4}s, rate: {{constant: 1/s, arrivals: regular}}, "
        "demand: {{wait: {5}}}}}\n",
        name, i, to, times[i], times[i] + 1, wait);
  }
  return text;
}

}  // namespace updraft::testing
