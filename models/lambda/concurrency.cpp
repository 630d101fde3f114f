#include "models/lambda/concurrency.h"

#include "sim/core/check.h"

namespace updraft::lambda {

std::uint32_t ConcurrencyLedger::unreserved() const {
  return limit_ > reserved_sum_ ? limit_ - reserved_sum_ : 0;
}

std::uint32_t ConcurrencyLedger::unreserved_in_use() const {
  return shared_in_use_;
}

void ConcurrencyLedger::count() {
  reserved_sum_ = 0;
  shared_in_use_ = 0;
  for (const Share& share : functions_) {
    reserved_sum_ += share.reserved.value_or(0);
    shared_in_use_ += share.reserved ? 0 : share.in_use + share.provisioned;
  }
}

bool ConcurrencyLedger::leaves_enough() const {
  std::uint32_t taken = kUnreservedMinimum;
  for (const Share& share : functions_) {
    taken += share.reserved ? *share.reserved : share.provisioned;
  }
  return taken <= limit_;
}

// R5.1.2, R5.1.6
Change ConcurrencyLedger::reserve(FunctionId function, std::optional<std::uint32_t> reserved) {
  Share& share = of(function);
  if (reserved && *reserved < share.provisioned) {
    return Change::kBelowProvisioned;
  }
  const std::optional<std::uint32_t> before = share.reserved;
  share.reserved = reserved;
  // 0 takes nothing from anybody: a function can always be stopped.
  if (reserved.value_or(0) > before.value_or(0) && !leaves_enough()) {
    share.reserved = before;
    return Change::kUnreservedTooLow;
  }
  count();
  return Change::kDone;
}

// R5.1.6
Change ConcurrencyLedger::provision(FunctionId function, std::uint32_t provisioned) {
  Share& share = of(function);
  if (share.reserved && provisioned > *share.reserved) {
    return Change::kAboveReserved;
  }
  const std::uint32_t before = share.provisioned;
  share.provisioned = provisioned;
  if (provisioned > before && !share.reserved && !leaves_enough()) {
    share.provisioned = before;
    return Change::kUnreservedTooLow;
  }
  count();
  return Change::kDone;
}

// R5.1.5
Entry ConcurrencyLedger::enter(FunctionId function) {
  Share& share = of(function);
  if (share.reserved) {
    if (share.in_use + share.provisioned >= *share.reserved) {
      return Entry::kReservedLimit;
    }
  } else if (shared_in_use_ >= unreserved()) {
    return Entry::kAccountLimit;
  } else {
    ++shared_in_use_;
  }
  ++share.in_use;
  return Entry::kEntered;
}

void ConcurrencyLedger::leave(FunctionId function) {
  Share& share = of(function);
  SIM_CHECK(share.in_use > 0, "an invocation leaves and none is there");
  --share.in_use;
  shared_in_use_ -= share.reserved ? 0 : 1;
}

}  // namespace updraft::lambda
