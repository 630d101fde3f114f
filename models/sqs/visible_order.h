// Which of the messages that can be received come next. Two answers: a standard queue's,
// best-effort order with fairness among tenants, and a FIFO queue's, strict order within each
// message group.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "models/sqs/stored.h"

namespace updraft::sqs {

class VisibleOrder {
 public:
  virtual ~VisibleOrder() = default;
  /// It has entered the queue, visible or delayed.
  virtual void entered(sim::Time now, std::uint32_t index) = 0;
  /// It has become visible: after its delay, or again; `was` is its state until now.
  virtual void shown(std::uint32_t index, Stored::State was) = 0;
  /// It leaves the queue; `was` is its state until now.
  virtual void left(std::uint32_t index, Stored::State was) = 0;
  /// Chooses up to `max` messages for one receive, adds them to `out` in order and has them in
  /// flight.
  virtual void take(sim::Time now, std::uint32_t max, std::vector<std::uint32_t>& out) = 0;
  /// Groups (tenants) that have messages in flight.
  [[nodiscard]] virtual std::size_t groups_in_flight() const = 0;
};

/// Best-effort order, and R4.5.1: quiet tenants before noisy ones.
class StandardOrder final : public VisibleOrder {
 public:
  StandardOrder(Pool& pool, std::uint32_t noisy_at_least, double noisy_share)
      : pool_(pool), noisy_at_least_(noisy_at_least), noisy_share_(noisy_share) {}

  void entered(sim::Time now, std::uint32_t index) override;
  void shown(std::uint32_t index, Stored::State was) override;
  void left(std::uint32_t index, Stored::State was) override;
  void take(sim::Time now, std::uint32_t max, std::vector<std::uint32_t>& out) override;
  [[nodiscard]] std::size_t groups_in_flight() const override { return busy_groups_; }
  /// Tenants that are noisy now.
  [[nodiscard]] std::size_t noisy_groups() const { return noisy_.size(); }

 private:
  struct Tenant {
    std::deque<std::pair<std::uint64_t, Slot>> line;  // by rank; entries that have gone stand
    std::set<std::pair<std::uint64_t, std::uint32_t>> apart;  // came back, by rank
    std::optional<std::uint64_t> ready;                       // rank of the first that is visible
    std::uint32_t in_flight = 0;
    std::uint32_t visible = 0;
    sim::Time last_sent{};
  };

  void taken(std::uint32_t index);
  [[nodiscard]] std::optional<std::uint32_t> next(sim::Time now);
  [[nodiscard]] bool stands(const std::pair<std::uint64_t, Slot>& entry) const;
  [[nodiscard]] std::optional<std::pair<std::uint64_t, std::uint32_t>> first_of(Tenant& tenant);
  void refresh(std::uint64_t group, Tenant& tenant);
  void flight_changed(std::uint64_t group, Tenant& tenant, bool more);
  void judge(sim::Time now);
  void forget_if_idle(std::uint64_t group);

  Pool& pool_;
  std::uint32_t noisy_at_least_;
  double noisy_share_;
  std::map<std::uint64_t, Tenant> tenants_;
  std::set<std::pair<std::uint64_t, std::uint64_t>> ready_;  // rank of the first, group
  std::set<std::uint64_t> large_;  // groups with as many in flight as makes one noisy
  std::set<std::uint64_t> noisy_;
  std::size_t in_flight_ = 0;
  std::size_t busy_groups_ = 0;
};

/// R4.4.1: the messages of a group in the order in which they were sent, up to the first that can't
/// be received. R4.4.2: groups are looked for among the first messages only.
class FifoOrder final : public VisibleOrder {
 public:
  FifoOrder(Pool& pool, std::size_t window) : pool_(pool), window_(window) {}

  void entered(sim::Time now, std::uint32_t index) override;
  void shown(std::uint32_t index, Stored::State was) override;
  void left(std::uint32_t index, Stored::State was) override;
  void take(sim::Time now, std::uint32_t max, std::vector<std::uint32_t>& out) override;
  [[nodiscard]] std::size_t groups_in_flight() const override { return busy_groups_; }

 private:
  struct Group {
    std::deque<Slot> line;  // as sent; entries that have gone stand
    std::optional<std::uint64_t> ready;
    std::uint32_t in_flight = 0;
  };

  [[nodiscard]] bool stands(const Slot& slot) const {
    return pool_[slot.index].generation == slot.generation;
  }
  [[nodiscard]] std::optional<std::uint32_t> head(Group& group) const;
  void refresh(std::uint64_t key, Group& group);
  void extend_window();
  void flight_changed(Group& group, bool more);

  Pool& pool_;
  std::size_t window_;
  std::map<std::uint64_t, Group> groups_;
  std::set<std::pair<std::uint64_t, std::uint64_t>> ready_;  // rank of the head, group
  std::map<std::uint64_t, std::uint32_t> order_;             // all of the queue, by place
  std::uint64_t window_end_ = 0;                             // place behind the window
  std::size_t in_window_ = 0;
  std::size_t busy_groups_ = 0;
};

}  // namespace updraft::sqs
