// A function: what its versions share. Concurrency, limits, asynchronous events, metrics, the bill.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/lambda/account.h"
#include "models/lambda/async_queue.h"
#include "models/lambda/lambda.pb.h"
#include "models/lambda/version.h"
#include "models/roles/invocable.h"
#include "models/roles/messages.h"
#include "models/roles/metered.h"
#include "models/roles/metric_source.h"
#include "models/roles/named_target.h"
#include "sim/build/world.h"
#include "sim/metrics/instruments.h"

namespace updraft::lambda {

/// Lambda.recursion: functions that a chain of requests may pass through.
inline constexpr std::uint32_t kMostHops = 16;

class Function final : public sim::Component,
                       public sim::Resource,
                       public roles::Invocable,
                       public roles::NamedTarget,
                       public roles::MessageSink,
                       public roles::MetricSource,
                       public roles::Metered {
 public:
  Function(const sim::Birth& birth, const FunctionParams& params);
  void set_initial(const FunctionInitial& initial) { idle_at_start_ = initial.environments(); }

  void bind(sim::World& world) override;
  void operate(sim::Context& ctx, const google::protobuf::Message& operation,
               sim::DecisionId caused_by) override;
  void on_start(sim::Context& ctx) override;
  void on_arrival(sim::Context& ctx, sim::FrameHandle frame) override;
  void report(sim::Context& ctx, sim::Report& report) override;
  void on_roll_up(sim::Context& ctx, sim::Time period_start, sim::Time period_end) override;

  [[nodiscard]] sim::ComponentId component() const override { return id(); }
  [[nodiscard]] sim::Duration timeout() const override { return timeout_; }
  void add_batch_source(const roles::BatchSource& source, sim::ComponentId caller) override;
  [[nodiscard]] std::vector<sim::ZoneId> zones() const override { return zones_; }
  sim::Status deliver(sim::Context& ctx, const roles::Message& message,
                      sim::DecisionId caused_by) override;
  [[nodiscard]] std::optional<sim::MetricId> metric(std::string_view name) const override;
  [[nodiscard]] std::vector<roles::Usage> usage(sim::Time now) const override;

  // --- for versions and aliases
  // ---------------------------------------------------------------------------
  [[nodiscard]] const FunctionParams& params() const { return params_; }
  [[nodiscard]] AsyncQueue& events() { return *events_; }
  void add_version(Version& version) { versions_.push_back(&version); }
  /// A call has arrived at `self`, for that version: now, or as an event.
  void arrive(sim::Context& ctx, sim::FrameHandle frame, Version& version);

  /// What a request says of itself to the draws: distinct for the requests of distinct sources.
  [[nodiscard]] CodeDraws::Key key_of(const sim::Request& request);
  /// Whether the batch of that request, if it is one, makes the function fail.
  [[nodiscard]] bool batch_fails(const sim::Request& request) const;
  /// R5.2.1, Lambda.recursion: whether the request is no invocation at all.
  [[nodiscard]] bool refuses(sim::Context& ctx, const sim::Request& request);
  /// An invocation wants to run outside of provisioned concurrency. False: throttled, and why is
  /// recorded.
  [[nodiscard]] bool enter(sim::Context& ctx, sim::FrameHandle frame);
  /// R5.1.3: it needs a new environment. False: throttled, and what enter() took is given back.
  [[nodiscard]] bool may_create(sim::Context& ctx);
  /// R5.1.6: the provisioned concurrency of all versions is to grow or shrink.
  Change provision(sim::Time now, std::int64_t step);

  struct Ended {
    sim::Duration duration{};
    sim::Duration billed{};
    bool failed = false;
    bool provisioned = false;
  };
  void invocation_began(sim::Context& ctx, bool provisioned, bool cold, bool spilled);
  void invocation_ended(sim::Context& ctx, const Ended& ended);
  void environments_changed(sim::Time now);
  void init_billed(sim::Duration init, bool provisioned);
  void lost_event() { dropped_.add(); }
  [[nodiscard]] bool reserves_nothing() const;
  /// Whether some version of it has provisioned concurrency, allocated or not.
  [[nodiscard]] bool has_provisioned() const;

 private:
  friend class AsyncQueue;
  enum class Limit : std::uint8_t { kReserved, kAccount, kRequestRate, kScalingRate };
  void throttle(sim::Context& ctx, Limit limit);
  [[nodiscard]] bool take_request(sim::Time now);
  [[nodiscard]] common::TokenBucket& request_bucket();
  void reserve(sim::Context& ctx, std::optional<std::uint32_t> wanted, sim::DecisionId caused_by);
  void publish(sim::Context& ctx, const char* name, sim::Time start, const sim::StatisticSet& set);
  [[nodiscard]] std::uint32_t provisioned() const;

  FunctionParams params_;
  sim::Duration timeout_;
  std::uint32_t idle_at_start_ = 0;
  std::vector<sim::ZoneId> zones_;
  std::shared_ptr<SharedLimits> own_limits_;  // of the first function, where no account is named
  std::shared_ptr<SharedLimits> limits_;
  FunctionId ledger_id_{};
  common::TokenBucket scaling_;
  common::TokenBucket own_requests_;  // with reserved concurrency
  Version* latest_ = nullptr;         // the unpublished one
  std::vector<Version*> versions_;
  AsyncQueue* events_ = nullptr;
  std::vector<const sim::WorkSource*> sources_;  // of requests, in the order in which they came
  std::vector<const roles::BatchSource*> batch_sources_;
  std::vector<sim::ComponentId> own_callers_;  // who waits for the answer, whatever the type

  sim::Counter invocations_;
  sim::Counter errors_{sim::EmptyPeriod::kZero};
  sim::Counter throttles_{sim::EmptyPeriod::kZero};
  sim::Samples durations_;
  sim::Gauge running_{sim::kStart};
  sim::Gauge provisioned_running_{sim::kStart};
  sim::Gauge environments_{sim::kStart};
  sim::Counter on_provisioned_;
  sim::Counter spilled_{sim::EmptyPeriod::kZero};
  sim::Counter received_;
  sim::Samples ages_;
  sim::Counter dropped_;
  sim::Counter dead_letter_errors_;
  sim::Counter destination_failures_;
  sim::Counter recursions_;
  sim::Counter cold_starts_{sim::EmptyPeriod::kZero};
  std::uint64_t billed_ms_ = 0;  // times the memory is what is paid for
  std::uint64_t provisioned_billed_ms_ = 0;
  std::map<std::string, sim::MetricId, std::less<>> metrics_;
};

}  // namespace updraft::lambda
