// The command line program `updraft`.
//
// Data goes to stdout, the rest to stderr; progress only where a person watches; --json everywhere.
// Exit codes: 0 done (a missed objective too: it ran), 1 findings (validate), 2 could not do it,
// 130 interrupted.
#pragma once

#include <string>
#include <vector>

#include "cli/terminal.h"

namespace updraft::cli {

/// The process's main: streams, signals, NO_COLOR.
int run_program(int argc, char** argv);

/// The program with its arguments (without the program's name). Tests call this.
int run_app(const std::vector<std::string>& arguments, const Terminal& terminal);

}  // namespace updraft::cli
