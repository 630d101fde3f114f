// The value of an expression of metric math. A point that comes out as no finite number is dropped,
// as a division by zero is (R6.2.1).
#include "models/common/metric_math.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <utility>

#include "models/common/metric_math_functions.h"
#include "sim/core/check.h"
#include "sim/random/portable_math.h"

namespace updraft::common {
namespace {

using Point = std::optional<double>;
namespace portable = sim::portable;

Point finite(double value) {
  return std::isfinite(value) ? Point(value) : std::nullopt;
}

Point apply(MathOp op, double a, double b) {
  switch (op) {
    case MathOp::kAdd:
      return finite(a + b);
    case MathOp::kSubtract:
      return finite(a - b);
    case MathOp::kMultiply:
      return finite(a * b);
    case MathOp::kDivide:
      return b == 0 ? std::nullopt : finite(a / b);  // R6.2.1: the point is dropped
    case MathOp::kPower:
      return finite(portable::pow(a, b));
    case MathOp::kEqual:
      return a == b ? 1 : 0;
    case MathOp::kNotEqual:
      return a != b ? 1 : 0;
    case MathOp::kLess:
      return a < b ? 1 : 0;
    case MathOp::kLessOrEqual:
      return a <= b ? 1 : 0;
    case MathOp::kGreater:
      return a > b ? 1 : 0;
    case MathOp::kGreaterOrEqual:
      return a >= b ? 1 : 0;
    case MathOp::kAnd:
      return a != 0 && b != 0 ? 1 : 0;
    case MathOp::kOr:
      return a != 0 || b != 0 ? 1 : 0;
  }
  return std::nullopt;
}

MathValue scalar(Point value) {
  return {.kind = MathKind::kScalar, .scalar = value};
}
MathValue series(MathSeries points) {
  return {.kind = MathKind::kSeries, .scalar = std::nullopt, .series = {std::move(points)}};
}

// Two series: a point that only one has is 0 in the other (R6.2.1). None in both stays none.
MathSeries combine(MathOp op, const MathSeries& a, const MathSeries& b) {
  MathSeries result(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] || b[i]) {
      result[i] = apply(op, a[i].value_or(0), b[i].value_or(0));
    }
  }
  return result;
}

// A number has a value at every instant, but makes none where the series has none.
MathSeries combine(MathOp op, const MathSeries& a, Point number, bool number_first) {
  MathSeries result(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] && number) {
      result[i] = number_first ? apply(op, *number, *a[i]) : apply(op, *a[i], *number);
    }
  }
  return result;
}

MathValue combine(MathOp op, const MathValue& a, const MathValue& b) {
  if (a.kind == MathKind::kScalar && b.kind == MathKind::kScalar) {
    return scalar(a.scalar && b.scalar ? apply(op, *a.scalar, *b.scalar) : std::nullopt);
  }
  MathValue result{.kind = std::max(a.kind, b.kind)};
  const bool left_is_wider = a.kind >= b.kind;
  for (const MathSeries& one : (left_is_wider ? a : b).series) {
    const MathValue& other = left_is_wider ? b : a;
    if (other.kind == MathKind::kScalar) {
      result.series.push_back(combine(op, one, other.scalar, !left_is_wider));
    } else {
      result.series.push_back(left_is_wider ? combine(op, one, other.series[0])
                                            : combine(op, other.series[0], one));
    }
  }
  return result;
}

/// What one function makes of some points. STDDEV is that of the whole population.
Point reduce(MathFunction function, const std::vector<double>& values) {
  if (function == MathFunction::kDatapointCount) {
    return static_cast<double>(values.size());
  }
  if (values.empty()) {
    return std::nullopt;
  }
  const double sum = std::accumulate(values.begin(), values.end(), 0.0);
  const double mean = sum / static_cast<double>(values.size());
  switch (function) {
    case MathFunction::kSum:
      return finite(sum);
    case MathFunction::kMin:
      return *std::min_element(values.begin(), values.end());
    case MathFunction::kMax:
      return *std::max_element(values.begin(), values.end());
    case MathFunction::kStddev: {
      double squares = 0;
      for (const double value : values) {
        squares += (value - mean) * (value - mean);
      }
      return finite(std::sqrt(squares / static_cast<double>(values.size())));
    }
    default:
      return finite(mean);
  }
}

