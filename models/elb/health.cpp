#include "models/elb/health.h"

#include <charconv>

#include "sim/core/check.h"

namespace updraft::elb {
namespace {

constexpr std::uint32_t kLeastCode = 200;
constexpr std::uint32_t kGreatestCode = 499;

HealthReason reason_of(CheckResult result) {
  switch (result) {
    case CheckResult::kPassed:
      return HealthReason::kNone;
    case CheckResult::kCodeMismatch:
      return HealthReason::kResponseCodeMismatch;
    case CheckResult::kTimedOut:
      return HealthReason::kTimeout;
    case CheckResult::kFailed:
      return HealthReason::kFailedHealthChecks;
  }
  return HealthReason::kNone;
}

std::optional<std::uint32_t> code(std::string_view text) {
  std::uint32_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stopped != end || value < kLeastCode || value > kGreatestCode) {
    return std::nullopt;
  }
  return value;
}

}  // namespace

std::string_view spelling(HealthState state) {
  switch (state) {
    case HealthState::kInitial:
      return "initial";
    case HealthState::kHealthy:
      return "healthy";
    case HealthState::kUnhealthy:
      return "unhealthy";
    case HealthState::kUnused:
      return "unused";
    case HealthState::kDraining:
      return "draining";
    case HealthState::kUnavailable:
      return "unavailable";
  }
  return "";
}

std::string_view spelling(HealthReason reason) {
  switch (reason) {
    case HealthReason::kNone:
      return "";
    case HealthReason::kRegistrationInProgress:
      return "Elb.RegistrationInProgress";
    case HealthReason::kInitialHealthChecking:
      return "Elb.InitialHealthChecking";
    case HealthReason::kResponseCodeMismatch:
      return "Target.ResponseCodeMismatch";
    case HealthReason::kTimeout:
      return "Target.Timeout";
    case HealthReason::kFailedHealthChecks:
      return "Target.FailedHealthChecks";
    case HealthReason::kNotRegistered:
      return "Target.NotRegistered";
    case HealthReason::kNotInUse:
      return "Target.NotInUse";
    case HealthReason::kInvalidState:
      return "Target.InvalidState";
    case HealthReason::kDeregistrationInProgress:
      return "Target.DeregistrationInProgress";
  }
  return "";
}

std::optional<TargetHealth::Change> TargetHealth::observe(CheckResult result,
                                                          const HealthCheckSettings& settings) {
  const bool passed = result == CheckResult::kPassed;
  in_a_row_ = passed == last_passed_ ? in_a_row_ + 1 : 1;
  last_passed_ = passed;
  const HealthState from = state_;
  if (passed) {
    // R3.6.1: from initial, one passed check is enough.
    const std::uint32_t needed =
        from == HealthState::kInitial ? 1 : settings.healthy_threshold_count;
    if (from == HealthState::kHealthy || in_a_row_ < needed) {
      return std::nullopt;
    }
    state_ = HealthState::kHealthy;
  } else {
    if (from == HealthState::kUnhealthy) {
      reason_ = reason_of(result);  // the state shows the latest reason
      return std::nullopt;
    }
    if (in_a_row_ < settings.unhealthy_threshold_count) {
      return std::nullopt;
    }
    state_ = HealthState::kUnhealthy;
  }
  reason_ = reason_of(result);
  return Change{from, state_, reason_, in_a_row_};
}

sim::Result<Matcher> Matcher::parse(std::string_view text) {
  Matcher matcher;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t comma = std::min(text.find(',', begin), text.size());
    const std::string_view item = text.substr(begin, comma - begin);
    const std::size_t dash = item.find('-');
    const auto low = code(item.substr(0, dash));
    const auto high = dash == std::string_view::npos ? low : code(item.substr(dash + 1));
    if (!low || !high || *low > *high) {
      return sim::Error{fmt::format(
          "matcher \"{}\": \"{}\" is no code or range; codes are 200 to 499, as in \"200\", "
          "\"200,202\" or \"200-299\"",
          text, item)};
    }
    matcher.ranges_.emplace_back(*low, *high);
    begin = comma + 1;
  }
  return matcher;
}

bool Matcher::matches(std::uint32_t answer) const {
  for (const auto& [low, high] : ranges_) {
    if (answer >= low && answer <= high) {
      return true;
    }
  }
  return false;
}

}  // namespace updraft::elb
