// What all functions of an account share in a Region: concurrency, the burst of older rules, and
// requests a second.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>

#include "models/common/token_bucket.h"
#include "models/lambda/concurrency.h"
#include "models/lambda/lambda.pb.h"
#include "models/roles/metric_source.h"
#include "sim/build/resource.h"
#include "sim/engine/component.h"
#include "sim/metrics/instruments.h"

namespace updraft::lambda {

/// R5.1.3, before December 2023: of an account whose scenario says nothing, as in us-east-1.
inline constexpr std::uint32_t kBurstConcurrency = 3000;

/// R5.1.4: so many requests a second for each unit of concurrency.
inline common::TokenBucket::Rate request_rate(std::uint32_t concurrency) {
  const std::int64_t rate = std::int64_t{10} * concurrency;
  return {.capacity = rate, .refill = rate, .per = std::chrono::seconds{1}};
}

class SharedLimits {
 public:
  SharedLimits(std::uint32_t concurrency, std::uint32_t burst)
      : ledger_(concurrency),
        // R5.1.3: +500 a minute
        burst_({.capacity = burst, .refill = 500, .per = std::chrono::minutes{1}}),
        requests_(request_rate(concurrency)) {}

  [[nodiscard]] ConcurrencyLedger& ledger() { return ledger_; }
  [[nodiscard]] const ConcurrencyLedger& ledger() const { return ledger_; }
  [[nodiscard]] common::TokenBucket& burst() { return burst_; }
  [[nodiscard]] common::TokenBucket& requests() { return requests_; }
  /// Reservations have changed: the others share another rate of requests.
  void reservations_changed(sim::Time now) {
    requests_.set(now, request_rate(ledger_.unreserved()));
  }

  void count(sim::Time now, double step, bool reserved) {
    running_.add(now, step);
    if (!reserved) {
      unreserved_running_.add(now, step);
    }
  }
  /// So many of those that run belong to a function that reserves from now on, or no longer does.
  void move(sim::Time now, double running, bool reserved) {
    unreserved_running_.add(now, reserved ? -running : running);
  }
  [[nodiscard]] sim::Gauge& running() { return running_; }
  [[nodiscard]] sim::Gauge& unreserved_running() { return unreserved_running_; }

 private:
  ConcurrencyLedger ledger_;
  common::TokenBucket burst_;
  common::TokenBucket requests_;
  sim::Gauge running_{sim::kStart};
  sim::Gauge unreserved_running_{sim::kStart};
};

class Account final : public sim::Component, public sim::Resource, public roles::MetricSource {
 public:
  Account(const sim::Birth& birth, const LambdaAccountParams& params)
      : Component(birth),
        limits_(std::make_shared<SharedLimits>(params.concurrent_executions(),
                                               params.burst_concurrency())) {}
  void on_start(sim::Context& ctx) override;
  void on_roll_up(sim::Context& ctx, sim::Time period_start, sim::Time period_end) override;
  [[nodiscard]] std::optional<sim::MetricId> metric(std::string_view name) const override;
  [[nodiscard]] const std::shared_ptr<SharedLimits>& limits() const { return limits_; }

 private:
  std::shared_ptr<SharedLimits> limits_;
  sim::MetricId running_metric_{};
  sim::MetricId unreserved_metric_{};
};

}  // namespace updraft::lambda
