// What receives with an attempt id took, for five minutes: the same id takes the same again.
//
//   ReceiveAttempts attempts;
//   attempts.keep(now, id, receipts);
//   if (const auto* taken = attempts.find(now, id)) { ... }
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <vector>

#include "models/roles/messages.h"
#include "sim/core/time.h"

namespace updraft::sqs {

class ReceiveAttempts {
 public:
  /// sqs.receive_request_attempt_id: as long as a deduplication id.
  static constexpr sim::Duration kKept = std::chrono::minutes{5};

  struct Taken {
    roles::Receipt receipt;
    sim::Time due{};  // as that receive has hidden it
  };

  /// What the receive of that id took; null when there was none, or it is too long ago. Times never
  /// decrease.
  [[nodiscard]] std::vector<Taken>* find(sim::Time now, std::uint64_t id);
  /// Of one that find() does not know. The five minutes count from here.
  void keep(sim::Time now, std::uint64_t id, std::vector<Taken> taken);
  void forget(std::uint64_t id) { attempts_.erase(id); }
  [[nodiscard]] std::size_t size() const { return attempts_.size(); }

 private:
  struct Attempt {
    sim::Time at{};
    std::vector<Taken> taken;
  };
  struct Kept {
    sim::Time at{};
    std::uint64_t id = 0;
  };
  void expire(sim::Time now);

  std::map<std::uint64_t, Attempt> attempts_;
  std::deque<Kept> oldest_;
};

}  // namespace updraft::sqs
