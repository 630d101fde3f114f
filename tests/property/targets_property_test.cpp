// What no target ever gets, and what nobody is charged twice for, over generated scenarios: rebuilt
// from the records of the runs alone (decisions, traced requests, instances, the bill).
#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "models/registry/registry.h"
#include "sim/metrics/memory_sink.h"
#include "sim/metrics/result_source.h"
#include "sim/metrics/run_record.h"
#include "sim/scenario/scenario.h"
#include "sim/study/run.h"
#include "tests/property/generator.h"

namespace updraft {
namespace {

using sim::Time;
using testing::generate;
using testing::Generated;

constexpr std::uint64_t kScenarios = 100;

struct Recorded {
  Generated scenario;
  sim::Report report;
  sim::RunRecord record;
};

Recorded record(std::uint64_t number) {
  static const sim::ModelRegistry registry = make_registry();
  Recorded made{.scenario = generate(number), .report = {}, .record = {}};
  const sim::Plan plan =
      sim::Scenario::load(made.scenario.yaml, "generated.yaml", registry.types()).plan;
  sim::MemorySink sink;
  made.report = sim::run(plan, registry, {.trace_rate = 1.0, .sink = &sink});
  made.record = sim::read_run_record(*sim::open_result_source(sink));
  return made;
}

/// What the target group of a run knew about its targets, and when.
class Knowledge {
 public:
  enum class State : std::uint8_t { kInitial, kHealthy, kUnhealthy };

  explicit Knowledge(const Recorded& run) {
    for (const sim::MemberRecord& member : run.record.members) {
      zones_[member.id] = member.zone;
      if (member.in_service) {
        const bool standing = *member.in_service == sim::kStart;
        note(member.id, *member.in_service, standing ? State::kHealthy : State::kInitial);
      }
    }
    for (const sim::DecisionRecord& row : run.record.decisions) {
      const std::string id = row.what.substr(0, row.what.find(' '));
      if (row.who == "web" && row.kind == "health") {
        if (row.what.ends_with(" draining")) {
          leave(id, row.first);
        } else {
          at_node_[{id, row.what.substr(row.what.rfind(' ') + 1)}].emplace_back(
              row.first, row.what.find(" unhealthy ") != std::string::npos ? State::kUnhealthy
                                                                           : State::kHealthy);
        }
      } else if (row.who == "fleet" && row.what.ends_with("back into service") &&
                 row.outcome == sim::Outcome::kDecided) {
        come_back(row.first);
      }
    }
    for (const sim::MemberRecord& member : run.record.members) {
      if (member.ended) {
        leave(member.id, *member.ended);
      }
    }
  }

  [[nodiscard]] const std::map<std::string, std::string>& zones() const { return zones_; }

  /// Registered just before or just after that instant: both are possible within it.
  [[nodiscard]] bool is_registered(const std::string& id, Time at) const {
    const auto found = stays_.find(id);
    return found != stays_.end() &&
           std::any_of(found->second.begin(), found->second.end(),
                       [&](const Stay& stay) { return stay.from <= at && at <= stay.until; });
  }
  /// What the node in that zone has seen of it by then; `before`: less what it saw at that instant.
  [[nodiscard]] State seen(const std::string& id, const std::string& node, Time at,
                           bool before) const {
    State state = State::kInitial;
    Time since{};
    for (const Stay& stay : stays_.at(id)) {
      if (stay.from <= at) {
        state = stay.first;
        since = stay.from;
      }
    }
    if (const auto found = at_node_.find({id, node}); found != at_node_.end()) {
      for (const auto& [when, what] : found->second) {
        if (when >= since && (before ? when < at : when <= at)) {
          state = what;
        }
      }
    }
    return state;
  }

 private:
  struct Stay {
    Time from;
    State first;
    Time until = sim::kNever;
  };
  void note(const std::string& id, Time from, State first) { stays_[id].push_back({from, first}); }
  /// From standby: the row does not say who, so it may have been any that is out.
  void come_back(Time at) {
    for (auto& [id, stays] : stays_) {
      if (!stays.empty() && stays.back().until < at) {
        stays.push_back({at, State::kInitial});
      }
    }
  }
  void leave(const std::string& id, Time at) {
    for (Stay& stay : stays_[id]) {
      if (stay.until == sim::kNever && stay.from <= at) {
        stay.until = at;
      }
    }
  }

