// The rate at which an SDK in mode adaptive sends (R24.2): a bucket of tokens whose rate falls with
// each throttling and grows again along a cubic curve, as TCP's CUBIC does.
//
// A pure state: who asks brings the time and waits. Until the first throttling nothing is limited.
//
//   SendRate rate;
//   if (rate.try_send(now)) { ...; rate.ended(now, status == Status::kThrottled); }
//   else { ... ask again at rate.next_token(now) ... }
#pragma once

#include "sim/core/time.h"

namespace updraft::sim {

class SendRate {
 public:
  /// Takes a token, where tokens are needed.
  [[nodiscard]] bool try_send(Time now);
  /// When the next token is there if nobody takes one and the rate stays as it is; later than now.
  [[nodiscard]] Time next_token(Time now) const;
  /// An attempt has ended, in whatever way.
  void ended(Time now, bool throttled);

  [[nodiscard]] bool limits() const { return limits_; }
  /// Attempts a second that may be sent; it means something when it limits.
  [[nodiscard]] double per_second() const { return rate_; }

 private:
  [[nodiscard]] double measure(Time now);
  [[nodiscard]] double grown(Time now) const;
  [[nodiscard]] double tokens_at(Time now) const;
  void set_rate(Time now, double rate);

  bool limits_ = false;
  // The bucket.
  double rate_ = 1;
  double room_ = 1;
  double tokens_ = 0;
  Time filled_ = kStart;
  // Attempts a second, smoothed over half seconds.
  double measured_ = 0;
  double counted_ = 0;
  double counted_from_s_ = 0;
  // The curve.
  double plateau_ = 0;  // the rate at the last throttling
  double reach_s_ = 0;  // how long after it the curve is there again
  Time last_throttled_ = kStart;
};

}  // namespace updraft::sim
