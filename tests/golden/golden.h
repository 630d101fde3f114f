// What scenarios give, written down in tables: scenario, seed, until, results hash, trace hash.
#pragma once

#include <string>

namespace updraft::testing {

/// Runs every line of a table of this folder and compares.
///
/// With UPDRAFT_UPDATE_GOLDEN=1 in the environment the hashes are written into the table instead; a
/// new line needs its first three columns only.
void expect_golden(const std::string& table);

}  // namespace updraft::testing
