// How old messages were when their work was done, by who sent them: one sender's backlog is
// another's wait, and the ages of all together show neither.
#pragma once

#include <algorithm>
#include <vector>

#include "sim/build/report.h"
#include "sim/engine/component.h"
#include "sim/engine/request.h"

namespace updraft::roles {

class WorkAges {
 public:
  void record(const sim::WorkSource* source, sim::Duration age) {
    // A scenario has few sources.
    const auto found = std::find_if(ages_.begin(), ages_.end(),
                                    [&](const Of& one) { return one.source == source; });
    Of& of = found == ages_.end() ? ages_.emplace_back(Of{source, {}}) : *found;
    of.age.record(sim::to_ns(age));
  }

  /// Sorted by the names of the sources; nothing where there is only one.
  void report(sim::WorkReport& report) const {
    if (ages_.size() < 2) {
      return;
    }
    for (const Of& of : ages_) {
      const auto* component = dynamic_cast<const sim::Component*>(of.source);
      report.by_source.push_back(
          {.name = component == nullptr ? "" : component->path(), .age = of.age});
    }
    std::stable_sort(
        report.by_source.begin(), report.by_source.end(),
        [](const sim::SourceAge& a, const sim::SourceAge& b) { return a.name < b.name; });
  }

 private:
  struct Of {
    const sim::WorkSource* source = nullptr;
    sim::Histogram age;
  };
  std::vector<Of> ages_;  // in order of their first messages
};

}  // namespace updraft::roles
