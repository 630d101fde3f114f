// The rules edition: the month from which a set of AWS's numbers holds, "2026-11".
//
//   const Result<RulesEdition> rules = RulesEdition::parse("2023-11");
//   if (rules.ok() && *rules <= RulesEdition::latest()) ...
//
// Editions compare by month. A value written for edition E holds in E and in every later one, up to
// the next value.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "sim/core/result.h"

namespace updraft::sim {

class RulesEdition {
 public:
  /// Reads "YYYY-MM", from 2006-03 (the month of the first service) on. Anything else is an error
  /// that says so.
  static Result<RulesEdition> parse(std::string_view text);
  /// The edition this build knows last; what a scenario without `rules` gets.
  static RulesEdition latest();

  [[nodiscard]] int year() const { return year_; }
  [[nodiscard]] int month() const { return month_; }
  /// "2026-11"
  [[nodiscard]] std::string text() const;

  friend auto operator<=>(const RulesEdition&, const RulesEdition&) = default;

 private:
  constexpr RulesEdition(int year, int month) : year_(year), month_(month) {}

  int year_;   // first, so that the default comparison is by year, then month
  int month_;  // 1 to 12
};

}  // namespace updraft::sim
