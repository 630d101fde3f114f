// Errors of the library as Python's: what the user can mend is a ValueError with its findings, what
// the system refuses an OSError, and a broken invariant (ours) the RuntimeError it is already.
#include "python/bindings.h"
#include "sim/metrics/result_file.h"
#include "sim/scenario/diagnostic.h"

namespace updraft::python {

namespace py = pybind11;

namespace {

void set_scenario_error(const sim::ScenarioError& error) {
  const py::module_ errors = py::module_::import("updraft._errors");
  py::list findings;
  for (const sim::Diagnostic& found : error.diagnostics()) {
    findings.append(errors.attr("Finding")(error.filename(), found.mark.line, found.mark.column,
                                           found.message));
  }
  const py::object type = errors.attr("ScenarioError");
  PyErr_SetObject(type.ptr(), type(error.what(), py::tuple(findings)).ptr());
}

}  // namespace

void bind_errors(py::module_& /*module*/) {
  py::register_exception_translator([](std::exception_ptr pointer) {
    try {
      std::rethrow_exception(std::move(pointer));
    } catch (const sim::ScenarioError& error) {
      set_scenario_error(error);
    } catch (const sim::ResultFileError& error) {
      PyErr_SetString(PyExc_OSError, error.what());
    }
  });
}

}  // namespace updraft::python
