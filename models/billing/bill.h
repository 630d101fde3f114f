// From what was used to what it costs.
//
//   const Bill bill = make_bill(usages, PriceBook::built_in());
//   bill.total_usd; bill.lines[0].usd; bill.unpriced;
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "models/billing/price_book.h"

namespace updraft::billing {

/// One reading of a meter: what a resource used of an item, in the item's unit.
struct Usage {
  std::string resource;         // name in the scenario
  std::string item;             // as in the price book
  double quantity = 0;          // not negative
  std::string unit;             // as in the price book
  std::optional<double> usd{};  // known already: the book's price of the item does not count
};

struct BillLine {
  std::string resource{};
  std::string item{};
  double quantity = 0;
  std::string unit{};
  bool priced = false;  // false: the book has no such item; usd is 0 and the total lacks it
  double usd_per_unit = 0;
  double usd = 0;  // not rounded
  std::string rule{};
  std::string source{};
};

struct Bill {
  std::vector<BillLine> lines;  // by resource, then item
  double total_usd = 0;         // sum of the lines in that order
  std::size_t unpriced = 0;     // lines without a price
};

/// Readings of one resource and item are added up, in the order given. Broken invariant: a negative
/// quantity, or a unit that is not the book's.
[[nodiscard]] Bill make_bill(std::span<const Usage> usages, const PriceBook& book);

}  // namespace updraft::billing
