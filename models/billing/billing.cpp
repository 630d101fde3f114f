#include "models/billing/billing.h"

#include <fmt/format.h>

#include "models/billing/bill.h"
#include "sim/build/registry.h"
#include "sim/build/world.h"
#include "sim/engine/simulation.h"

namespace updraft::billing {

namespace {

using google::protobuf::Message;

/// The built-in book with the lines of a user's in place of its own.
sim::Result<PriceBook> with_lines_of(const std::string& csv) {
  const auto own = PriceBook::parse(csv);
  return own.ok() ? PriceBook::built_in().replaced_by(*own) : own;
}

void check_billing(const Message& message, sim::Checker& check) {
  const auto& billing = static_cast<const BillingParams&>(message);
  const std::string& region = check.header().region();
  if (billing.price_book().empty()) {
    if (region != kRegionOfBook) {
      check.warn("/region",
                 fmt::format("the built-in prices are those of {}, not of {}; a price_book of "
                             "your own replaces them",
                             kRegionOfBook, region));
    }
    return;
  }
  const auto csv = check.read_file(billing.price_book());
  const auto book =
      csv.ok() ? with_lines_of(*csv) : sim::Result<PriceBook>(sim::Error{csv.error()});
  if (!book) {
    check.error("price_book",
                fmt::format("price_book is \"{}\"; {}", billing.price_book(), book.error()));
  }
}

}  // namespace

Billing::Billing(const sim::Birth& birth, const BillingParams& params)
    : Component(birth), price_book_(params.price_book()), book_(PriceBook::built_in()) {}

void Billing::bind(sim::World& world) {
  if (!price_book_.empty()) {
    const auto csv = world.read_file(price_book_);
    const auto book =
        csv.ok() ? with_lines_of(*csv) : sim::Result<PriceBook>(sim::Error{csv.error()});
    if (!book) {  // the loader has read it; it has changed since
      throw sim::FileError(fmt::format("{}: {}", price_book_, book.error()));
    }
    book_ = *book;
  }
  for (const roles::Metered* metered : world.all<roles::Metered>()) {
    metered_.push_back(metered);
  }
}

void Billing::report(sim::Context& ctx, sim::Report& report) {
  std::vector<Usage> usages;
  for (const roles::Metered* metered : metered_) {
    for (const roles::Usage& used : metered->usage(ctx.now())) {
      usages.push_back({used.resource, used.item, used.quantity, used.unit, used.usd});
    }
  }
  const Bill bill = make_bill(usages, book_);
  for (const BillLine& line : bill.lines) {
    report.bill.push_back({.resource = line.resource,
                           .item = line.item,
                           .quantity = line.quantity,
                           .unit = line.unit,
                           .price_usd = line.usd_per_unit,
                           .cost_usd = line.usd});
    ctx.simulation().telemetry().bill().add({.resource = line.resource,
                                             .item = line.item,
                                             .unit = line.unit,
                                             .from = sim::kStart,
                                             .to = ctx.now(),
                                             .quantity = line.quantity,
                                             .unit_price = line.usd_per_unit,
                                             .cost = line.usd});
  }
}

double Billing::usd_per_unit(std::string_view item) const {
  const Price* price = book_.find(item);
  return price == nullptr ? -1.0 : price->usd_per_unit;
}

void register_models(sim::ModelRegistry& registry) {
  registry.add_resource<Billing, BillingParams>(check_billing);
}

}  // namespace updraft::billing
