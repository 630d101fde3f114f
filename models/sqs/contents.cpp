#include "models/sqs/contents.h"

#include <algorithm>

namespace updraft::sqs {

using State = Stored::State;

namespace {
constexpr sim::Duration kLongestInFlight = std::chrono::hours{12};  // R4.2.3
constexpr std::uint32_t kReceivesToTheBack = 3;                     // R4.3.3
}  // namespace

QueueContents::QueueContents(const QueueSettings& settings) : settings_(settings) {
  if (settings.fifo) {
    order_ = std::make_unique<FifoOrder>(pool_, settings.fifo_window);
  } else {
    auto standard =
        std::make_unique<StandardOrder>(pool_, settings.noisy_at_least, settings.noisy_share);
    standard_ = standard.get();
    order_ = std::move(standard);
  }
}

std::uint64_t& QueueContents::count_of(State state) {
  SIM_CHECK(state != State::kFree);
  return state == State::kVisible    ? counts_.visible
         : state == State::kInFlight ? counts_.in_flight
                                     : counts_.delayed;
}

bool QueueContents::wakes(const Deadlines::Entry& entry) const {
  const Stored& stored = pool_[entry.index];
  return stored.wake == entry.stamp &&
         (stored.state == State::kInFlight || stored.state == State::kDelayed);
}

bool QueueContents::expires(const Deadlines::Entry& entry) const {
  return pool_[entry.index].generation == entry.stamp && pool_[entry.index].state != State::kFree;
}

void QueueContents::wake_at(std::uint32_t index, sim::Time due) {
  Stored& stored = pool_[index];
  stored.due = due;
  wakes_.push(due, index, ++stored.wake, counts_.in_flight + counts_.delayed,
              [this](const Deadlines::Entry& entry) { return wakes(entry); });
}

std::uint32_t QueueContents::take_slot() {
  if (free_.empty()) {
    pool_.emplace_back();
    return static_cast<std::uint32_t>(pool_.size() - 1);
  }
  const std::uint32_t index = free_.back();
  free_.pop_back();
  return index;
}

void QueueContents::add(sim::Time now, const Stored& stored, sim::Duration delay,
                        std::uint32_t behind) {
  const std::uint32_t index = take_slot();
  Stored& slot = pool_[index];
  const std::uint32_t generation = slot.generation;
  const std::uint32_t wake = slot.wake;
  slot = stored;
  slot.generation = generation;
  slot.wake = wake;
  slot.place = next_place_++;
  slot.rank = next_rank_++ + behind;
  slot.arrived = now;
  slot.receives = 0;
  slot.receipt = 0;
  slot.apart = behind > 0 && delay == sim::Duration{};  // not in its place in the line
  slot.state = delay > sim::Duration{} ? State::kDelayed : State::kVisible;
  ++counts_.entered;
  ++count_of(slot.state);
  if (slot.state == State::kDelayed) {
    wake_at(index, now + delay);
  }
  expiries_.push(slot.enqueued + settings_.retention, index, generation, living(),
                 [this](const Deadlines::Entry& entry) { return expires(entry); });
  oldest_.push_back({index, generation});
  order_->entered(now, index);
}

// R4.4.3
QueueContents::Sent QueueContents::send(sim::Time now, const roles::Message& message,
                                        std::uint64_t id, sim::Duration delay,
                                        std::uint32_t behind) {
  advance(now);
  if (message.size_bytes > settings_.maximum_message_size) {
    return Sent::kTooLarge;
  }
  const bool given = message.deduplication_id != 0;
  if (settings_.fifo && (given || settings_.content_based_deduplication)) {
    Deduplication::Key key;
    key.group = settings_.deduplication_by_group ? message.message_group : 0;
    key.id = given ? message.deduplication_id : message.ordinal;
    if (!given) {
      auto known = std::find(sources_.begin(), sources_.end(), message.source);
      if (known == sources_.end()) {
        known = sources_.insert(sources_.end(), message.source);
      }
      key.source = static_cast<std::uint32_t>(known - sources_.begin()) + 1;
    }
    if (!deduplication_.admit(now, key)) {
      ++counts_.deduplicated;
      return Sent::kDuplicate;
    }
  }
  Stored stored;
  stored.message = message;
  stored.id = id;
  stored.enqueued = now;
  add(now, stored, delay, behind);
  return Sent::kAdded;
}

// R4.3.2: a standard queue keeps the time at which it was first sent, a FIFO queue begins anew.
void QueueContents::take_over(sim::Time now, const Stored& stored) {
  advance(now);
  Stored moved = stored;
  if (settings_.fifo) {
    moved.enqueued = now;
  }
  add(now, moved, {});
}

void QueueContents::leave(std::uint32_t index) {
  Stored& stored = pool_[index];
  const State was = stored.state;
  --count_of(was);
  stored.state = State::kFree;
  ++stored.generation;
  order_->left(index, was);
  free_.push_back(index);
}

void QueueContents::come_back(sim::Time /*now*/, std::uint32_t index) {
  Stored& stored = pool_[index];
  const State was = stored.state;
  --count_of(was);
  ++counts_.visible;
  stored.state = State::kVisible;
  counts_.returned += was == State::kInFlight ? 1 : 0;
  if (was == State::kInFlight && (settings_.fifo || stored.receives >= kReceivesToTheBack)) {
    stored.rank = next_rank_++;  // R4.3.3 of standard queues; a FIFO group goes behind the others
  }
  order_->shown(index, was);
}

void QueueContents::advance(sim::Time now) {
  const auto woken = [this](const Deadlines::Entry& entry) { return wakes(entry); };
  for (const auto* entry = wakes_.first(woken); entry != nullptr && entry->at <= now;
       entry = wakes_.first(woken)) {
    const std::uint32_t index = entry->index;
    wakes_.pop();
    come_back(now, index);
  }
  const auto expiring = [this](const Deadlines::Entry& entry) { return expires(entry); };
  for (const auto* entry = expiries_.first(expiring); entry != nullptr && entry->at <= now;
       entry = expiries_.first(expiring)) {
    const std::uint32_t index = entry->index;
    expiries_.pop();
    ++counts_.expired;
    leave(index);
  }
}

sim::Time QueueContents::next_due() {
  const auto* wake = wakes_.first([this](const Deadlines::Entry& entry) { return wakes(entry); });
  const auto* expiry =
      expiries_.first([this](const Deadlines::Entry& entry) { return expires(entry); });
  return std::min(wake == nullptr ? sim::kNever : wake->at,
                  expiry == nullptr ? sim::kNever : expiry->at);
}

roles::ReceivedMessage QueueContents::received(const Stored& stored, std::uint32_t index) {
  return {.message = stored.message,
          .receipt = {index, stored.generation, stored.receipt},
          .id = stored.id,
          .receive_count = stored.receives,
          .sent = stored.enqueued,
          .visible_again = stored.due};
}

// sqs.receive_request_attempt_id. Only what is as that receive has left it, all of it.
bool QueueContents::receive_again(sim::Time now, const ReceiveRequest& request,
                                  std::vector<roles::ReceivedMessage>& out) {
  std::vector<ReceiveAttempts::Taken>* taken = attempts_.find(now, request.attempt_id);
  if (taken == nullptr) {
    return false;
  }
  for (const ReceiveAttempts::Taken& each : *taken) {
    const bool same = is_current(each.receipt) &&
                      pool_[each.receipt.index].state == State::kInFlight &&
                      pool_[each.receipt.index].receipt == each.receipt.receive &&
                      pool_[each.receipt.index].due == each.due;
    if (!same) {
      attempts_.forget(request.attempt_id);
      return false;
    }
  }
  for (ReceiveAttempts::Taken& each : *taken) {
    const std::uint32_t index = each.receipt.index;
    wake_at(index, now + request.visibility_timeout);
    each.due = pool_[index].due;
    out.push_back(received(pool_[index], index));
  }
  return true;
}

void QueueContents::keep_attempt(sim::Time now, const ReceiveRequest& request,
                                 const std::vector<roles::ReceivedMessage>& out, std::size_t from) {
  std::vector<ReceiveAttempts::Taken> taken;
  for (std::size_t i = from; i < out.size(); ++i) {
    taken.push_back({out[i].receipt, out[i].visible_again});
  }
  attempts_.keep(now, request.attempt_id, std::move(taken));
}

// R4.2.2, R4.3.1
QueueContents::Received QueueContents::receive(sim::Time now, const ReceiveRequest& request,
                                               std::vector<roles::ReceivedMessage>& out,
                                               std::vector<Stored>& dead) {
  advance(now);
  const bool repeatable =
      settings_.fifo && request.attempt_id != 0 && request.visibility_timeout > sim::Duration{};
  if (repeatable && receive_again(now, request, out)) {
    return Received::kOk;
  }
  if (counts_.in_flight >= settings_.in_flight_limit) {  // R4.2.4
    return Received::kOverLimit;
  }
  const auto room = static_cast<std::uint32_t>(
      std::min<std::uint64_t>(request.max, settings_.in_flight_limit - counts_.in_flight));
  const std::size_t before = out.size();
  while (out.size() - before < room) {
    taken_.clear();
    order_->take(now, room - static_cast<std::uint32_t>(out.size() - before), taken_);
    if (taken_.empty()) {
      break;
    }
    for (const std::uint32_t index : taken_) {
      --counts_.visible;
      ++counts_.in_flight;
      Stored& stored = pool_[index];
      if (settings_.max_receive_count && stored.receives >= *settings_.max_receive_count) {
        dead.push_back(stored);
        ++counts_.moved;
        leave(index);
        continue;
      }
      ++stored.receives;
      stored.receipt = next_receipt_++;
      stored.received = now;
      stored.due = now + request.visibility_timeout;
      out.push_back(received(stored, index));
    }
  }
  for (std::size_t i = before; i < out.size(); ++i) {
    const std::uint32_t index = out[i].receipt.index;
    if (request.visibility_timeout > sim::Duration{}) {
      wake_at(index, pool_[index].due);
    } else {
      come_back(now, index);
    }
  }
  if (repeatable && out.size() > before) {
    keep_attempt(now, request, out, before);
  }
  return Received::kOk;
}

bool QueueContents::is_current(const roles::Receipt& receipt) const {
  return receipt.index < pool_.size() && pool_[receipt.index].generation == receipt.generation &&
         pool_[receipt.index].state != State::kFree;
}

void QueueContents::show_again(sim::Time now, const roles::Receipt& receipt) {
  if (is_current(receipt) && pool_[receipt.index].state == State::kInFlight) {
    come_back(now, receipt.index);
  }
}

QueueContents::Changed QueueContents::remove(sim::Time now, const roles::Receipt& receipt) {
  advance(now);
  if (!is_current(receipt)) {
    return Changed::kOk;  // deleted before
  }
  const Stored& stored = pool_[receipt.index];
  // R4.4.5: FIFO by the receipt of the receive that still hides it; a standard queue takes any.
  if (settings_.fifo && (stored.state != State::kInFlight || stored.receipt != receipt.receive)) {
    return Changed::kExpired;
  }
  ++counts_.deleted;
  leave(receipt.index);
  return Changed::kOk;
}

QueueContents::Changed QueueContents::change_visibility(sim::Time now,
                                                        const roles::Receipt& receipt,
                                                        sim::Duration timeout) {
  advance(now);
  if (!is_current(receipt)) {
    return Changed::kNotInFlight;
  }
  const Stored& stored = pool_[receipt.index];
  if (stored.state != State::kInFlight || stored.receipt != receipt.receive) {
    return Changed::kNotInFlight;
  }
  if (now + timeout > stored.received + kLongestInFlight) {  // R4.2.3
    return Changed::kExpired;
  }
  if (timeout > sim::Duration{}) {
    wake_at(receipt.index, now + timeout);
  } else {
    come_back(now, receipt.index);
  }
  return Changed::kOk;
}

void QueueContents::purge(sim::Time now) {
  advance(now);
  for (std::uint32_t index = 0; index < pool_.size(); ++index) {
    if (pool_[index].state != State::kFree) {
      ++counts_.deleted;
      leave(index);
    }
  }
}

std::optional<Stored> QueueContents::move_first(sim::Time now) {
  advance(now);
  taken_.clear();
  order_->take(now, 1, taken_);
  if (taken_.empty()) {
    return std::nullopt;
  }
  const std::uint32_t index = taken_.front();
  --counts_.visible;
  ++counts_.in_flight;
  Stored stored = pool_[index];
  ++counts_.moved;
  leave(index);
  return stored;
}

void QueueContents::set_delay(sim::Time now, sim::Duration delay) {
  advance(now);
  if (settings_.fifo) {
    for (std::uint32_t index = 0; index < pool_.size(); ++index) {
      if (pool_[index].state == State::kDelayed) {
        wake_at(index, std::max(now, pool_[index].arrived + delay));
      }
    }
    advance(now);
  }
  settings_.delay = delay;
}

// R4.3.3: what was received three times and more does not count in a standard queue.
std::optional<sim::Duration> QueueContents::age_of_oldest(sim::Time now) {
  const auto gone = [this](const Slot& slot) {
    return pool_[slot.index].generation != slot.generation;
  };
  while (!oldest_.empty() && gone(oldest_.front())) {
    oldest_.pop_front();
  }
  if (oldest_.size() > 64 && oldest_.size() > 2 * living()) {
    std::erase_if(oldest_, gone);
  }
  for (const Slot& slot : oldest_) {
    if (!gone(slot) && (settings_.fifo || pool_[slot.index].receives < kReceivesToTheBack)) {
      return now - pool_[slot.index].arrived;
    }
  }
  return std::nullopt;
}

}  // namespace updraft::sqs
