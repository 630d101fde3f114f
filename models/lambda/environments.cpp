#include "models/lambda/environments.h"

#include "sim/core/check.h"

namespace updraft::lambda {

std::uint32_t EnvironmentPool::create(sim::Time ends_at) {
  std::uint32_t place = 0;
  if (free_.empty()) {
    place = static_cast<std::uint32_t>(environments_.size());
    environments_.emplace_back();
  } else {
    place = free_.back();
    free_.pop_back();
  }
  Environment& environment = environments_[place];
  environment = {};
  environment.ordinal = next_ordinal_++;
  environment.ends_at = ends_at;
  environment.alive = true;
  ++alive_;
  return place;
}

// R5.5.3
std::uint32_t EnvironmentPool::next_place() const {
  switch (rules_.reuse) {
    case Reuse::kMostRecentlyUsed:
      return newest_idle_;
    case Reuse::kLeastRecentlyUsed:
      return longest_idle_;
    case Reuse::kNewest:
      return idle_by_age_.empty() ? kNone : idle_by_age_.rbegin()->second;
    case Reuse::kOldest:
      return idle_by_age_.empty() ? kNone : idle_by_age_.begin()->second;
  }
  return kNone;
}

std::optional<std::uint32_t> EnvironmentPool::take(sim::Time now) {
  for (std::uint32_t place = next_place(); place != kNone; place = next_place()) {
    if (environments_[place].ends_at > now) {
      make_busy(place);
      return place;
    }
    end(place);
  }
  return std::nullopt;
}

bool EnvironmentPool::release(sim::Time now, std::uint32_t place) {
  SIM_CHECK(environments_[place].alive && !environments_[place].idle);
  if (environments_[place].ends_at <= now) {
    end(place);
    return false;
  }
  make_idle(now, place);
  return true;
}

void EnvironmentPool::end(std::uint32_t place) {
  Environment& environment = environments_[place];
  SIM_CHECK(environment.alive, "an environment ends twice");
  if (environment.idle) {
    make_busy(place);
  }
  environment.alive = false;
  --alive_;
  free_.push_back(place);
}

std::uint32_t EnvironmentPool::expire(sim::Time now) {
  std::uint32_t ended = 0;
  while (next_expiry() <= now) {
    end(longest_idle_);
    ++ended;
  }
  return ended;
}

sim::Time EnvironmentPool::next_expiry() const {
  if (!rules_.expires || longest_idle_ == kNone) {
    return sim::kNever;
  }
  return environments_[longest_idle_].idle_since + rules_.idle_timeout;
}

void EnvironmentPool::make_idle(sim::Time now, std::uint32_t place) {
  Environment& environment = environments_[place];
  environment.idle = true;
  environment.idle_since = now;
  environment.before = newest_idle_;
  environment.behind = kNone;
  if (newest_idle_ != kNone) {
    environments_[newest_idle_].behind = place;
  } else {
    longest_idle_ = place;
  }
  newest_idle_ = place;
  ++idle_;
  if (by_age()) {
    idle_by_age_.emplace(environment.ordinal, place);
  }
}

void EnvironmentPool::make_busy(std::uint32_t place) {
  Environment& environment = environments_[place];
  environment.idle = false;
  (environment.before == kNone ? longest_idle_ : environments_[environment.before].behind) =
      environment.behind;
  (environment.behind == kNone ? newest_idle_ : environments_[environment.behind].before) =
      environment.before;
  environment.before = kNone;
  environment.behind = kNone;
  --idle_;
  if (by_age()) {
    idle_by_age_.erase({environment.ordinal, place});
  }
}

}  // namespace updraft::lambda
