// A topic in the simulation: it takes requests as messages, copies them to its subscriptions, tries
// again what failed, and counts.
//
// Each copy is delivered, waits for a delivery, or was given up: then it is in the subscription's
// dead-letter queue or dropped. A copy for an http endpoint is a request of the topic's own.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/common/token_bucket.h"
#include "models/roles/messages.h"
#include "models/roles/metered.h"
#include "models/roles/metric_source.h"
#include "models/sns/delivery_policy.h"
#include "models/sns/filter_policy.h"
#include "models/sns/sns.pb.h"
#include "sim/build/resource.h"
#include "sim/engine/model.h"
#include "sim/metrics/instruments.h"

namespace updraft::sns {

/// A copy is due to be delivered.
struct Attempt {
  static constexpr sim::Phase kPhase = sim::Phase::kArrivals;
  std::uint32_t copy;
  std::uint32_t generation;
};

/// copied = filtered + delivered + dead + dropped + pending.
struct TopicCounts {
  std::uint64_t published = 0;
  std::uint64_t deduplicated = 0;
  std::uint64_t copied = 0;  // published, times the subscriptions
  std::uint64_t filtered = 0;
  std::uint64_t delivered = 0;
  std::uint64_t dead = 0;     // in a dead-letter queue
  std::uint64_t dropped = 0;  // given up, and in none
  std::uint64_t pending = 0;
};

[[nodiscard]] constexpr bool is_http(Protocol protocol) {
  return protocol == HTTP || protocol == HTTPS;
}
/// The phases that a subscription's own parameters mean.
[[nodiscard]] DeliveryPolicy policy_of(const HttpDeliveryPolicy& params);
[[nodiscard]] std::vector<FilterKey> filter_of(const Subscription& params);

class Topic final : public sim::Model<Topic, Attempt>,
                    public sim::Resource,
                    public roles::MessageSink,
                    public roles::MetricSource,
                    public roles::Metered {
 public:
  Topic(const sim::Birth& birth, const TopicParams& params);

  void bind(sim::World& world) override;
  void on_start(sim::Context& ctx) override;
  void on_arrival(sim::Context& ctx, sim::FrameHandle frame) override;
  void on_reply(sim::Context& ctx, sim::FrameHandle frame) override;
  void on_timeout(sim::Context& ctx, sim::FrameHandle frame) override;
  void on_roll_up(sim::Context& ctx, sim::Time period_start, sim::Time period_end) override;
  void on(sim::Context& ctx, const Attempt& message);

  sim::Status deliver(sim::Context& ctx, const roles::Message& message,
                      sim::DecisionId caused_by) override;
  [[nodiscard]] std::optional<sim::MetricId> metric(std::string_view name) const override;
  [[nodiscard]] std::vector<roles::Usage> usage(sim::Time now) const override;
  [[nodiscard]] const TopicCounts& counts() const { return counts_; }

 private:
  struct Subscriber {
    std::string name;
    std::string endpoint;
    std::vector<FilterKey> filter;
    DeliveryPolicy policy;
    roles::MessageSink* sink = nullptr;  // null: http
    sim::ComponentId http;
    sim::TimerLane timeout;
    sim::Duration gap{};  // between two deliveries at least; 0: none
    sim::Time next_slot = sim::kStart;
    bool keeps_group = true;
    std::string dead_letters_name;
    roles::MessageSink* dead_letters = nullptr;
  };
  struct Copy {
    roles::Message message;
    std::uint32_t subscriber = 0;
    std::uint32_t generation = 0;
    std::uint64_t attempts = 0;
    bool has_slot = false;
  };
  using Line = std::pair<std::uint32_t, std::uint64_t>;  // subscriber, message group
  // What a deduplication id is known by: whose it is (0: a sender's own), the id, the group.
  using Known = std::pair<std::pair<std::uint64_t, std::uint64_t>, std::uint64_t>;

  sim::Status publish(sim::Context& ctx, const roles::Message& message);
  bool take_quota(sim::Context& ctx);
  bool is_new(sim::Time now, const roles::Message& message);
  void copy_to(sim::Context& ctx, std::uint32_t subscriber, const roles::Message& message);
  bool wait_for_slot(sim::Context& ctx, Copy& copy, const Attempt& message);
  void settle(sim::Context& ctx, std::uint32_t index, sim::Status status);
  [[nodiscard]] double jitter(const Copy& copy) const;
  void give_up(sim::Context& ctx, const Copy& copy, sim::Status status);
  void finish(sim::Context& ctx, std::uint32_t index);

  TopicParams params_;
  std::vector<Subscriber> subscribers_;  // in order of names
  sim::StreamKey jitter_stream_;
  std::vector<Copy> copies_;
  std::vector<std::uint32_t> free_copies_;
  std::map<Line, std::deque<std::uint32_t>> lines_;  // FIFO: the first is being delivered

  common::TokenBucket quota_;
  std::map<Known, sim::Time> known_;
  std::deque<std::pair<sim::Time, Known>> known_order_;
  std::vector<const sim::WorkSource*> sources_;

  TopicCounts counts_;
  std::uint64_t requests_ = 0;       // that are paid for
  std::uint64_t http_requests_ = 0;  // likewise
  sim::Counter published_;
  sim::Counter delivered_;
  sim::Counter failed_;
  sim::Counter filtered_;
  sim::Counter redriven_;
  sim::Counter not_redriven_;
  sim::Samples sizes_;
  std::map<std::string, sim::MetricId, std::less<>> metrics_;
};

}  // namespace updraft::sns
