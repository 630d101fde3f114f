// Which kinds of value the operators and functions of metric math take and give.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "models/common/metric_math.h"
#include "models/common/metric_math_functions.h"
#include "sim/schema/nearest.h"

namespace updraft::common {
namespace {

using F = MathFunction;
using S = MathShape;

constexpr std::array<MathSignature, 33> kFunctions{{
    {"ABS", F::kAbs, S::kEach, 1, 1},
    {"AVG", F::kAvg, S::kReduce, 1, 1},
    {"CEIL", F::kCeil, S::kEach, 1, 1},
    {"DATAPOINT_COUNT", F::kDatapointCount, S::kReduce, 1, 1},
    {"DATE", F::kDate, S::kCalendar, 1, 1},
    {"DAY", F::kDay, S::kCalendar, 1, 1},
    {"DIFF", F::kDiff, S::kEach, 1, 1},
    {"DIFF_TIME", F::kDiffTime, S::kEach, 1, 1},
    {"EPOCH", F::kEpoch, S::kCalendar, 1, 1},
    {"FILL", F::kFill, S::kOwn, 2, 2},
    {"FIRST", F::kFirst, S::kOwn, 1, 1},
    {"FLOOR", F::kFloor, S::kEach, 1, 1},
    {"HOUR", F::kHour, S::kCalendar, 1, 1},
    {"IF", F::kIf, S::kOwn, 2, 3},
    {"LAST", F::kLast, S::kOwn, 1, 1},
    {"LOG", F::kLog, S::kEach, 1, 1},
    {"LOG10", F::kLog10, S::kEach, 1, 1},
    {"MAX", F::kMax, S::kReduce, 1, 1},
    {"METRICS", F::kMetrics, S::kOwn, 0, 1},
    {"METRIC_COUNT", F::kMetricCount, S::kOwn, 1, 1},
    {"MIN", F::kMin, S::kReduce, 1, 1},
    {"MINUTE", F::kMinute, S::kCalendar, 1, 1},
    {"MONTH", F::kMonth, S::kCalendar, 1, 1},
    {"PERIOD", F::kPeriod, S::kOwn, 1, 1},
    {"RATE", F::kRate, S::kEach, 1, 1},
    {"REMOVE_EMPTY", F::kRemoveEmpty, S::kOwn, 1, 1},
    {"RUNNING_SUM", F::kRunningSum, S::kEach, 1, 1},
    {"SLICE", F::kSlice, S::kOwn, 2, 3},
    {"SORT", F::kSort, S::kOwn, 3, 4},
    {"STDDEV", F::kStddev, S::kReduce, 1, 1},
    {"SUM", F::kSum, S::kReduce, 1, 1},
    {"TIME_SERIES", F::kTimeSeries, S::kOwn, 1, 1},
    {"YEAR", F::kYear, S::kCalendar, 1, 1},
}};

// What AWS has and a simulated account has nothing for.
constexpr std::array<std::string_view, 6> kNotModelled{
    "ANOMALY_DETECTION_BAND", "DB_PERF_INSIGHTS", "INSIGHT_RULE_METRIC", "LAMBDA", "SEARCH",
    "SERVICE_QUOTA"};

std::string_view in_words(MathKind kind) {
  switch (kind) {
    case MathKind::kScalar:
      return "a number";
    case MathKind::kSeries:
      return "a time series";
    case MathKind::kArray:
      return "an array of time series";
  }
  return {};
}

class Check {
 public:
  explicit Check(std::span<const MathName> names) : names_(names) {}

  /// None: error() says why.
  std::optional<MathKind> kind_of(const MathNode& node) {
    switch (node.kind) {
      case MathNode::Kind::kNumber:
        return MathKind::kScalar;
      case MathNode::Kind::kText:
        return fail(node, "a text stands in METRICS() only");
      case MathNode::Kind::kWord:
        return fail(node, fmt::format("\"{}\" is not expected here; ids begin with a small letter, "
                                      "functions take parentheses",
                                      node.text));
      case MathNode::Kind::kId:
        return of_name(node);
      case MathNode::Kind::kArray:
        return of_array(node);
      case MathNode::Kind::kNegate:
        return kind_of(node.children[0]);
      case MathNode::Kind::kBinary:
        return of_binary(node);
      case MathNode::Kind::kCall:
        return of_call(node);
    }
    return std::nullopt;
  }
  [[nodiscard]] const MathError& error() const { return *error_; }

