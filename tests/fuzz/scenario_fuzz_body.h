// What must hold for any bytes given to the loader.
#pragma once

#include <string>

namespace updraft::sim::testing {

/// Loads the bytes as a scenario of the post office. Either it loads, and then twice to the same
/// plan, or it throws a ScenarioError whose findings lie inside the text. Anything else is thrown
/// on, or std::logic_error.
void load_bytes(const std::string& bytes);

}  // namespace updraft::sim::testing
