// The words that explain, the JSON Schema and the reference pages share, so that they say one thing
// alike.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/schema/describe.h"

namespace updraft::sim {

/// "integer", "duration", "one of a, b", "name of a shelf", "list of names of a shelf", "mapping by
/// name".
std::string kind_words(const ParamInfo& param);
/// "1 to 1000", "at least 1", "at most 2h"; empty without bounds.
std::string range_words(const ParamInfo& param);
/// When defaults[index] holds: "in every edition", "before 2023-11", "2023-11 to 2026-10", "since
/// 2026-11".
std::string edition_words(const std::vector<DefaultInfo>& defaults, std::size_t index);
/// The default under the rules in a few words: "5", "required", "by rule warm_up_or_break", "none".
std::string default_words(const ParamInfo& param, const RulesEdition& rules);
/// One line: "R2.6.4, Guide, Limits (https://...), read 2026-01-05".
std::string source_words(const Source& source);
/// "documented", "measured", "assumed", or nothing.
std::string_view basis_words(Basis basis);
/// "counter", "gauge", "distribution", "ratio".
std::string_view metric_kind_words(MetricKind kind);

}  // namespace updraft::sim
