#include "tests/fuzz/scenario_fuzz_body.h"

#include <stdexcept>

#include "sim/scenario/scenario.h"
#include "sim/scenario/testing/parcel_post.h"

namespace updraft::sim::testing {

void load_bytes(const std::string& bytes) {
  static const TypeRegistry kRegistry = parcel_post_registry();
  LoadOptions options;
  options.files = FilePolicy::kNone;  // no test depends on what lies on a disk
  options.limits.max_nodes = 100'000;
  std::string first;
  try {
    first = canonical(Scenario::load(bytes, "fuzz.yaml", kRegistry, options).plan);
  } catch (const ScenarioError& error) {
    const SourceText source(bytes, "fuzz.yaml");
    if (error.diagnostics().empty()) {
      throw std::logic_error("an error without a finding");
    }
    for (const Diagnostic& diagnostic : error.diagnostics()) {
      const std::string& message = diagnostic.message;
      const bool full_stop = message.ends_with('.') && !message.ends_with("...");
      if (diagnostic.mark.line == 0 || diagnostic.mark.column == 0 || message.empty() ||
          full_stop) {
        throw std::logic_error("a finding without place or text, or with a full stop: " + message);
      }
      if (source.offset(diagnostic.mark) > bytes.size()) {
        throw std::logic_error("a finding outside the text: " + message);
      }
    }
    return;
  }
  if (canonical(Scenario::load(bytes, "again.yaml", kRegistry, options).plan) != first) {
    throw std::logic_error("two loads give two plans");
  }
}

}  // namespace updraft::sim::testing
