// The extension module updraft._core. The package updraft is what people use.
#include "python/bindings.h"
#include "sim/study/plan_facts.h"

PYBIND11_MODULE(_core, module) {
  module.doc() = "The C++ side of updraft; use the package.";
  module.def(
      "version", [] { return std::string(updraft::sim::version()); },
      "The version of the library: \"0.1.0\".");
  updraft::python::bind_errors(module);
  updraft::python::bind_scenario(module);
  updraft::python::bind_run(module);
  updraft::python::bind_why(module);
}
