// Why a backlog drains as slowly as it does: what waits at a moment, what came, went and returned
// in the minutes before it, who takes it away and what limits them, and when it will be empty at
// that pace. All of it from the recorded metrics; the plan says who takes from whom.
//
//   const auto found = backlog(*source, plan, {registry.backlogs(), registry.consumers()},
//                              {.resource = "orders", .from = ..., .to = ...});
//   for (const auto& [label, text] : backlog_lines(*found)) page.row(label, text, 14);
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "sim/build/backlog_words.h"
#include "sim/core/time.h"
#include "sim/metrics/result_source.h"
#include "sim/scenario/scenario.pb.h"

namespace updraft::sim {

struct BacklogQuestion {
  std::string resource;
  Time from = kStart;
  Time to = kNever;
};

struct BacklogVocabulary {
  const std::vector<BacklogWords>& backlogs;
  const std::vector<ConsumerWords>& consumers;
};

/// Who takes work out, in the last minute.
struct BacklogConsumer {
  std::string name;
  std::string unit;
  double busy = 0;
  double allowed = 0;
  double refused = 0;              // a minute, of all minutes looked at
  std::vector<std::string> notes;  // what limits them
};

struct Backlog {
  BacklogWords words;
  Time at{};             // the moment whose levels these are
  Time since{};          // counts are those between
  bool largest = false;  // nothing was said of a time: the moment at which most waited
  double waiting = 0;
  double held = 0;
  double later = 0;
  double oldest_s = 0;
  // In a minute, means.
  double came = 0;
  double taken = 0;
  double done = 0;
  double returned = 0;
  double growth = 0;                   // of what waits, is held and comes later, together
  std::optional<Duration> held_for{};  // mean, by Little's law; none: nothing was taken
  std::optional<double> most_held{};
  std::optional<Duration> empty_in{};  // none: never at this pace
  std::vector<std::string> notes;
  std::vector<BacklogConsumer> consumers;
};

/// None where nothing waits in such a resource, where nothing ever waited in the whole run that was
/// asked about, or nothing is recorded. The minutes looked at are those inside the window, and
/// never less than the five before its end.
std::optional<Backlog> backlog(const ResultSource& source, const Plan& plan,
                               const BacklogVocabulary& vocabulary,
                               const BacklogQuestion& question);

/// "The backlog at 1h"
std::string backlog_heading(const Backlog& backlog);
/// Labels and what stands beside them.
std::vector<std::pair<std::string, std::string>> backlog_lines(const Backlog& backlog);
nlohmann::ordered_json backlog_json(const Backlog& backlog);

}  // namespace updraft::sim
