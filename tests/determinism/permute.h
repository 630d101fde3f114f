// A scenario with its keys in another order.
#pragma once

#include <string>

namespace updraft::testing {

/// The keys of every block mapping of a YAML text in reverse order. Sequences keep theirs: it means
/// something. Comments and blank lines go. For texts as scenarios/match_day.yaml is written: block
/// style, flow style only within one line.
std::string with_keys_reversed(const std::string& yaml);

}  // namespace updraft::testing
