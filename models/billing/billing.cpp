#include "models/billing/billing.h"

#include "models/billing/bill.h"
#include "sim/build/registry.h"
#include "sim/build/world.h"
#include "sim/engine/simulation.h"

namespace updraft::billing {

Billing::Billing(const sim::Birth& birth, const BillingParams& /*params*/)
    : Component(birth), book_(PriceBook::built_in()) {}

void Billing::bind(sim::World& world) {
  for (const roles::Metered* metered : world.all<roles::Metered>()) {
    metered_.push_back(metered);
  }
}

void Billing::report(sim::Context& ctx, sim::Report& report) {
  std::vector<Usage> usages;
  for (const roles::Metered* metered : metered_) {
    for (const roles::Usage& used : metered->usage(ctx.now())) {
      usages.push_back({used.resource, used.item, used.quantity, used.unit});
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

void register_models(sim::ModelRegistry& registry) {
  registry.add_resource<Billing, BillingParams>();
}

}  // namespace updraft::billing
