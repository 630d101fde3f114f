// A message as a queue keeps it.
#pragma once

#include <cstdint>
#include <vector>

#include "models/roles/messages.h"

namespace updraft::sqs {

struct Stored {
  enum class State : std::uint8_t { kFree, kDelayed, kVisible, kInFlight };

  roles::Message message;
  std::uint64_t id = 0;     // stays when it moves to a dead-letter queue
  std::uint64_t place = 0;  // n-th that entered this queue
  std::uint64_t rank = 0;   // order in which it is offered
  sim::Time enqueued{};     // retention counts from here
  sim::Time arrived{};      // in this queue
  sim::Time received{};     // the last time
  sim::Time due{};          // visible again; of a delayed one, visible at all
  std::uint32_t receives = 0;
  std::uint32_t receipt = 0;  // of the last receive; differs from all before
  std::uint32_t generation = 0;
  std::uint32_t wake = 0;  // stamp of its entry among the deadlines
  State state = State::kFree;
  bool apart = false;  // stands among those that came back, not in the line
};

/// Whether `place` of the pool still holds the message of that generation.
struct Slot {
  std::uint32_t index = 0;
  std::uint32_t generation = 0;
};

using Pool = std::vector<Stored>;

}  // namespace updraft::sqs
