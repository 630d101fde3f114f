// What is in a queue, and the rules by which it is received, comes back and leaves: all of SQS that
// needs no engine. Times never decrease from call to call.
//
//   QueueContents contents(settings);
//   contents.send(now, message, 0s);
//   contents.receive(now, {.max = 10, .visibility_timeout = 30s}, received);
//   contents.remove(now, received[0].receipt);
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "models/sqs/deadlines.h"
#include "models/sqs/deduplication.h"
#include "models/sqs/receive_attempts.h"
#include "models/sqs/stored.h"
#include "models/sqs/visible_order.h"

namespace updraft::sqs {

struct QueueSettings {
  bool fifo = false;
  sim::Duration delay{};
  sim::Duration retention = std::chrono::hours{96};
  std::int64_t maximum_message_size = 1'048'576;
  std::optional<std::uint32_t> max_receive_count{};  // none: no dead-letter queue
  bool content_based_deduplication = false;
  bool deduplication_by_group = false;
  std::uint32_t in_flight_limit = 120'000;
  std::uint32_t fifo_window = 120'000;
  std::uint32_t noisy_at_least = 30;
  double noisy_share = 0.1;
};

struct ReceiveRequest {
  std::uint32_t max = 1;
  sim::Duration visibility_timeout{};
  std::uint64_t attempt_id = 0;  // of a FIFO queue, ReceiveRequestAttemptId; 0: none
};

/// Every message that ever entered is in one of the places: the sum from `deleted` to `delayed` is
/// `entered`.
struct QueueCounts {
  std::uint64_t entered = 0;
  std::uint64_t deduplicated = 0;  // sent, and not added
  std::uint64_t deleted = 0;
  std::uint64_t expired = 0;
  std::uint64_t moved = 0;  // to a dead-letter queue, or by a move task
  std::uint64_t visible = 0;
  std::uint64_t in_flight = 0;
  std::uint64_t delayed = 0;
  std::uint64_t returned = 0;  // times that one in flight was visible again
};

class QueueContents {
 public:
  enum class Sent : std::uint8_t { kAdded, kDuplicate, kTooLarge };
  enum class Received : std::uint8_t { kOk, kOverLimit };
  enum class Changed : std::uint8_t { kOk, kExpired, kNotInFlight };

  explicit QueueContents(const QueueSettings& settings);
  QueueContents(const QueueContents&) = delete;
  QueueContents& operator=(const QueueContents&) = delete;

  /// `delay` is the queue's own where the sender says nothing. `id` names it for good. So many
  /// later ones may be received before it (R4.2.5).
  Sent send(sim::Time now, const roles::Message& message, std::uint64_t id, sim::Duration delay,
            std::uint32_t behind = 0);
  /// R4.3.2: taken over from a queue whose redrive policy moves it here.
  void take_over(sim::Time now, const Stored& stored);

  /// Adds what is received to `out`, and to `dead` what the redrive policy moves (R4.3.1): it has
  /// left. The same attempt id within 5 minutes receives the same messages again by the same
  /// receipts, and hides them anew, unless one of them has been deleted, changed or shown.
  Received receive(sim::Time now, const ReceiveRequest& request,
                   std::vector<roles::ReceivedMessage>& out, std::vector<Stored>& dead);
  /// R4.2.5: a message just received can be received once more, by an error of the service.
  void show_again(sim::Time now, const roles::Receipt& receipt);
  Changed remove(sim::Time now, const roles::Receipt& receipt);
  /// R4.2.3
  Changed change_visibility(sim::Time now, const roles::Receipt& receipt, sim::Duration timeout);
  void purge(sim::Time now);
  /// Takes the first visible message out, for a move task.
  std::optional<Stored> move_first(sim::Time now);

  /// What is due by now comes back, appears or expires.
  void advance(sim::Time now);
  /// When advance() has something to do; kNever when nothing is there.
  [[nodiscard]] sim::Time next_due();

  [[nodiscard]] const QueueCounts& counts() const { return counts_; }
  /// R4.3.3; none when nothing counts.
  [[nodiscard]] std::optional<sim::Duration> age_of_oldest(sim::Time now);
  [[nodiscard]] std::size_t groups_in_flight() const { return order_->groups_in_flight(); }
  [[nodiscard]] std::size_t noisy_groups() const {
    return standard_ == nullptr ? 0 : standard_->noisy_groups();
  }
  [[nodiscard]] const QueueSettings& settings() const { return settings_; }
  /// R4.1.2: holds for messages that are sent from now on; on a FIFO queue for delayed ones too.
  void set_delay(sim::Time now, sim::Duration delay);

 private:
  std::uint32_t take_slot();
  bool receive_again(sim::Time now, const ReceiveRequest& request,
                     std::vector<roles::ReceivedMessage>& out);
  void keep_attempt(sim::Time now, const ReceiveRequest& request,
                    const std::vector<roles::ReceivedMessage>& out, std::size_t from);
  [[nodiscard]] static roles::ReceivedMessage received(const Stored& stored, std::uint32_t index);
  void add(sim::Time now, const Stored& stored, sim::Duration delay, std::uint32_t behind = 0);
  void leave(std::uint32_t index);
  void come_back(sim::Time now, std::uint32_t index);
  void wake_at(std::uint32_t index, sim::Time due);
  [[nodiscard]] bool is_current(const roles::Receipt& receipt) const;
  [[nodiscard]] std::uint64_t& count_of(Stored::State state);
  [[nodiscard]] std::size_t living() const {
    return counts_.visible + counts_.in_flight + counts_.delayed;
  }
  [[nodiscard]] bool wakes(const Deadlines::Entry& entry) const;
  [[nodiscard]] bool expires(const Deadlines::Entry& entry) const;

  QueueSettings settings_;
  Pool pool_;
  std::vector<std::uint32_t> free_;
  std::unique_ptr<VisibleOrder> order_;
  const StandardOrder* standard_ = nullptr;
  Deadlines wakes_;
  Deadlines expiries_;
  std::deque<Slot> oldest_;
  Deduplication deduplication_;
  ReceiveAttempts attempts_;
  std::vector<const sim::WorkSource*> sources_;  // numbered as they first appear
  std::vector<std::uint32_t> taken_;
  QueueCounts counts_;
  std::uint64_t next_rank_ = 0;
  std::uint64_t next_place_ = 0;
  std::uint32_t next_receipt_ = 1;
};

}  // namespace updraft::sqs
