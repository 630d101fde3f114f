#include "models/sqs/receive_attempts.h"

#include <utility>

namespace updraft::sqs {

void ReceiveAttempts::expire(sim::Time now) {
  while (!oldest_.empty() && now >= oldest_.front().at + kKept) {
    const auto found = attempts_.find(oldest_.front().id);
    if (found != attempts_.end() && found->second.at == oldest_.front().at) {
      attempts_.erase(found);
    }
    oldest_.pop_front();
  }
}

std::vector<ReceiveAttempts::Taken>* ReceiveAttempts::find(sim::Time now, std::uint64_t id) {
  expire(now);
  const auto found = attempts_.find(id);
  return found == attempts_.end() ? nullptr : &found->second.taken;
}

void ReceiveAttempts::keep(sim::Time now, std::uint64_t id, std::vector<Taken> taken) {
  expire(now);
  attempts_[id] = {.at = now, .taken = std::move(taken)};
  oldest_.push_back({now, id});
}

}  // namespace updraft::sqs
