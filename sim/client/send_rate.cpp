#include "sim/client/send_rate.h"

#include <algorithm>
#include <cmath>

#include "sim/random/distribution.h"
#include "sim/random/portable_math.h"

namespace updraft::sim {

namespace {

// R24.2, botocore's retries/adaptive.py, throttling.py and bucket.py.
constexpr double kScale = 0.4;
constexpr double kBeta = 0.7;
constexpr double kSmoothing = 0.8;
constexpr double kMinRate = 0.5;    // a second
constexpr double kMaxGrowth = 2.0;  // times what is measured
constexpr double kSlotsPerS = 2.0;  // the rate is measured over half seconds
constexpr double kRounding = 1e-9;  // of a token

double seconds(Time time) {
  return to_seconds(time - kStart);
}

}  // namespace

double SendRate::tokens_at(Time now) const {
  return std::min(room_, tokens_ + to_seconds(now - filled_) * rate_);
}

bool SendRate::try_send(Time now) {
  if (!limits_) {
    return true;
  }
  tokens_ = tokens_at(now);
  filled_ = now;
  if (tokens_ + kRounding < 1) {
    return false;
  }
  tokens_ = std::max(0.0, tokens_ - 1);
  return true;
}

Time SendRate::next_token(Time now) const {
  const double missing = std::max(0.0, 1 - tokens_at(now));
  return now + std::max(Duration{1}, to_duration(std::ceil(missing / rate_ * 1e9)));
}

// What was counted when a half second begins anew is the rate of the time since the last one began.
double SendRate::measure(Time now) {
  const double slot = std::floor(seconds(now) * kSlotsPerS) / kSlotsPerS;
  counted_ += 1;
  if (slot > counted_from_s_) {
    const double rate = counted_ / (slot - counted_from_s_);
    measured_ = rate * kSmoothing + measured_ * (1 - kSmoothing);
    counted_ = 0;
    counted_from_s_ = slot;
  }
  return measured_;
}

double SendRate::grown(Time now) const {
  const double since = to_seconds(now - last_throttled_) - reach_s_;
  return kScale * since * since * since + plateau_;
}

void SendRate::set_rate(Time now, double rate) {
  tokens_ = tokens_at(now);
  filled_ = now;
  rate_ = std::max(rate, kMinRate);
  room_ = std::max(rate, 1.0);
  tokens_ = std::min(tokens_, room_);
}

void SendRate::ended(Time now, bool throttled) {
  const double measured = measure(now);
  double rate = 0;
  if (throttled) {
    plateau_ = limits_ ? std::min(measured, rate_) : measured;
    reach_s_ = plateau_ > 0 ? portable::pow(plateau_ * (1 - kBeta) / kScale, 1.0 / 3) : 0;
    last_throttled_ = now;
    limits_ = true;
    rate = plateau_ * kBeta;
  } else {
    rate = grown(now);
  }
  set_rate(now, std::min(rate, kMaxGrowth * measured));
}

}  // namespace updraft::sim
