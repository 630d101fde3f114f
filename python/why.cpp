// Why something happened: the walk of `updraft why` over a result file, in words and as JSON.
#include "sim/study/why.h"

#include <optional>
#include <utility>

#include <pybind11/stl.h>

#include "models/registry/registry.h"
#include "python/bindings.h"
#include "sim/metrics/run_record.h"
#include "sim/study/catalogue.h"
#include "sim/study/when.h"
#include "sim/study/why_json.h"
#include "sim/study/why_text.h"

namespace updraft::python {

namespace py = pybind11;

namespace {

sim::Time moment(const char* argument, const std::string& text, const sim::RunRecord& record) {
  const auto when = sim::parse_when(text, record.start_unix_ns);
  if (!when) {
    throw py::value_error(std::string(argument) + ": " + when.error());
  }
  return *when;
}

std::pair<std::string, std::string> why(const std::string& path, const std::string& resource,
                                        const std::string& from, const std::string& to,
                                        std::int64_t around_ns, std::size_t width) {
  const py::gil_scoped_release release;
  const sim::RunRecord record = sim::read_run_record(*sim::open_result_source(path));
  sim::WhyQuestion question{.resource = resource};
  const sim::Duration around{around_ns};
  if (!from.empty()) {
    question.from = std::max(sim::kStart, moment("from", from, record) - around);
  }
  if (!to.empty()) {
    question.to = moment("to", to, record) + around;
  }
  if (question.to < question.from) {
    throw py::value_error("to lies before from");
  }
  if (record.complete && question.from > record.valid_until) {
    throw py::value_error(sim::since_start(question.from) + " lies past the end of the run, " +
                          sim::since_start(record.valid_until));
  }
  const sim::ModelRegistry registry = make_registry();
  const sim::Catalogue known = sim::catalogue(registry);
  const std::vector<sim::Telling> tellings = registry.tellings();
  const sim::WhyWords words(known, tellings);
  const auto answer = sim::why(record, question);
  if (!answer) {
    throw py::key_error(answer.error());
  }
  return {sim::why_text(*answer, record, words, {.width = width}),
          sim::why_json(*answer, record, words).dump()};
}

}  // namespace

void bind_why(py::module_& module) {
  module.def(
      "why", &why, py::arg("path"), py::arg("resource") = "", py::arg("from_") = "",
      py::arg("to") = "", py::arg("around_ns") = 0, py::arg("width") = 100,
      "What `updraft why` says of a result file: its words, and its JSON.\n\n"
      "Raises KeyError for an unknown resource, ValueError for an impossible window, OSError "
      "for an unreadable file.");
}

}  // namespace updraft::python
