// Capacity arithmetic against a second implementation, written slowly and from the rules alone:
// real numbers instead of integers, one instance after the other instead of a formula.
#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

#include "models/auto_scaling/policy_rule.h"
#include "sim/random/stream.h"

namespace updraft::auto_scaling {
namespace {

/// Choices of one case, one after the other.
class Choices {
 public:
  explicit Choices(std::uint64_t number)
      : key_(sim::stream_key(2025, 0, "auto_scaling", "capacity")), number_(number) {}
  int whole(int low, int high) {
    return low + static_cast<int>(next() * static_cast<double>(high - low + 1));
  }
  bool chance(double share) { return next() < share; }

 private:
  double next() { return sim::uniform01(key_, number_, 0, index_++); }
  sim::StreamKey key_;
  std::uint64_t number_;
  std::uint32_t index_ = 0;
};

struct Policy {
  PolicyRule rule;
  PolicyCall call;
  bool was_called = true;
};
struct Case {
  GroupCapacity group;
  Bounds bounds;
  std::vector<Policy> policies;
};

Adjustment adjustment(Choices& choose) {
  Adjustment made{.type = static_cast<AdjustmentType>(choose.whole(0, 2))};
  const bool exact = made.type == AdjustmentType::kExactCapacity;
  made.amount = exact ? choose.whole(0, 20) : choose.whole(-120, 120) / choose.whole(1, 20);
  if (made.type == AdjustmentType::kPercentChangeInCapacity && choose.chance(0.3)) {
    made.min_magnitude = static_cast<std::uint32_t>(choose.whole(1, 4));
  }
  return made;
}

Policy policy(Choices& choose) {
  Policy made;
  const int kind = choose.whole(0, 2);
  made.call.side = choose.chance(0.5) ? AlarmSide::kHigh : AlarmSide::kLow;
  const double metric = choose.whole(0, 200) * 0.5;
  made.call.metric = metric;
  made.call.threshold = 50;
  made.call.datapoints = {metric};
  made.call.above = metric >= 50;
  if (kind == 0) {
    made.was_called = choose.chance(0.7);
    made.rule = TargetTracking{.target_value = static_cast<double>(choose.whole(1, 100)),
                               .disable_scale_in = choose.chance(0.2)};
  } else if (kind == 1) {
    StepScaling step;
    const Adjustment one = adjustment(choose);
    step.type = one.type;
    step.min_magnitude = one.min_magnitude;
    for (int i = 0; i < 6; ++i) {  // from 30 below to 30 above the threshold, open at both ends
      Step& interval = step.steps.emplace_back();
      interval.lower = i == 0 ? interval.lower : -20.0 + 10 * (i - 1);
      interval.upper = i == 5 ? interval.upper : -20.0 + 10 * i;
      interval.amount = one.type == AdjustmentType::kExactCapacity ? std::abs(one.amount) + i
                                                                   : one.amount + 2 * i - 5;
    }
    made.rule = step;
  } else {
    made.rule = SimpleScaling{.adjustment = adjustment(choose)};
  }
  return made;
}

Case make(std::uint64_t number) {
  Choices choose(number);
  Case made;
  made.bounds.min = static_cast<std::uint32_t>(choose.whole(0, 8));
  made.bounds.max = made.bounds.min + static_cast<std::uint32_t>(choose.whole(0, 30));
  GroupCapacity& group = made.group;
  group.desired = static_cast<std::uint32_t>(
      choose.whole(static_cast<int>(made.bounds.min), static_cast<int>(made.bounds.max)));
  group.in_service = group.desired;
  if (choose.chance(0.3) && group.in_service > 0) {
    group.warming = static_cast<std::uint32_t>(choose.whole(1, static_cast<int>(group.in_service)));
  }
  if (choose.chance(0.2) && group.in_service > 0) {
    group.pending = 1;
    group.in_service -= 1;
    group.warming = std::min(group.warming, group.in_service);
  }
  group.terminating = choose.chance(0.3) ? static_cast<std::uint32_t>(choose.whole(1, 3)) : 0;
  for (int n = choose.whole(1, 4); n > 0; --n) {
    made.policies.push_back(policy(choose));
  }
  return made;
}

// --- the slow one

/// What one policy wants, from the rules: none means that it says nothing.
struct SlowWish {
  long capacity = 0;
  bool out = false;
};

// R2.5.1, by real numbers: the share, then its rounding by the four lines of the guide.
long slow_adjusted(const Adjustment& how, long capacity) {
  double change = 0;
  switch (how.type) {
    case AdjustmentType::kExactCapacity:
      return how.amount;
    case AdjustmentType::kChangeInCapacity:
      change = how.amount;
      break;
    case AdjustmentType::kPercentChangeInCapacity: {
      const double exact = static_cast<double>(capacity) * how.amount / 100.0;
      if (exact == 0) {
        change = 0;
      } else if (exact > 0 && exact < 1) {
        change = 1;
      } else if (exact < 0 && exact > -1) {
        change = -1;
      } else {
        change = exact > 0 ? std::floor(exact + 1e-9) : std::ceil(exact - 1e-9);
      }
      if (change != 0 && std::abs(change) < how.min_magnitude) {
        change = change > 0 ? how.min_magnitude : -static_cast<double>(how.min_magnitude);
      }
    }
  }
  return std::max(0L, capacity + static_cast<long>(change));
}

std::optional<SlowWish> slow_adjustment(const Adjustment& how, long from_out, long from_in,
                                        long desired) {
  if (how.type == AdjustmentType::kExactCapacity) {
    if (how.amount == desired) {
      return std::nullopt;
    }
    return SlowWish{how.amount, how.amount > desired};
  }
  const bool out = how.amount > 0;
  const long from = out ? from_out : from_in;
  const long to = slow_adjusted(how, from);
  return to == from ? std::nullopt : std::optional(SlowWish{to, out});
}

std::optional<SlowWish> slow_wish(const Policy& policy, const GroupCapacity& group) {
  const long warm = static_cast<long>(group.in_service) - group.warming;  // R2.4.7
  const long with_leaving = warm + group.terminating;                     // R2.4.6
  const double metric = *policy.call.metric;
  if (const auto* tracking = std::get_if<TargetTracking>(&policy.rule)) {
    // R2.6.4, R2.6.5: one instance after the other until the metric is at the target.
    const bool out = policy.call.side == AlarmSide::kHigh;
    if (!out && tracking->disable_scale_in) {
      return std::nullopt;
    }
    const long from = out ? warm : with_leaving;
    const double load = metric * static_cast<double>(from);
    long needed = 0;
    while (static_cast<double>(needed) * tracking->target_value < load * (1 - 1e-9) - 1e-9) {
      ++needed;
    }
    if (out ? needed <= from : needed >= from) {
      return std::nullopt;
    }
    return SlowWish{needed, out};
  }
  if (const auto* step = std::get_if<StepScaling>(&policy.rule)) {
    const double distance = metric - policy.call.threshold;
    for (const Step& one : step->steps) {  // R2.5.2
      const bool inside = policy.call.above ? distance >= one.lower && distance < one.upper
                                            : distance > one.lower && distance <= one.upper;
      if (inside) {
        return slow_adjustment(
            {.type = step->type, .amount = one.amount, .min_magnitude = step->min_magnitude}, warm,
            with_leaving, group.desired);
      }
    }
    return std::nullopt;
  }
  const long desired = group.desired;
  return slow_adjustment(std::get<SimpleScaling>(policy.rule).adjustment, desired, desired,
                         desired);
}

/// The desired capacity after all policies have spoken.
long slow_desired(const Case& given) {
  const long desired = given.group.desired;
  bool agreed = true;  // R2.6.12: of target policies, on scale-in
  for (const Policy& policy : given.policies) {
    if (const auto* tracking = std::get_if<TargetTracking>(&policy.rule)) {
      const auto wish = policy.was_called ? slow_wish(policy, given.group) : std::nullopt;
      agreed = agreed && (wish.has_value() || tracking->disable_scale_in);
    }
  }
  std::optional<SlowWish> best;
  bool simple = false;
  for (const Policy& policy : given.policies) {
    const auto wish = policy.was_called ? slow_wish(policy, given.group) : std::nullopt;
    const bool tracks = std::holds_alternative<TargetTracking>(policy.rule);
    if (!wish || (tracks && !wish->out && !agreed)) {
      continue;
    }
    if (!best || wish->capacity > best->capacity) {
      best = wish;
      simple = std::holds_alternative<SimpleScaling>(policy.rule);
    }
  }
  if (!best) {
    return desired;
  }
  const long wanted = std::min<long>(given.bounds.max, std::max<long>(given.bounds.min,
                                                                      best->capacity));  // R2.1.2
  if (best->out) {
    return std::max(wanted, desired);  // R2.5.4
  }
  const bool warming = given.group.warming + given.group.pending > 0;
  return warming && !simple ? desired : std::min(wanted, desired);  // R2.4.5
}

// --- the fast one

long fast_desired(const Case& given) {
  std::vector<Proposal> proposals;
  for (const Policy& policy : given.policies) {
    const auto* tracking = std::get_if<TargetTracking>(&policy.rule);
    if (!policy.was_called) {
      proposals.push_back(
          {.direction = Direction::kIn, .scale_in_enabled = !tracking->disable_scale_in});
      continue;
    }
    const PolicyWish wish = wish_of(policy.rule, given.group, policy.call);
    proposals.push_back({.kind = tracking != nullptr ? Proposal::Kind::kTargetTracking
                                                     : Proposal::Kind::kStepOrSimple,
                         .direction = wish.direction,
                         .decision = wish.decision,
                         .scale_in_enabled = tracking == nullptr || !tracking->disable_scale_in,
                         .waits_for_warmup = !std::holds_alternative<SimpleScaling>(policy.rule)});
  }
  const CombinedDecision combined = combine(given.group, given.bounds, proposals);
  const auto* to = std::get_if<ScaleTo>(&combined.decision);
  return to != nullptr ? to->capacity : given.group.desired;
}

TEST(CapacityProperty, R2_5_1_R2_5_2_R2_5_4_R2_6_4_R2_6_12_EqualsTheSlowImplementation) {
  int moved = 0;
  for (std::uint64_t number = 0; number < 200'000; ++number) {
    const Case given = make(number);
    const long expected = slow_desired(given);
    ASSERT_EQ(fast_desired(given), expected) << "case " << number;
    moved += expected != static_cast<long>(given.group.desired) ? 1 : 0;
    ASSERT_GE(expected, static_cast<long>(given.bounds.min)) << "case " << number;
    ASSERT_LE(expected, static_cast<long>(given.bounds.max)) << "case " << number;
  }
  EXPECT_GT(moved, 50'000);  // the cases are not idle
}

}  // namespace
}  // namespace updraft::auto_scaling
