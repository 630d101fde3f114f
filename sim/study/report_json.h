// A report as JSON, the same for the command line's --json and for Python.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "sim/build/report.h"
#include "sim/scenario/scenario.pb.h"

namespace updraft::sim {

/// What a face adds to the report.
struct ReportFacts {
  std::string repeat_command;
  std::string output;  // result file; empty: none
};

/// "pass", "fail" or "can't tell".
std::string_view verdict_name(Verdict verdict);

/// Everything the report says. "version" changes when a field changes its meaning or goes.
nlohmann::ordered_json report_json(const Report& report, const Plan& plan,
                                   const ReportFacts& facts);

}  // namespace updraft::sim
