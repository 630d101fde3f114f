// Loading: the library's one loader reads every scenario; Python holds the checked Plan.
#include "sim/scenario/scenario.h"

#include <functional>
#include <map>
#include <tuple>

#include <google/protobuf/util/json_util.h>
#include <pybind11/stl.h>

#include "models/registry/registry.h"
#include "python/bindings.h"
#include "sim/schema/quantity.h"
#include "sim/study/plan_facts.h"

namespace updraft::python {

namespace py = pybind11;

namespace {

sim::LoadOptions load_options(bool allow_any_file, const std::string& directory) {
  sim::LoadOptions options;
  options.files = allow_any_file ? sim::FilePolicy::kAnywhere : sim::FilePolicy::kInsideFolder;
  options.directory = directory;
  return options;
}

LoadedScenario loaded(const std::string& file, sim::LoadResult result) {
  for (const sim::Diagnostic& found : result.warnings.diagnostics()) {
    const std::string text = file + ":" + std::to_string(found.mark.line) + ":" +
                             std::to_string(found.mark.column) + ": " + found.message;
    if (PyErr_WarnEx(PyExc_UserWarning, text.c_str(), 2) != 0) {
      throw py::error_already_set();  // the user turns warnings into errors
    }
  }
  return {.file = file, .plan = std::move(result.plan), .files = std::move(result.files)};
}

LoadedScenario load_file(const std::string& file, bool allow_any_file) {
  const sim::ModelRegistry registry = make_registry();
  return loaded(file,
                sim::Scenario::load_file(file, registry.types(), load_options(allow_any_file, "")));
}

LoadedScenario load_text(std::string text, const std::string& directory, bool allow_any_file) {
  const sim::ModelRegistry registry = make_registry();
  const std::string name = "<text>";
  return loaded(name, sim::Scenario::load(std::move(text), name, registry.types(),
                                          load_options(allow_any_file, directory)));
}

std::int64_t parse_duration(const std::string& text) {
  const auto parsed = sim::parse_duration(text);
  if (!parsed) {
    throw py::value_error("duration " + parsed.error());
  }
  return *parsed;
}

std::map<std::string, std::string> resources(const LoadedScenario& scenario) {
  std::map<std::string, std::string> types;
  for (const sim::ResourcePlan& resource : scenario.plan.resource()) {
    types[resource.name()] = resource.type();
  }
  return types;
}

/// What a resource says, every default filled in, as JSON by the names of the schema.
std::string parameters(const LoadedScenario& scenario, const std::string& name) {
  const sim::ModelRegistry registry = make_registry();  // its types are what an Any is read by
  for (const sim::ResourcePlan& resource : scenario.plan.resource()) {
    if (resource.name() != name) {
      continue;
    }
    google::protobuf::util::JsonPrintOptions options;
    options.preserve_proto_field_names = true;
    std::string json;
    if (!google::protobuf::util::MessageToJsonString(resource.params(), &json, options).ok()) {
      throw std::runtime_error("the parameters of " + name + " cannot be written");
    }
    return json;
  }
  throw py::key_error("no resource " + name);
}

/// Whether two scenarios run alike: places and comments aside, all they say is the same, and the
/// files that they name are the same ones.
bool run_alike(const LoadedScenario& one, const LoadedScenario& other) {
  const bool same_files = one.files.empty() || one.plan.directory() == other.plan.directory();
  return one.files == other.files && same_files &&
         sim::canonical(one.plan) == sim::canonical(other.plan);
}

/// What a pickle holds: the file's name, the checked Plan, the files that it names.
using State = std::tuple<std::string, py::bytes, std::set<std::string>>;

State state(const LoadedScenario& scenario) {
  return {scenario.file, py::bytes(scenario.plan.SerializeAsString()), scenario.files};
}

LoadedScenario from_state(const State& state) {
  const auto& [file, plan, files] = state;
  LoadedScenario scenario{.file = file, .plan = {}, .files = files};
  if (!scenario.plan.ParseFromString(std::string(plan))) {
    throw py::value_error("the pickled scenario is damaged");
  }
  return scenario;
}

}  // namespace

void bind_scenario(py::module_& module) {
  using S = LoadedScenario;
  py::class_<S>(module, "Scenario", "A checked scenario; every default is filled in.")
      .def_readonly("file", &S::file, "The file's name as it was given; \"<text>\" for a text.")
      .def_property_readonly(
          "name", [](const S& s) { return s.plan.header().scenario(); }, "Name of the scenario.")
      .def_property_readonly(
          "description", [](const S& s) { return s.plan.header().description(); },
          "What the scenario shows.")
      .def_property_readonly(
          "rules", [](const S& s) { return s.plan.header().rules(); },
          "Rules edition: which of AWS's numbers hold.")
      .def_property_readonly(
          "region", [](const S& s) { return s.plan.header().region(); }, "AWS's region.")
      .def_property_readonly(
          "seed", [](const S& s) { return s.plan.header().seed(); }, "Seed of every draw.")
      .def_property_readonly(
          "start", [](const S& s) { return sim::utc_text(s.plan.start_unix_ns()) + "Z"; },
          "The instant of simulated time 0, ISO 8601.")
      .def_property_readonly(
          "duration_ns", [](const S& s) { return s.plan.duration_ns(); },
          "Simulated time to run, in nanoseconds.")
      .def_property_readonly(
          "text", [](const S& s) { return s.plan.text(); }, "The scenario as it was written.")
      .def_property_readonly("resources", &resources, "Type of each resource, by its name.")
      .def("parameters_json", &parameters, py::arg("resource"),
           "What a resource says, every default filled in, as JSON. Raises KeyError.")
      .def_readonly("files", &S::files, "Files that the scenario names.")
      .def("__repr__",
           [](const S& s) {
             return "<updraft.Scenario " + s.plan.header().scenario() + " from " + s.file + ">";
           })
      .def(
          "__eq__",
          [](const S& s, const py::object& other) {
            return py::isinstance<S>(other) && run_alike(s, other.cast<const S&>());
          },
          py::arg("other"),
          "Whether they run alike: comments, layout and the file's name do not count.")
      .def("__hash__", [](const S& s) { return std::hash<std::string>{}(sim::canonical(s.plan)); })
      .def(py::pickle(&state, &from_state))
      .def("__copy__", [](const S& s) { return S(s); })
      .def(
          "__deepcopy__", [](const S& s, const py::object& /*memo*/) { return S(s); },
          py::arg("memo"));
  module.def(
      "load_file", &load_file, py::arg("file"), py::arg("allow_any_file") = false,
      "Loads and checks a scenario. Raises ScenarioError (a ValueError), OSError when a file "
      "cannot be read.");
  module.def("load_text", &load_text, py::arg("text"), py::arg("directory") = "",
             py::arg("allow_any_file") = false,
             "The same from a text; files it names are relative to the directory.");
  module.def(
      "parse_duration", &parse_duration, py::arg("text"),
      "\"6h\" or \"1d 12h\" in nanoseconds, by the grammar of scenarios. Raises ValueError.");
}

}  // namespace updraft::python