  std::map<std::string, std::string> zones_;
  std::map<std::string, std::vector<Stay>> stays_;
  std::map<std::pair<std::string, std::string>, std::vector<std::pair<Time, State>>> at_node_;
};

/// Whether some node may have sent a request to that target at that instant: it is healthy there,
/// or nobody is and the node fails open (R3.6.4).
bool may_be_sent(const Knowledge& known, const std::string& id, Time at, bool cross_zone,
                 const std::set<std::string>& nodes) {
  for (const std::string& node : nodes) {
    if (!cross_zone && known.zones().at(id) != node) {
      continue;
    }
    for (const bool before : {true, false}) {
      if (known.seen(id, node, at, before) == Knowledge::State::kHealthy) {
        return true;
      }
      bool somebody = false;
      for (const auto& [other, zone] : known.zones()) {
        somebody |= known.is_registered(other, at) && (cross_zone || zone == node) &&
                    known.seen(other, node, at, before) == Knowledge::State::kHealthy;
      }
      if (!somebody) {
        return true;
      }
    }
  }
  return false;
}

class Targets : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(Targets, GetNothingWhileTheyDrainAreUnhealthyOrLost) {
  const Recorded run = record(GetParam());
  SCOPED_TRACE(run.scenario.yaml);
  const Knowledge known(run);
  const bool cross_zone =
      run.scenario.yaml.find("cross_zone_enabled: \"false\"") == std::string::npos;
  const bool three = run.scenario.yaml.find("[a, b, c]") != std::string::npos;
  const std::set<std::string> nodes =
      three ? std::set<std::string>{"a", "b", "c"} : std::set<std::string>{"a", "b"};
  std::size_t sent = 0;
  for (const sim::TraceRecord& trace : run.record.traces) {
    for (const sim::SpanRecord& span : trace.spans) {
      const std::size_t begins = span.component.rfind("i-");
      const std::string id =
          begins == std::string::npos ? std::string() : span.component.substr(begins);
      if (!known.zones().contains(id)) {
        continue;
      }
      ++sent;
      const std::string where =
          fmt::format("{} to {} at {} ns", trace.request, id, sim::to_ns(span.begin));
      EXPECT_TRUE(known.is_registered(id, span.begin)) << where;
      EXPECT_TRUE(may_be_sent(known, id, span.begin, cross_zone, nodes)) << where;
      const testing::LostZone& lost = run.scenario.lost;
      if (lost.zone != 0 && known.zones().at(id)[0] == lost.zone &&
          span.begin >= sim::kStart + lost.from && span.begin < sim::kStart + lost.until) {
        EXPECT_NE(span.status, sim::SpanStatus::kOk) << where;
      }
    }
  }
  EXPECT_EQ(run.record.decisions_dropped, 0);
  RecordProperty("sent", static_cast<int>(sent));
}

// Pending takes 5 s, shutting down none; what stood there before the run has been running since its
// start. By the second, a minute at least (R1.1.2).
TEST_P(Targets, EveryRunningSecondIsBilledOnce) {
  const Recorded run = record(GetParam());
  SCOPED_TRACE(run.scenario.yaml);
  const Time end = sim::kStart + testing::kRunEnds;
  std::map<std::string, double> seconds;
  double undecided = 0;  // ended in the instant in which it would have run: before or after that
  for (const sim::MemberRecord& member : run.record.members) {
    const bool standing = member.in_service && *member.in_service == sim::kStart;
    const Time from = member.launched + (standing ? sim::Duration{} : std::chrono::seconds{5});
    const Time until = std::min(member.ended.value_or(end), end);
    undecided += until == from ? 60 : 0;
    if (until > from) {
      seconds[member.kind] += std::max(60.0, std::ceil(sim::to_seconds(until - from)));
    }
  }
  for (const auto& [type, expected] : seconds) {
    double billed = 0;
    for (const sim::BillLine& line : run.report.bill) {
      billed += line.item == "ec2/" + type ? line.quantity * 3600 : 0;
    }
    EXPECT_GE(billed, expected - 1e-6) << type;
    EXPECT_LE(billed, expected + undecided + 1e-6) << type;
  }
  EXPECT_LE(seconds.size(), 1u);
}

INSTANTIATE_TEST_SUITE_P(Scenarios, Targets, ::testing::Range(std::uint64_t{0}, kScenarios));

}  // namespace
}  // namespace updraft
