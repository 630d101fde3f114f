// What a user wrote about a law, read and checked one by one. Private to sim/random.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "sim/random/distribution_parameters.h"

namespace updraft::sim {

/// What a fact says; shape and scale are the law's own (sigma and median of a lognormal, shape and
/// min of a Pareto).
enum class Kind : std::uint8_t {
  kMean,
  kSd,
  kCv,
  kPercentile,
  kShape,
  kScale,
  kMin,
  kMax,
  kMu,
  kValue
};

struct Fact {
  Kind kind;
  double value;
  std::string name;                                         // as written
  double share = std::numeric_limits<double>::quiet_NaN();  // of a percentile, 0 to 1
};

class Facts {
 public:
  Facts(Law law, Quantity quantity) : law_(law), quantity_(quantity) {}

  /// Error text, or empty.
  std::string read(std::span<const LawParameter> parameters);

  [[nodiscard]] Law law() const { return law_; }
  [[nodiscard]] const std::vector<Fact>& all() const { return facts_; }
  [[nodiscard]] const Fact* find(Kind kind) const {
    const auto it = std::find_if(facts_.begin(), facts_.end(),
                                 [kind](const Fact& f) { return f.kind == kind; });
    return it == facts_.end() ? nullptr : &*it;
  }
  /// Takes a fact out of the list; the given value when it was not written.
  double take(Kind kind, double otherwise) {
    const auto it = std::find_if(facts_.begin(), facts_.end(),
                                 [kind](const Fact& f) { return f.kind == kind; });
    if (it == facts_.end()) {
      return otherwise;
    }
    const double value = it->value;
    facts_.erase(it);
    return value;
  }

  /// "mean 40ms"
  [[nodiscard]] std::string show(const Fact& fact) const {
    return fact.name + " " + show_value(fact, fact.value);
  }
  [[nodiscard]] std::string show_value(const Fact& fact, double value) const {
    const bool pure = fact.kind == Kind::kShape || fact.kind == Kind::kCv;
    return format_quantity(value, pure ? Quantity::kPlain : quantity_);
  }
  [[nodiscard]] std::string show_quantity(double value) const {
    return format_quantity(value, quantity_);
  }
  /// "lognormal takes two of mean, ...; it has 1: mean".
  [[nodiscard]] Error wrong_number(std::string_view wanted) const {
    std::vector<std::string> names;
    for (const Fact& fact : facts_) {
      names.push_back(fact.name);
    }
    const std::string have =
        names.empty() ? "none" : fmt::format("{}: {}", names.size(), fmt::join(names, ", "));
    return {fmt::format("{} takes {} of {}; it has {}", law_name(law_), wanted,
                        fmt::join(parameters_of(law_), ", "), have)};
  }

 private:
  [[nodiscard]] std::optional<Fact> interpret(const LawParameter& parameter) const;
  [[nodiscard]] std::string check_percentiles() const;

  Law law_;
  Quantity quantity_;
  std::vector<Fact> facts_;
};

}  // namespace updraft::sim
