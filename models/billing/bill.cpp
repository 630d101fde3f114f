#include "models/billing/bill.h"

#include <algorithm>
#include <tuple>

#include "sim/core/check.h"

namespace updraft::billing {

Bill make_bill(std::span<const Usage> usages, const PriceBook& book) {
  std::vector<const Usage*> sorted;
  sorted.reserve(usages.size());
  for (const Usage& usage : usages) {
    sorted.push_back(&usage);
  }
  std::stable_sort(sorted.begin(), sorted.end(), [](const Usage* a, const Usage* b) {
    return std::tie(a->resource, a->item) < std::tie(b->resource, b->item);
  });
  Bill bill;
  for (const Usage* usage : sorted) {
    SIM_CHECK(usage->quantity >= 0, "{} of {} is {}", usage->item, usage->resource,
              usage->quantity);
    const bool same = !bill.lines.empty() && bill.lines.back().resource == usage->resource &&
                      bill.lines.back().item == usage->item;
    if (!same) {
      BillLine line{.resource = usage->resource, .item = usage->item, .unit = usage->unit};
      if (const Price* price = book.find(usage->item)) {
        SIM_CHECK(price->unit == usage->unit, "{} is priced per {}, counted in {}", usage->item,
                  price->unit, usage->unit);
        line.priced = true;
        line.usd_per_unit = price->usd_per_unit;
        line.rule = price->rule;
        line.source = price->source;
      }
      bill.lines.push_back(std::move(line));
    }
    SIM_CHECK(bill.lines.back().unit == usage->unit, "{} of {} is counted in {} and {}",
              usage->item, usage->resource, bill.lines.back().unit, usage->unit);
    BillLine& line = bill.lines.back();
    line.quantity += usage->quantity;
    if (usage->usd) {  // a price that moved: its mean stands on the bill
      line.priced = true;
      line.usd += *usage->usd;
      line.usd_per_unit = line.quantity > 0 ? line.usd / line.quantity : 0;
      line.source = "prices of the scenario";
      line.rule.clear();
    } else {
      line.usd = line.quantity * line.usd_per_unit;
    }
  }
  for (const BillLine& line : bill.lines) {
    bill.total_usd += line.usd;
    bill.unpriced += line.priced ? 0 : 1;
  }
  return bill;
}

}  // namespace updraft::billing
