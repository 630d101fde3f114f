// How many batches the pollers of a mapping handle at a time, what becomes of a batch's messages,
// and how what was received is divided into batches: the rules of R5.3 alone.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "models/roles/messages.h"

namespace updraft::lambda {

struct PollerRules {
  std::uint32_t start = 5;
  std::uint32_t least = 2;  // when nothing comes for long
  std::uint32_t added_per_minute = 300;
  std::uint32_t most = 1250;
};

/// R5.3.1, R5.3.2: looked at once a minute.
class PollerScaling {
 public:
  explicit PollerScaling(const PollerRules& rules) : rules_(rules), allowed_(rules.start) {}

  enum class Minute : std::uint8_t {
    kBusy,      // no poller was waiting for messages
    kCalm,      // some were
    kQuiet,     // nothing came and nothing runs
    kThrottled  // the function refused some
  };
  void minute_over(Minute minute) {
    if (minute == Minute::kQuiet) {
      allowed_ = allowed_ > rules_.start ? rules_.start : rules_.least;
    } else if (minute == Minute::kBusy) {
      allowed_ = allowed_ < rules_.start
                     ? rules_.start
                     : std::min(rules_.most, allowed_ + rules_.added_per_minute);
    }
  }
  /// Batches at a time.
  [[nodiscard]] std::uint32_t allowed() const { return allowed_; }

 private:
  PollerRules rules_;
  std::uint32_t allowed_;
};

/// What a function answers about a batch.
struct BatchAnswer {
  bool error = false;
  bool reports = false;  // ReportBatchItemFailures
  /// Places in the batch that it names as failed; an item that means none of them is nullopt.
  std::vector<std::optional<std::size_t>> failures;
};

/// R5.3.4: which messages of a batch of that size are deleted.
inline std::vector<bool> processed_of(const BatchAnswer& answer, std::size_t size, bool fifo) {
  if (answer.error) {
    return std::vector<bool>(size, false);
  }
  std::vector<bool> processed(size, true);
  if (!answer.reports) {
    return processed;
  }
  for (const std::optional<std::size_t>& failure : answer.failures) {
    if (!failure || *failure >= size) {
      return std::vector<bool>(size, false);
    }
    processed[*failure] = false;
  }
  if (fifo) {  // nothing may overtake what has failed
    std::fill(std::find(processed.begin(), processed.end(), false), processed.end(), false);
  }
  return processed;
}

/// R5.3.3: bytes of an invocation.
inline constexpr std::int64_t kMostBytesOfBatch = std::int64_t{6} * 1024 * 1024;

using MessageBatch = std::vector<roles::ReceivedMessage>;

/// R5.3.3, R5.3.6: batches of what was received, each small enough and, on a FIFO queue, of one
/// group. What a FIFO queue's batch has no room for comes back in its order.
struct Divided {
  std::vector<MessageBatch> batches;
  MessageBatch left;
};
inline Divided divide(std::span<const roles::ReceivedMessage> received, bool fifo) {
  Divided divided;
  std::vector<std::int64_t> bytes;
  std::map<std::uint64_t, std::size_t> open;  // batch of a group
  std::map<std::uint64_t, bool> full;
  for (const roles::ReceivedMessage& one : received) {
    const std::uint64_t group = fifo ? one.message.message_group : 0;
    const auto [found, fresh] = open.try_emplace(group, divided.batches.size());
    const bool fits = !fresh && bytes[found->second] + one.message.size_bytes <= kMostBytesOfBatch;
    if (!fresh && !fits && fifo) {
      full[group] = true;
    }
    if (full.count(group) > 0) {
      divided.left.push_back(one);
      continue;
    }
    if (!fits) {
      found->second = divided.batches.size();
      divided.batches.emplace_back();
      bytes.push_back(0);
    }
    divided.batches[found->second].push_back(one);
    bytes[found->second] += one.message.size_bytes;
  }
  return divided;
}

}  // namespace updraft::lambda