std::vector<double> real_points(const MathSeries& points) {
  std::vector<double> values;
  for (const Point& point : points) {
    if (point) {
      values.push_back(*point);
    }
  }
  return values;
}

// AVG takes a missing value for 0 across series; the others take those that are there. An instant
// at which no series has a value stays missing, but for the count.
MathSeries reduce_across(MathFunction function, const std::vector<MathSeries>& all,
                         std::size_t count) {
  MathSeries result(count);
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<double> values;
    for (const MathSeries& one : all) {
      if (one[i]) {
        values.push_back(*one[i]);
      }
    }
    if (function == MathFunction::kAvg && !values.empty()) {
      values.resize(all.size(), 0.0);
    }
    result[i] = reduce(function, values);
  }
  return result;
}

// DIFF, DIFF_TIME and RATE: against the value before, however long ago that was.
MathSeries against_the_one_before(MathFunction function, const MathSeries& points,
                                  double period_s) {
  MathSeries result(points.size());
  std::optional<std::size_t> before;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (!points[i]) {
      continue;
    }
    if (before) {
      const double apart_s = period_s * static_cast<double>(i - *before);
      const double risen = *points[i] - *points[*before];
      result[i] = function == MathFunction::kDiff       ? finite(risen)
                  : function == MathFunction::kDiffTime ? finite(apart_s)
                                                        : finite(risen / apart_s);
    }
    before = i;
  }
  return result;
}

MathSeries running_sum(const MathSeries& points) {
  MathSeries result(points.size());
  double sum = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (points[i]) {
      sum += *points[i];
      result[i] = finite(sum);
    }
  }
  return result;
}

Point each_point(MathFunction function, double value) {
  switch (function) {
    case MathFunction::kAbs:
      return std::fabs(value);
    case MathFunction::kCeil:
      return std::ceil(value);
    case MathFunction::kFloor:
      return std::floor(value);
    case MathFunction::kLog:
      return finite(portable::log(value));
    default:  // LOG10
      return finite(portable::log(value) / portable::log(10.0));
  }
}

MathSeries each(MathFunction function, const MathSeries& points, double period_s) {
  switch (function) {
    case MathFunction::kDiff:
    case MathFunction::kDiffTime:
    case MathFunction::kRate:
      return against_the_one_before(function, points, period_s);
    case MathFunction::kRunningSum:
      return running_sum(points);
    default:
      break;
  }
  MathSeries result(points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    result[i] = points[i] ? each_point(function, *points[i]) : std::nullopt;
  }
  return result;
}

double of_calendar(MathFunction function, std::int64_t unix_s) {
  using std::chrono::days;
  const std::chrono::sys_seconds at{std::chrono::seconds{unix_s}};
  const auto day = std::chrono::floor<days>(at);
  const std::int64_t minute_of_day = (at - day).count() / 60;
  const std::int64_t hour = minute_of_day / 60;
  const std::chrono::year_month_day date{day};
  switch (function) {
    case MathFunction::kMinute:
      return static_cast<double>(minute_of_day % 60);
    case MathFunction::kHour:
      return static_cast<double>(hour);
    case MathFunction::kDay:  // Monday is 1
      return static_cast<double>(std::chrono::weekday{day}.iso_encoding());
    case MathFunction::kDate:
      return static_cast<double>(static_cast<unsigned>(date.day()));
    case MathFunction::kMonth:
      return static_cast<double>(static_cast<unsigned>(date.month()));
    case MathFunction::kYear:
      return static_cast<double>(static_cast<int>(date.year()));
    default:  // EPOCH
      return static_cast<double>(unix_s);
  }
}

MathSeries repeat_last(const MathSeries& points) {
  MathSeries result = points;
  for (std::size_t i = 1; i < result.size(); ++i) {
    if (!result[i]) {
      result[i] = result[i - 1];
    }
  }
  return result;
}