 private:
  std::nullopt_t fail(const MathNode& node, std::string text) {
    if (!error_) {
      error_ = MathError{node.offset, node.length, std::move(text)};
    }
    return std::nullopt;
  }

  std::optional<MathKind> of_name(const MathNode& node) {
    std::vector<std::string> known;
    for (const MathName& name : names_) {
      if (name.id == node.text) {
        return name.kind;
      }
      known.push_back(name.id);
    }
    return fail(node,
                fmt::format("no id \"{}\"{}", node.text, sim::did_you_mean(node.text, known)));
  }
  std::optional<MathKind> of_array(const MathNode& node) {
    for (const MathNode& child : node.children) {
      const auto kind = kind_of(child);
      if (!kind) {
        return std::nullopt;
      }
      if (*kind == MathKind::kScalar) {
        return fail(child, "an array holds time series, and this is a number");
      }
    }
    return MathKind::kArray;
  }
  std::optional<MathKind> of_binary(const MathNode& node) {
    const auto left = kind_of(node.children[0]);
    if (!left) {
      return std::nullopt;
    }
    const auto right = kind_of(node.children[1]);
    if (!right) {
      return std::nullopt;
    }
    const bool arithmetic = node.op <= MathOp::kPower;
    const bool an_array = *left == MathKind::kArray || *right == MathKind::kArray;
    if (an_array && (!arithmetic || *left == *right)) {
      return fail(node, arithmetic ? "two arrays can't be combined; combine an array with a number "
                                     "or a time series"
                                   : "an array can't be compared; compare time series or numbers");
    }
    return std::max(*left, *right);
  }

  // Its kind, which is asked for once: a nest of calls would ask twice as often at each level.
  std::optional<MathKind> series_of(const MathNode& node, bool array_too) {
    const auto kind = kind_of(node);
    if (kind && (*kind == MathKind::kScalar || (*kind == MathKind::kArray && !array_too))) {
      return fail(node, fmt::format("it must be a time series{}, and this is {}",
                                    array_too ? " or an array of them" : "", in_words(*kind)));
    }
    return kind;
  }
  bool is(MathKind wanted, const MathNode& node) {
    const auto kind = kind_of(node);
    if (kind && *kind != wanted) {
      fail(node, fmt::format("it must be {}, and this is {}", in_words(wanted), in_words(*kind)));
    }
    return kind == wanted;
  }
  bool is_word(const MathNode& node, std::initializer_list<std::string_view> words) {
    const bool known = node.kind == MathNode::Kind::kWord &&
                       std::find(words.begin(), words.end(), node.text) != words.end();
    if (!known) {
      std::string list;
      for (const std::string_view word : words) {
        list += (list.empty() ? "" : ", ") + std::string(word);
      }
      fail(node, fmt::format("it must be one of {}", list));
    }
    return known;
  }

  std::optional<MathKind> of_call(const MathNode& node) {
    const MathSignature* signature = find_math_function(node.text);
    if (signature == nullptr) {
      return unknown(node);
    }
    const std::size_t given = node.children.size();
    if (given < signature->min_arguments || given > signature->max_arguments) {
      return fail(node, fmt::format("{} takes {}{} argument{}, and has {}", node.text,
                                    signature->min_arguments,
                                    signature->min_arguments == signature->max_arguments
                                        ? ""
                                        : fmt::format(" to {}", signature->max_arguments),
                                    signature->max_arguments == 1 ? "" : "s", given));
    }
    switch (signature->shape) {
      case MathShape::kEach:
        return series_of(node.children[0], true);
      case MathShape::kReduce: {
        const auto kind = series_of(node.children[0], true);
        return !kind ? kind : *kind == MathKind::kArray ? MathKind::kSeries : MathKind::kScalar;
      }
      case MathShape::kCalendar:
        return series_of(node.children[0], false);
      case MathShape::kOwn:
        break;
    }
    return of_own(node, signature->function);
  }
  std::optional<MathKind> unknown(const MathNode& node) {
    if (std::find(kNotModelled.begin(), kNotModelled.end(), node.text) != kNotModelled.end()) {
      return fail(node, fmt::format("{} is not modelled", node.text));
    }
    std::vector<std::string> names;
    names.reserve(std::size(kFunctions));
    for (const MathSignature& function : kFunctions) {
      names.emplace_back(function.name);
    }
    MathNode name = node;
    name.length = node.text.size();
    return fail(
        name, fmt::format("no function \"{}\"{}", node.text, sim::did_you_mean(node.text, names)));
  }

