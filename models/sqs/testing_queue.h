// A queue without engine for tests: names for messages, and receives written as text.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "models/sqs/contents.h"

namespace updraft::sqs::testing {

using namespace std::chrono_literals;

inline sim::Time at(sim::Duration since_start) {
  return sim::kStart + since_start;
}

class NamedQueue {
 public:
  explicit NamedQueue(const QueueSettings& settings, sim::Duration visibility_timeout = 30s)
      : contents_(settings), visibility_timeout_(visibility_timeout) {}

  /// "g1-m2" is of the group g1; a name without a dash has no group. The content is the name.
  QueueContents::Sent send(sim::Duration when, const std::string& name,
                           std::uint64_t deduplication_id = 0) {
    return send_delayed(when, name, contents_.settings().delay, deduplication_id);
  }
  QueueContents::Sent send_delayed(sim::Duration when, const std::string& name, sim::Duration delay,
                                   std::uint64_t deduplication_id = 0) {
    roles::Message message;
    message.message_group = group_of(name);
    message.ordinal = number_of(name);
    message.deduplication_id = deduplication_id;
    message.size_bytes = 5;
    return contents_.send(at(when), message, next_id_++, delay);
  }
  /// Names of what is received, in order, with blanks between.
  std::string receive(sim::Duration when, std::uint32_t max = 1) {
    return receive(when, max, visibility_timeout_);
  }
  std::string receive(sim::Duration when, std::uint32_t max, sim::Duration timeout,
                      std::uint64_t attempt_id = 0) {
    received_.clear();
    over_limit_ =
        contents_.receive(at(when),
                          {.max = max, .visibility_timeout = timeout, .attempt_id = attempt_id},
                          received_, dead_) == QueueContents::Received::kOverLimit;
    std::string names;
    for (const roles::ReceivedMessage& message : received_) {
      const std::string& name = names_[message.message.ordinal];
      names += (names.empty() ? "" : " ") + name;
      receipts_[name] = message.receipt;
    }
    return names;
  }
  QueueContents::Changed remove(sim::Duration when, const std::string& name) {
    return contents_.remove(at(when), receipts_.at(name));
  }
  QueueContents::Changed change(sim::Duration when, const std::string& name, sim::Duration to) {
    return contents_.change_visibility(at(when), receipts_.at(name), to);
  }
  /// visible/in flight/delayed
  std::string state(sim::Duration when) {
    contents_.advance(at(when));
    const QueueCounts& counts = contents_.counts();
    return std::to_string(counts.visible) + "/" + std::to_string(counts.in_flight) + "/" +
           std::to_string(counts.delayed);
  }
  [[nodiscard]] bool over_limit() const { return over_limit_; }
  [[nodiscard]] QueueContents& contents() { return contents_; }
  [[nodiscard]] const std::vector<roles::ReceivedMessage>& received() const { return received_; }
  [[nodiscard]] std::vector<Stored>& dead() { return dead_; }
  [[nodiscard]] roles::Receipt receipt(const std::string& name) const { return receipts_.at(name); }

 private:
  std::uint64_t number_of(const std::string& name) {
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (names_[i] == name) {
        return i;
      }
    }
    names_.push_back(name);
    return names_.size() - 1;
  }
  std::uint64_t group_of(const std::string& name) {
    const std::size_t dash = name.find('-');
    if (dash == std::string::npos) {
      return 0;
    }
    return groups_.emplace(name.substr(0, dash), groups_.size() + 1).first->second;
  }

  QueueContents contents_;
  sim::Duration visibility_timeout_;
  std::vector<std::string> names_;
  std::map<std::string, std::uint64_t> groups_;
  std::map<std::string, roles::Receipt> receipts_;
  std::vector<roles::ReceivedMessage> received_;
  std::vector<Stored> dead_;
  std::uint64_t next_id_ = 0;
  bool over_limit_ = false;
};

}  // namespace updraft::sqs::testing
