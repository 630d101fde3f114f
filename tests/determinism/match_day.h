// scenarios/match_day.yaml for six hours, as these tests run it.
#pragma once

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>

#include "models/registry/registry.h"
#include "sim/scenario/scenario.h"
#include "sim/study/run.h"

namespace updraft::testing {

inline constexpr sim::Duration kSixHours = std::chrono::hours{6};
inline const std::string kScenarios = UPDRAFT_SOURCE_DIR "/scenarios";

inline std::string match_day_text() {
  std::ifstream in(kScenarios + "/match_day.yaml", std::ios::binary);
  if (!in) {
    throw std::runtime_error("scenarios/match_day.yaml cannot be read");
  }
  return {std::istreambuf_iterator<char>(in), {}};
}

/// A variant of the scenario; files it names lie where the original's do.
inline sim::Plan plan_of(const std::string& text, const sim::ModelRegistry& registry) {
  return sim::Scenario::load(text, kScenarios + "/match_day.yaml", registry.types()).plan;
}

/// `text` with its one `from` replaced, so that a variant that no longer applies is noticed.
inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  if (at == std::string::npos || text.find(from, at + 1) != std::string::npos) {
    throw std::runtime_error("\"" + from + "\" does not stand once in the scenario");
  }
  return text.replace(at, from.size(), to);
}

}  // namespace updraft::testing
