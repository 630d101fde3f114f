#include "models/sqs/visible_order.h"

namespace updraft::sqs {

using State = Stored::State;

void FifoOrder::entered(sim::Time /*now*/, std::uint32_t index) {
  const Stored& stored = pool_[index];
  const Slot slot{index, stored.generation};
  order_.emplace_hint(order_.end(), stored.place, index);
  Group& group = groups_[stored.message.message_group];
  group.line.push_back(slot);
  extend_window();
  refresh(stored.message.message_group, group);
}

void FifoOrder::shown(std::uint32_t index, State was) {
  const Stored& stored = pool_[index];
  Group& group = groups_[stored.message.message_group];
  if (was == State::kInFlight) {
    flight_changed(group, false);
  }
  refresh(stored.message.message_group, group);
}

void FifoOrder::left(std::uint32_t index, State was) {
  const Stored& stored = pool_[index];
  const std::uint64_t key = stored.message.message_group;
  Group& group = groups_[key];
  if (was == State::kInFlight) {
    flight_changed(group, false);
  }
  order_.erase(stored.place);
  if (stored.place < window_end_) {
    --in_window_;
  }
  extend_window();
  refresh(key, group);
  if (group.line.empty()) {
    groups_.erase(key);
  }
}

std::optional<std::uint32_t> FifoOrder::head(Group& group) const {
  while (!group.line.empty() && !stands(group.line.front())) {
    group.line.pop_front();
  }
  return group.line.empty() ? std::nullopt : std::optional(group.line.front().index);
}

void FifoOrder::flight_changed(Group& group, bool more) {
  if (more) {
    busy_groups_ += group.in_flight == 0 ? 1 : 0;
    ++group.in_flight;
  } else {
    --group.in_flight;
    busy_groups_ -= group.in_flight == 0 ? 1 : 0;
  }
}

// A group can be received from when its head can: what stands behind a message that is in flight,
// or delayed, waits for it.
void FifoOrder::refresh(std::uint64_t key, Group& group) {
  std::optional<std::uint64_t> ready;
  if (const auto first = head(group)) {
    const Stored& stored = pool_[*first];
    if (stored.state == State::kVisible && stored.place < window_end_) {
      ready = stored.rank;
    }
  }
  if (ready == group.ready) {
    return;
  }
  if (group.ready) {
    ready_.erase({*group.ready, key});
  }
  if (ready) {
    ready_.emplace(*ready, key);
  }
  group.ready = ready;
}

// R4.4.2
void FifoOrder::extend_window() {
  for (auto next = order_.lower_bound(window_end_); in_window_ < window_ && next != order_.end();
       ++next) {
    window_end_ = next->first + 1;
    ++in_window_;
    const std::uint64_t key = pool_[next->second].message.message_group;
    refresh(key, groups_[key]);
  }
}

// R4.4.1: as many of one group as there are, then of others.
void FifoOrder::take(sim::Time /*now*/, std::uint32_t max, std::vector<std::uint32_t>& out) {
  while (out.size() < max && !ready_.empty()) {
    const std::uint64_t key = ready_.begin()->second;
    Group& group = groups_.find(key)->second;
    for (const Slot& slot : group.line) {
      if (!stands(slot)) {
        continue;
      }
      Stored& stored = pool_[slot.index];
      if (out.size() >= max || stored.state != State::kVisible || stored.place >= window_end_) {
        break;
      }
      stored.state = State::kInFlight;
      flight_changed(group, true);
      out.push_back(slot.index);
    }
    refresh(key, group);
  }
}

}  // namespace updraft::sqs