// Straight lines over the gaps; nothing before the first value and after the last one.
MathSeries straight_lines(const MathSeries& points) {
  MathSeries result = points;
  std::optional<std::size_t> before;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (!points[i]) {
      continue;
    }
    for (std::size_t k = before ? *before + 1 : i; k < i; ++k) {
      const double share = static_cast<double>(k - *before) / static_cast<double>(i - *before);
      result[k] = *points[*before] + (*points[i] - *points[*before]) * share;
    }
    before = i;
  }
  return result;
}

class Evaluation {
 public:
  Evaluation(std::span<const MathInput> inputs, const MathWindow& window)
      : inputs_(inputs), window_(window) {}

  MathValue of(const MathNode& node) {
    switch (node.kind) {
      case MathNode::Kind::kNumber:
        return scalar(node.number);
      case MathNode::Kind::kId:
        return of_name(node.text);
      case MathNode::Kind::kNegate:
        return combine(MathOp::kSubtract, scalar(0), of(node.children[0]));
      case MathNode::Kind::kBinary: {
        const MathValue left = of(node.children[0]);
        return combine(node.op, left, of(node.children[1]));
      }
      case MathNode::Kind::kArray:
        return of_array(node);
      case MathNode::Kind::kCall:
        return of_call(node);
      default:
        SIM_CHECK(false, "\"{}\" has no value of its own", node.text);
        return {};
    }
  }

 private:
  [[nodiscard]] MathValue of_name(const std::string& id) const {
    const auto found = std::find_if(inputs_.begin(), inputs_.end(),
                                    [&](const MathInput& input) { return input.id == id; });
    SIM_CHECK(found != inputs_.end(), "no id {}", id);
    return found->value;
  }
  MathValue of_array(const MathNode& node) {
    MathValue result{.kind = MathKind::kArray};
    for (const MathNode& child : node.children) {
      for (MathSeries& one : of(child).series) {
        result.series.push_back(std::move(one));
      }
    }
    return result;
  }

  MathValue of_call(const MathNode& node) {
    const MathSignature* signature = find_math_function(node.text);
    SIM_CHECK(signature != nullptr, "no function {}", node.text);
    switch (signature->shape) {
      case MathShape::kEach: {
        MathValue value = of(node.children[0]);
        for (MathSeries& one : value.series) {
          one = each(signature->function, one, period_s());
        }
        return value;
      }
      case MathShape::kReduce: {
        const MathValue value = of(node.children[0]);
        return value.kind == MathKind::kArray
                   ? series(reduce_across(signature->function, value.series, window_.count))
                   : scalar(reduce(signature->function, real_points(value.series[0])));
      }
      case MathShape::kCalendar: {
        MathSeries points(window_.count);
        for (std::size_t i = 0; i < window_.count; ++i) {
          points[i] = of_calendar(signature->function, unix_s(i));
        }
        return series(std::move(points));
      }
      case MathShape::kOwn:
        break;
    }
    return of_own(node, signature->function);
  }

  MathValue of_own(const MathNode& node, MathFunction function) {
    switch (function) {
      case MathFunction::kFill:
        return fill(node);
      case MathFunction::kIf:
        return choose(node);
      case MathFunction::kMetrics:
        return metrics(node.children.empty() ? "" : node.children[0].text);
      case MathFunction::kPeriod:
        return scalar(period_s());
      case MathFunction::kTimeSeries:
        return series(MathSeries(window_.count, of(node.children[0]).scalar));
      default:
        break;
    }
    MathValue array = of(node.children[0]);
    switch (function) {
      case MathFunction::kMetricCount:
        return scalar(static_cast<double>(array.series.size()));
      case MathFunction::kFirst:
      case MathFunction::kLast:
        if (array.series.empty()) {
          return series(MathSeries(window_.count));
        }
        return series(function == MathFunction::kFirst ? std::move(array.series.front())
                                                       : std::move(array.series.back()));
      case MathFunction::kRemoveEmpty:
        std::erase_if(array.series, [](const MathSeries& one) { return real_points(one).empty(); });
        return array;
      case MathFunction::kSlice:
        return slice(node, std::move(array));
      default:
        return sort(node, std::move(array));
    }
  }

  MathValue metrics(const std::string& part) {
    MathValue result{.kind = MathKind::kArray};
    for (const MathInput& input : inputs_) {
      if (input.is_metric && input.id.find(part) != std::string::npos) {
        result.series.push_back(input.value.series[0]);
      }
    }
    return result;
  }

