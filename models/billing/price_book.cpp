#include "models/billing/price_book.h"

#include <algorithm>

#include "models/billing/price_book_csv.h"
#include "models/common/csv_table.h"
#include "sim/core/check.h"

namespace updraft::billing {

PriceBook PriceBook::built_in() {  // R1.6.T1, R1.6.1 (EC2), R28.1 (the rest)
  auto book = parse(data::price_book::kCsv);
  SIM_CHECK(book.ok(), "{}", book.error());
  return std::move(book).value();
}

sim::Result<PriceBook> PriceBook::parse(std::string_view csv) {
  const auto table = common::CsvTable::parse(csv);
  if (!table) {
    return sim::Error{table.error()};
  }
  for (const char* column : {"item", "unit", "usd_per_unit"}) {
    if (!table->has(column)) {
      return sim::Error{
          fmt::format("a price book has the columns item, unit and usd_per_unit; "
                      "{} is missing",
                      column)};
    }
  }
  PriceBook book;
  for (std::size_t row = 0; row < table->rows(); ++row) {
    const auto usd = table->number(row, "usd_per_unit");
    if (!usd) {
      return sim::Error{usd.error()};
    }
    if (!(*usd >= 0 && *usd <= 1e9)) {
      return sim::Error{
          fmt::format("line {}: usd_per_unit is {}; it must be 0 to 1e9", table->line(row), *usd)};
    }
    book.prices_.push_back(
        {std::string(table->text(row, "item")), std::string(table->text(row, "unit")), *usd,
         std::string(table->text(row, "rule")), std::string(table->text(row, "source"))});
  }
  const auto by_item = [](const Price& a, const Price& b) { return a.item < b.item; };
  std::stable_sort(book.prices_.begin(), book.prices_.end(), by_item);
  const auto twice = std::adjacent_find(book.prices_.begin(), book.prices_.end(),
                                        [](auto& a, auto& b) { return a.item == b.item; });
  if (twice != book.prices_.end()) {
    return sim::Error{fmt::format("item \"{}\" has two prices", twice->item)};
  }
  return book;
}

sim::Result<PriceBook> PriceBook::replaced_by(const PriceBook& other) const {
  PriceBook book = other;
  for (const Price& price : prices_) {
    const Price* replacement = other.find(price.item);
    if (replacement == nullptr) {
      book.prices_.push_back(price);
    } else if (replacement->unit != price.unit) {
      return sim::Error{fmt::format("item \"{}\" is counted in {}; its price is for {}", price.item,
                                    price.unit, replacement->unit)};
    }
  }
  std::sort(book.prices_.begin(), book.prices_.end(),
            [](const Price& a, const Price& b) { return a.item < b.item; });
  return book;
}

const Price* PriceBook::find(std::string_view item) const {
  const auto at = std::lower_bound(
      prices_.begin(), prices_.end(), item,
      [](const Price& price, std::string_view wanted) { return price.item < wanted; });
  return at != prices_.end() && at->item == item ? &*at : nullptr;
}

}  // namespace updraft::billing
