// CloudWatch's metric math: expressions over metrics, "100 * errors / FILL(requests, 0)".
//
// Parsing, the check of kinds and the evaluation are pure: time series in, a time series out. A
// point that is missing stays nothing; arithmetic takes it for 0 where the other series has a
// value, and a division by zero drops the point (R6.2.1).
//
//   const MathParse parsed = parse_math("errors / requests * 100");
//   if (const auto* error = std::get_if<MathError>(&parsed)) ...   // offset and length: a caret
//   MathValue value = evaluate_math(std::get<MathNode>(parsed), inputs, window);
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/core/time.h"

namespace updraft::common {

/// Points of successive periods, the oldest first; none: missing.
using MathSeries = std::vector<std::optional<double>>;

/// The documentation's S, TS and TS[].
enum class MathKind : std::uint8_t { kScalar, kSeries, kArray };

/// What an expression is worth. A scalar of no points is missing.
struct MathValue {
  MathKind kind = MathKind::kScalar;
  std::optional<double> scalar{};
  std::vector<MathSeries> series{};  // one of kSeries, any number of kArray
};

enum class MathOp : std::uint8_t {
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kPower,
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kAnd,
  kOr,
};

/// A parsed expression.
struct MathNode {
  enum class Kind : std::uint8_t {
    kNumber,  // 2.5
    kText,    // "errors"
    kId,      // m1
    kWord,    // REPEAT, AVG, DESC
    kArray,   // [m1, m2]
    kNegate,  // -m1
    kBinary,  // m1 + m2
    kCall,    // FILL(m1, 0)
  };
  Kind kind = Kind::kNumber;
  MathOp op = MathOp::kAdd;
  double number = 0;
  std::string text{};  // of a text, id, word or call
  std::vector<MathNode> children{};
  std::size_t offset = 0;  // where it stands in the text, in bytes
  std::size_t length = 1;
};

/// Lower case first letter, no full stop, placed in the expression.
struct MathError {
  std::size_t offset = 0;
  std::size_t length = 1;
  std::string text;
};

using MathParse = std::variant<MathNode, MathError>;
/// Grammar only: whether names and kinds fit is the check's.
MathParse parse_math(std::string_view text);

/// What an id of the request stands for.
struct MathName {
  std::string id;
  bool is_metric = true;  // or the result of another expression
  MathKind kind = MathKind::kSeries;
};
/// The kind of the expression's value, or the first thing in it that is not allowed. `names` are
/// all that it may use.
std::variant<MathKind, MathError> check_math(const MathNode& node, std::span<const MathName> names);

/// The names that an expression uses, in order of the text, each once.
std::vector<std::string> names_in(const MathNode& node);

struct MathInput {
  std::string id;
  bool is_metric = true;
  MathValue value;
};
/// The periods that the points stand for, back to back.
struct MathWindow {
  sim::Time first{};
  sim::Duration period{};
  std::size_t count = 0;
  std::int64_t start_unix_ns = 0;  // where simulated time 0 stands, for HOUR() and its kin
};
/// The value of a checked expression.
MathValue evaluate_math(const MathNode& node, std::span<const MathInput> inputs,
                        const MathWindow& window);

}  // namespace updraft::common