  std::optional<MathKind> of_own(const MathNode& node, MathFunction function) {
    const std::vector<MathNode>& arguments = node.children;
    switch (function) {
      case MathFunction::kFill:
        return of_fill(arguments);
      case MathFunction::kIf:
        return of_if(arguments);
      case MathFunction::kMetrics:
        if (!arguments.empty() && arguments[0].kind != MathNode::Kind::kText) {
          return fail(arguments[0], "METRICS() takes a text in quotes, a part of the ids");
        }
        return MathKind::kArray;
      case MathFunction::kPeriod:
        return of_period(arguments[0]);
      case MathFunction::kTimeSeries:
        return is(MathKind::kScalar, arguments[0]) ? std::optional(MathKind::kSeries)
                                                   : std::nullopt;
      default:
        return of_array_function(arguments, function);
    }
  }
  std::optional<MathKind> of_array_function(const std::vector<MathNode>& arguments,
                                            MathFunction function) {
    if (!is(MathKind::kArray, arguments[0])) {
      return std::nullopt;
    }
    switch (function) {
      case MathFunction::kMetricCount:
        return MathKind::kScalar;
      case MathFunction::kFirst:
      case MathFunction::kLast:
        return MathKind::kSeries;
      case MathFunction::kSlice:
        for (std::size_t i = 1; i < arguments.size(); ++i) {
          if (!is(MathKind::kScalar, arguments[i])) {
            return std::nullopt;
          }
        }
        return MathKind::kArray;
      case MathFunction::kSort:
        if (!is_word(arguments[1], {"AVG", "MIN", "MAX", "SUM"}) ||
            !is_word(arguments[2], {"ASC", "DESC"}) ||
            (arguments.size() > 3 && !is(MathKind::kScalar, arguments[3]))) {
          return std::nullopt;
        }
        return MathKind::kArray;
      default:
        return MathKind::kArray;  // REMOVE_EMPTY
    }
  }
  std::optional<MathKind> of_fill(const std::vector<MathNode>& arguments) {
    const auto kind = series_of(arguments[0], true);
    if (!kind) {
      return kind;
    }
    if (arguments[1].kind == MathNode::Kind::kWord) {
      return is_word(arguments[1], {"REPEAT", "LINEAR"}) ? kind : std::nullopt;
    }
    const auto filler = kind_of(arguments[1]);
    if (filler == MathKind::kArray) {
      return fail(arguments[1], "it must be a number, a time series, REPEAT or LINEAR");
    }
    return filler ? kind : std::nullopt;
  }
  std::optional<MathKind> of_if(const std::vector<MathNode>& arguments) {
    MathKind widest = MathKind::kScalar;
    for (const MathNode& argument : arguments) {
      const auto kind = kind_of(argument);
      if (!kind) {
        return std::nullopt;
      }
      if (*kind == MathKind::kArray) {
        return fail(argument, "IF takes time series and numbers, and this is an array");
      }
      widest = std::max(widest, *kind);
    }
    if (widest == MathKind::kScalar) {
      return fail(arguments[0], "one of IF's arguments must be a time series");
    }
    return MathKind::kSeries;
  }
  std::optional<MathKind> of_period(const MathNode& argument) {
    const auto metric = std::find_if(names_.begin(), names_.end(), [&](const MathName& name) {
      return name.is_metric && name.id == argument.text;
    });
    if (argument.kind != MathNode::Kind::kId || metric == names_.end()) {
      return fail(argument, "PERIOD takes the id of a metric");
    }
    return MathKind::kScalar;
  }

  std::span<const MathName> names_;
  std::optional<MathError> error_;
};

}  // namespace

const MathSignature* find_math_function(std::string_view name) {
  const auto found = std::find_if(kFunctions.begin(), kFunctions.end(),
                                  [&](const MathSignature& one) { return one.name == name; });
  return found == kFunctions.end() ? nullptr : &*found;
}

std::variant<MathKind, MathError> check_math(const MathNode& node,
                                             std::span<const MathName> names) {
  Check check(names);
  if (const auto kind = check.kind_of(node)) {
    return *kind;
  }
  return check.error();
}

}  // namespace updraft::common