  MathValue fill(const MathNode& node) {
    MathValue value = of(node.children[0]);
    const MathNode& filler = node.children[1];
    if (filler.kind == MathNode::Kind::kWord) {
      for (MathSeries& one : value.series) {
        one = filler.text == "REPEAT" ? repeat_last(one) : straight_lines(one);
      }
      return value;
    }
    const MathValue by = of(filler);
    for (MathSeries& one : value.series) {
      for (std::size_t i = 0; i < one.size(); ++i) {
        if (!one[i]) {
          one[i] = at(by, i);
        }
      }
    }
    return value;
  }

  // Where the condition is a series, only its own instants have a value. A second argument without
  // a point counts as 0, a third one without drops the point.
  MathValue choose(const MathNode& node) {
    const MathValue condition = of(node.children[0]);
    const MathValue then = of(node.children[1]);
    const MathValue otherwise = node.children.size() > 2 ? of(node.children[2]) : MathValue{};
    const bool by_point = condition.kind == MathKind::kSeries;
    MathSeries result(window_.count);
    for (std::size_t i = 0; i < window_.count; ++i) {
      const Point holds = at(condition, i);
      if (!holds) {
        continue;
      }
      const Point chosen = at(then, i);
      result[i] = *holds == 0 ? at(otherwise, i) : by_point ? Point(chosen.value_or(0)) : chosen;
    }
    return series(std::move(result));
  }

  MathValue slice(const MathNode& node, MathValue array) {
    const double size = static_cast<double>(array.series.size());
    const auto bound = [&](std::size_t argument, double missing) {
      const Point at =
          argument < node.children.size() ? of(node.children[argument]).scalar : Point(missing);
      return static_cast<std::ptrdiff_t>(std::clamp(std::floor(at.value_or(missing)), 0.0, size));
    };
    const std::ptrdiff_t from = bound(1, 0);
    const std::ptrdiff_t to = std::max(from, bound(2, size));
    MathValue result{.kind = MathKind::kArray};
    result.series.assign(array.series.begin() + from, array.series.begin() + to);
    return result;
  }

  // Series without a point come last in either order.
  MathValue sort(const MathNode& node, MathValue array) {
    const MathFunction by = find_math_function(node.children[1].text)->function;
    const bool descending = node.children[2].text == "DESC";
    std::vector<std::pair<Point, std::size_t>> keys;
    for (std::size_t i = 0; i < array.series.size(); ++i) {
      keys.emplace_back(reduce(by, real_points(array.series[i])), i);
    }
    std::stable_sort(keys.begin(), keys.end(), [&](const auto& a, const auto& b) {
      if (!a.first || !b.first) {
        return a.first.has_value() && !b.first.has_value();
      }
      return descending ? *a.first > *b.first : *a.first < *b.first;
    });
    MathValue result{.kind = MathKind::kArray};
    const double all = static_cast<double>(keys.size());
    const double limit = node.children.size() > 3 ? of(node.children[3]).scalar.value_or(all) : all;
    keys.resize(static_cast<std::size_t>(std::clamp(std::floor(limit), 0.0, all)));
    for (const auto& [key, index] : keys) {
      result.series.push_back(array.series[index]);
    }
    return result;
  }

  static Point at(const MathValue& value, std::size_t i) {
    return value.kind == MathKind::kScalar ? value.scalar : value.series[0][i];
  }
  [[nodiscard]] double period_s() const { return sim::to_seconds(window_.period); }
  [[nodiscard]] std::int64_t unix_s(std::size_t i) const {
    const std::int64_t ns = window_.start_unix_ns + sim::to_ns(window_.first) +
                            sim::to_ns(window_.period) * static_cast<std::int64_t>(i);
    constexpr std::int64_t kSecond = 1'000'000'000;
    return (ns - ((ns % kSecond + kSecond) % kSecond)) / kSecond;
  }

  std::span<const MathInput> inputs_;
  MathWindow window_;
};

}  // namespace

MathValue evaluate_math(const MathNode& node, std::span<const MathInput> inputs,
                        const MathWindow& window) {
  return Evaluation(inputs, window).of(node);
}

}  // namespace updraft::common
