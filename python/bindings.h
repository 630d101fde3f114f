// What the files of the extension share: one of them for each topic, thin over the library.
#pragma once

#include <set>
#include <string>

#include <pybind11/pybind11.h>

#include "sim/scenario/scenario.pb.h"

namespace updraft::python {

/// A checked scenario as Python holds it.
struct LoadedScenario {
  std::string file;  // as it was named; "<text>" for a text
  sim::Plan plan;
  std::set<std::string> files;  // that the scenario names
};

void bind_errors(pybind11::module_& module);
void bind_scenario(pybind11::module_& module);
void bind_run(pybind11::module_& module);
void bind_why(pybind11::module_& module);

}  // namespace updraft::python
