#include "sim/random/root_finding.h"

#include <cmath>

namespace updraft::sim {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

Root first_root(const std::function<double(double)>& function, double target, double from,
                double to) {
  constexpr int kPoints = 96;
  Root root;
  double before = kNan;  // point and value just before
  double value_before = kNan;
  const auto bisect = [&](double low, double high, bool rising) {
    for (int i = 0; i < 200; ++i) {
      const double middle = low + 0.5 * (high - low);
      if (middle == low || middle == high) {
        break;
      }
      ((function(middle) < target) == rising ? low : high) = middle;
    }
    root.at = low + 0.5 * (high - low);
  };
  double best = kNan;  // where the value is nearest to the target
  double nearest = kInfinity;
  for (int i = 0; i <= kPoints; ++i) {
    const double at = from + (to - from) * i / kPoints;
    const double value = function(at);
    if (std::isnan(value)) {
      before = kNan;
      continue;
    }
    root.least = std::fmin(root.least, value);
    root.most = std::fmax(root.most, value);
    if (!std::isnan(before) && (value_before < target) != (value < target)) {
      bisect(before, at, value_before < target);
      return root;
    }
    if (std::fabs(value - target) < nearest) {
      nearest = std::fabs(value - target);
      best = at;
    }
    before = at;
    value_before = value;
  }
  // The extreme may lie between two points: look for it there by thirds, towards the target.
  const double step = (to - from) / kPoints;
  const double sign = root.most < target ? 1 : -1;
  double low = std::fmax(std::fmin(from, to), best - std::fabs(step));
  double high = std::fmin(std::fmax(from, to), best + std::fabs(step));
  for (int i = 0; i < 100 && high - low > 1e-13 * std::fabs(high); ++i) {
    const double left = low + (high - low) / 3;
    const double right = high - (high - low) / 3;
    (sign * function(left) < sign * function(right) ? low : high) =
        sign * function(left) < sign * function(right) ? left : right;
  }
  const double turn = low + 0.5 * (high - low);
  const double extreme = function(turn);
  if (std::isnan(extreme)) {
    return root;
  }
  root.least = std::fmin(root.least, extreme);
  root.most = std::fmax(root.most, extreme);
  if ((extreme - target) * sign >= 0) {
    const double start = best - step;  // on the side of `from`
    const double clamped = step > 0 ? std::fmax(start, from) : std::fmin(start, from);
    bisect(clamped, turn, function(clamped) < target);
  }
  return root;
}

}  // namespace updraft::sim
