// What a program's fields one by one cannot say.
#pragma once

#include <string>

#include "models/program/program.pb.h"
#include "sim/scenario/type_registry.h"

namespace updraft::program {

/// Errors and warnings are placed at fields below `path`, where the program stands in its resource.
void check_program(const Program& program, const std::string& path, sim::Checker& checker);

}  // namespace updraft::program
