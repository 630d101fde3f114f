// The grammar of metric math: a descent over OR, AND, comparisons, sums, products, signs, powers.
#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "models/common/metric_math.h"

namespace updraft::common {
namespace {

constexpr std::size_t kLongest = 2048;  // of an expression, as GetMetricData has it
constexpr int kDeepest = 64;            // of parentheses and calls in one another

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_letter(char c) {
  return is_lower(c) || (c >= 'A' && c <= 'Z') || c == '_';
}

struct Spelling {
  std::string_view text;
  MathOp op;
};
// The longer one first where one begins another.
constexpr std::array<Spelling, 6> kComparisons{{{"==", MathOp::kEqual},
                                                {"!=", MathOp::kNotEqual},
                                                {"<=", MathOp::kLessOrEqual},
                                                {">=", MathOp::kGreaterOrEqual},
                                                {"<", MathOp::kLess},
                                                {">", MathOp::kGreater}}};
constexpr std::array<Spelling, 2> kOr{{{"||", MathOp::kOr}, {"OR", MathOp::kOr}}};
constexpr std::array<Spelling, 2> kAnd{{{"&&", MathOp::kAnd}, {"AND", MathOp::kAnd}}};
constexpr std::array<Spelling, 2> kSums{{{"+", MathOp::kAdd}, {"-", MathOp::kSubtract}}};
constexpr std::array<Spelling, 2> kProducts{{{"*", MathOp::kMultiply}, {"/", MathOp::kDivide}}};

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  MathParse parse() {
    if (text_.size() > kLongest) {
      return MathError{kLongest, 1,
                       fmt::format("an expression has at most {} characters", kLongest)};
    }
    std::optional<MathNode> node = disjunction();
    skip();
    if (node && at_ < text_.size()) {
      fail(at_, 1, fmt::format("\"{}\" is not expected here", text_[at_]));
    }
    if (error_) {
      return *error_;
    }
    return std::move(*node);
  }

 private:
  using Rule = std::optional<MathNode> (Parser::*)();

