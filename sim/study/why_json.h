// An answer as JSON, the same for the command line's --json and for Python.
#pragma once

#include <nlohmann/json.hpp>

#include "sim/study/why.h"
#include "sim/study/why_words.h"

namespace updraft::sim {

/// Everything that was found. "version" changes when a field changes its meaning or goes. Times are
/// seconds since the start.
nlohmann::ordered_json why_json(const WhyAnswer& answer, const RunRecord& record,
                                const WhyWords& words);

}  // namespace updraft::sim
