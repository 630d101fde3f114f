// How the pace of a backlog is told: which metrics of a resource say what waits in it, what comes
// and what goes, and which metrics of another say who takes it away. Registered beside the models;
// `updraft why` does the arithmetic (sim/study/backlog.h).
//
//   registry.add_backlog({.type = "desk", .unit = "parcel", .waiting = {"Waiting", ""}, ...});
//   registry.add_consumer({.type = "clerk", .takes_from = "desk", .unit = "clerks", ...});
#pragma once

#include <string>
#include <vector>

namespace updraft::sim {

/// A metric and the word for what it counts: {"NumberOfMessagesSent", "sent"}.
struct WordedMetric {
  std::string metric{};
  std::string word{};
};

/// Of a resource in which work waits.
struct BacklogWords {
  std::string type{};  // of the resource
  std::string unit{};  // "message"
  // Levels at the end of each minute.
  std::string waiting{};   // can be taken
  WordedMetric held{};     // taken, and not done yet
  WordedMetric later{};    // can't be taken yet
  std::string oldest_s{};  // age of the oldest
  // Counts of each minute.
  WordedMetric came{};
  WordedMetric taken{};
  WordedMetric done{};
  WordedMetric returned{};      // were held, and wait again
  std::string most_held{};      // parameter: limit of what is held
  std::string most_held_say{};  // where it is reached
  std::string groups{};         // level: groups with something held; few resources have it
  std::string groups_say{};     // where there are some; {} stands for how many
  std::string window{};         // parameter: how many are looked at for another group
  std::string window_say{};     // where more are there; {} stands for that number
};

/// Of those who take it out.
struct ConsumerWords {
  std::string type{};
  std::string takes_from{};         // parameter that names the resource: "polls.queue"
  std::string unit{};               // what is busy: "threads"
  std::string busy{};               // level, mean of each minute
  std::string allowed{};            // likewise: how many could be busy
  std::string refused{};            // count of a minute; empty: nobody refuses
  std::string refused_say{};        // {} stands for how many in a minute
  std::vector<std::string> caps{};  // parameters that `allowed` can't pass
  std::string each{};               // parameter: how many there are in each of its members
  std::string each_say{};           // {} stands for that
  std::string grows{};              // parameter: how many more `allowed` may be after a minute
};

}  // namespace updraft::sim
