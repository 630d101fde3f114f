// At the end of a run, asks every metered resource what it used and writes the bill.
#pragma once

#include "models/billing/billing.pb.h"
#include "models/billing/price_book.h"
#include "models/roles/account.h"
#include "models/roles/metered.h"
#include "sim/build/resource.h"
#include "sim/engine/component.h"

namespace updraft::billing {

class Billing final : public sim::Component, public sim::Resource, public roles::PriceList {
 public:
  Billing(const sim::Birth& birth, const BillingParams& params);

  void bind(sim::World& world) override;
  void report(sim::Context& ctx, sim::Report& report) override;
  [[nodiscard]] double usd_per_unit(std::string_view item) const override;

 private:
  std::string price_book_;  // file of the user's own; empty: none
  PriceBook book_;
  std::vector<const roles::Metered*> metered_;  // by name
};

}  // namespace updraft::billing
