// How an instance lives on its CPU credits: when they are counted, and what speed that leaves it.
//
// Nothing is done for a request. An event comes due when the credits would be used up with every
// vCPU busy: it settles what was really used, and either sets the next one or lets the CPU fall to
// its baseline. So the moment is exact under full load, and at most kFinest late otherwise.
#include <algorithm>

#include "models/ec2/instance.h"

namespace updraft::ec2 {

using roles::InstanceState;
using sim::Context;

namespace {

constexpr sim::Duration kFinest = std::chrono::seconds{1};  // ASSUMED: of the fall to the baseline
constexpr sim::Duration kRecovery = std::chrono::minutes{1};  // ASSUMED: credits back, looked for
// Share of a minute's earnings that has to be there before the CPU is free again (ASSUMED).
constexpr double kRecovered = 0.1;

}  // namespace

void Instance::begin_credits(Context& ctx, sim::Duration stopped_for) {
  if (!credits_) {
    return;
  }
  credits_->start(stopped_for, launch_credits_left_);
  if (options_.standing && starts_ == 0) {
    credits_->grant(settings_.standing_credits);
  }
  credits_settled_ = ctx.now();
  credits_busy_ns_ = busy_vcpu_ns(ctx.now());
  watch_credits(ctx);
}

void Instance::end_credits(Context& ctx) {
  if (!credits_ || state_ != InstanceState::kRunning) {
    return;
  }
  settle_credits(ctx.now());
  credits_->stop();  // R1.3.7
  throttle(ctx, false);
  cancel(ctx, credits_event_);
}

void Instance::settle_credits(sim::Time now) {
  if (state_ != InstanceState::kRunning || now == credits_settled_) {
    return;
  }
  const std::uint64_t busy = busy_vcpu_ns(now);
  credits_->settle(now - credits_settled_, static_cast<double>(busy - credits_busy_ns_));
  credits_settled_ = now;
  credits_busy_ns_ = busy;
}

// R1.3.6. AWS says that the CPU falls gradually; here it falls at once.
void Instance::watch_credits(Context& ctx) {
  if (credits_->terms().mode == CreditMode::kUnlimited) {
    return;
  }
  const double recovered = kRecovered * credits_per_hour(credits_->terms()) / 60.0;
  if (credits_->exhausted()) {
    throttle(ctx, true);
  } else if (throttled_ && credits_->balance() >= recovered) {
    throttle(ctx, false);
  }
  const sim::Duration next =
      throttled_ ? kRecovery : std::max(kFinest, credits_->shortest_time_to_exhaustion());
  credits_event_ = after(ctx, next, CreditsDue{});
}

void Instance::set_credit_mode(Context& ctx, CreditMode mode) {
  Context own = ctx.as(*this);
  settle_credits(own.now());
  credits_->set_mode(mode);
  if (state_ != InstanceState::kRunning) {
    return;
  }
  cancel(own, credits_event_);
  if (mode == CreditMode::kUnlimited) {
    throttle(own, false);
  }
  watch_credits(own);
}

void Instance::on(Context& ctx, const CreditsDue& /*message*/) {
  credits_event_ = {};
  settle_credits(ctx.now());
  watch_credits(ctx);
}

void Instance::throttle(Context& ctx, bool on) {
  if (on == throttled_) {
    return;
  }
  const std::uint64_t busy = cpu_.busy_server_ns(ctx.now());
  if (on) {
    throttled_busy_ns_ = busy;
  } else {
    unused_ns_ += unused_since_throttled(busy);
  }
  throttled_ = on;
  apply_speed(ctx);
  listener_.throttled(ctx, *this, on);
}

}  // namespace updraft::ec2
