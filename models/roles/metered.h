// Resources that cost money: each hands over what it used; the price book turns that into a bill.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/core/time.h"

namespace updraft::roles {

/// So much of one item of the price book.
struct Usage {
  std::string resource;  // name in the scenario
  std::string item;      // "ec2/m5.large"
  double quantity = 0;
  std::string unit;  // the book's unit of that item: "h"
  /// What that cost, where the price was no constant of the book (a Spot price).
  std::optional<double> usd{};
};

class Metered {
 public:
  virtual ~Metered() = default;
  /// What was used from the start until `now`, every running second once.
  [[nodiscard]] virtual std::vector<Usage> usage(sim::Time now) const = 0;
};

}  // namespace updraft::roles