  void skip() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n')) {
      ++at_;
    }
  }
  std::nullopt_t fail(std::size_t offset, std::size_t length, std::string text) {
    if (!error_) {
      error_ = MathError{offset, std::max<std::size_t>(1, length), std::move(text)};
    }
    return std::nullopt;
  }
  bool take(std::string_view token) {
    skip();
    if (!text_.substr(at_).starts_with(token)) {
      return false;
    }
    const std::size_t end = at_ + token.size();
    if (is_letter(token[0]) && end < text_.size() &&
        (is_letter(text_[end]) || is_digit(text_[end]))) {
      return false;  // ORDERS is no OR
    }
    at_ = end;
    return true;
  }
  template <std::size_t N>
  std::optional<MathOp> take_one(const std::array<Spelling, N>& spellings) {
    for (const Spelling& spelling : spellings) {
      if (take(spelling.text)) {
        return spelling.op;
      }
    }
    return std::nullopt;
  }

  static MathNode binary(MathOp op, MathNode left, MathNode right) {
    MathNode node{.kind = MathNode::Kind::kBinary, .op = op, .offset = left.offset};
    node.length = right.offset + right.length - left.offset;
    node.children.push_back(std::move(left));
    node.children.push_back(std::move(right));
    return node;
  }
  // Operators of one rank, from the left.
  template <std::size_t N>
  std::optional<MathNode> row(const std::array<Spelling, N>& spellings, Rule next) {
    std::optional<MathNode> left = (this->*next)();
    while (left) {
      const auto op = take_one(spellings);
      if (!op) {
        break;
      }
      std::optional<MathNode> right = (this->*next)();
      if (!right) {
        return std::nullopt;
      }
      left = binary(*op, std::move(*left), std::move(*right));
    }
    return left;
  }
  std::optional<MathNode> disjunction() { return row(kOr, &Parser::conjunction); }
  std::optional<MathNode> conjunction() { return row(kAnd, &Parser::comparison); }
  std::optional<MathNode> comparison() { return row(kComparisons, &Parser::sum); }
  std::optional<MathNode> sum() { return row(kSums, &Parser::product); }
  std::optional<MathNode> product() { return row(kProducts, &Parser::sign); }

  std::optional<MathNode> sign() {
    skip();
    const std::size_t begin = at_;
    if (!take("-")) {
      return power();
    }
    if (++depth_ > kDeepest) {
      return fail(begin, 1, "too many operators inside one another");
    }
    std::optional<MathNode> inner = sign();
    --depth_;
    if (!inner) {
      return std::nullopt;
    }
    MathNode node{.kind = MathNode::Kind::kNegate, .offset = begin};
    node.length = inner->offset + inner->length - begin;
    node.children.push_back(std::move(*inner));
    return node;
  }
  std::optional<MathNode> power() {
    std::optional<MathNode> base = primary();
    if (!base || !take("^")) {
      return base;
    }
    std::optional<MathNode> exponent = sign();
    if (!exponent) {
      return std::nullopt;
    }
    return binary(MathOp::kPower, std::move(*base), std::move(*exponent));
  }

  std::optional<MathNode> primary() {
    skip();
    const std::size_t begin = at_;
    if (at_ >= text_.size()) {
      return fail(text_.empty() ? 0 : text_.size() - 1, 1, "the expression ends too early");
    }
    const char c = text_[at_];
    if (is_digit(c) || c == '.') {
      return number();
    }
    if (c == '"' || c == '\'') {
      return quoted();
    }
    if (is_letter(c)) {
      return name();
    }
    if (c != '(' && c != '[') {
      return fail(begin, 1, fmt::format("\"{}\" is not expected here", c));
    }
    ++at_;
    if (++depth_ > kDeepest) {
      return fail(begin, 1, "too many parentheses inside one another");
    }
    MathNode node{.kind = MathNode::Kind::kArray, .offset = begin};
    if (c == '[') {
      if (!list(node, "]")) {
        return std::nullopt;
      }
    } else {
      std::optional<MathNode> inner = disjunction();
      if (!inner) {
        return std::nullopt;
      }
      if (!take(")")) {
        return fail(begin, 1, "this parenthesis is never closed");
      }
      node = std::move(*inner);
      node.offset = begin;
    }
    --depth_;
    node.length = at_ - begin;
    return node;
  }

  std::optional<MathNode> number() {
    const std::size_t begin = at_;
    MathNode node{.kind = MathNode::Kind::kNumber, .offset = begin};
    const char* end = text_.data() + text_.size();
    const auto [rest, wrong] = std::from_chars(text_.data() + at_, end, node.number);
    if (wrong != std::errc{}) {
      return fail(begin, 1, "this is no number");
    }
    at_ = static_cast<std::size_t>(rest - text_.data());
    node.length = at_ - begin;
    return node;
  }
  std::optional<MathNode> quoted() {
    const std::size_t begin = at_;
    const std::size_t end = text_.find(text_[begin], begin + 1);
    if (end == std::string_view::npos) {
      return fail(begin, 1, "this quote is never closed");
    }
    at_ = end + 1;
    return MathNode{.kind = MathNode::Kind::kText,
                    .text = std::string(text_.substr(begin + 1, end - begin - 1)),
                    .offset = begin,
                    .length = at_ - begin};
  }
  std::optional<MathNode> name() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && (is_letter(text_[at_]) || is_digit(text_[at_]))) {
      ++at_;
    }
    MathNode node{.kind = is_lower(text_[begin]) ? MathNode::Kind::kId : MathNode::Kind::kWord,
                  .text = std::string(text_.substr(begin, at_ - begin)),
                  .offset = begin,
                  .length = at_ - begin};
    if (!take("(")) {
      return node;
    }
    if (node.kind == MathNode::Kind::kId) {
      return fail(begin, node.length,
                  fmt::format("\"{}\" is no function; functions are in capitals", node.text));
    }
    node.kind = MathNode::Kind::kCall;
    if (++depth_ > kDeepest) {
      return fail(begin, node.length, "too many calls inside one another");
    }
    if (!take(")") && !list(node, ")")) {
      return std::nullopt;
    }
    --depth_;
    node.length = at_ - begin;
    return node;
  }
  // Elements up to the closing sign, one at least.
  bool list(MathNode& node, std::string_view close) {
    do {
      std::optional<MathNode> element = disjunction();
      if (!element) {
        return false;
      }
      node.children.push_back(std::move(*element));
    } while (take(","));
    if (!take(close)) {
      skip();
      fail(std::min(at_, text_.size() - 1), 1, fmt::format("\",\" or \"{}\" is missing", close));
      return false;
    }
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::optional<MathError> error_;
};

void collect_names(const MathNode& node, std::vector<std::string>& names) {
  if (node.kind == MathNode::Kind::kId &&
      std::find(names.begin(), names.end(), node.text) == names.end()) {
    names.push_back(node.text);
  }
  for (const MathNode& child : node.children) {
    collect_names(child, names);
  }
}

}  // namespace

MathParse parse_math(std::string_view text) {
  return Parser(text).parse();
}

std::vector<std::string> names_in(const MathNode& node) {
  std::vector<std::string> names;
  collect_names(node, names);
  return names;
}

}  // namespace updraft::common
