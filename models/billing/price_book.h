// What a unit of each thing costs. The book compiled in holds the prices of us-east-1
// (price_book.csv, each line with its source); a user's book replaces it line by line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/core/result.h"

namespace updraft::billing {

/// Whose prices the table compiled in has.
inline constexpr std::string_view kRegionOfBook = "us-east-1";

struct Price {
  std::string item;  // "ec2/m5.large"
  std::string unit;  // "h"
  double usd_per_unit = 0;
  std::string rule;    // "R1.6.T1"; empty for a user's own
  std::string source;  // where it was read
};

class PriceBook {
 public:
  /// The table compiled in.
  static PriceBook built_in();
  /// A table with the columns item, unit and usd_per_unit; rule and source may be missing.
  static sim::Result<PriceBook> parse(std::string_view csv);

  /// This book with the lines of `other` in place of its own and added to them. A line that
  /// replaces another must have its unit, because meters count in it.
  [[nodiscard]] sim::Result<PriceBook> replaced_by(const PriceBook& other) const;

  /// Null when the item has no price.
  [[nodiscard]] const Price* find(std::string_view item) const;
  [[nodiscard]] const std::vector<Price>& all() const { return prices_; }  // by item

 private:
  std::vector<Price> prices_;
};

}  // namespace updraft::billing
