// Who may use how much of an account's concurrency (R5.1.2): reserved by functions, held by
// provisioned environments, and the rest, which all others share.
//
//   ConcurrencyLedger ledger(1000);
//   const FunctionId f = ledger.add_function();
//   ledger.reserve(f, 100);
//   if (ledger.enter(f) == Entry::kEntered) { ... ledger.leave(f); }
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace updraft::lambda {

/// R5.1.2: of an account whose quota was never raised.
inline constexpr std::uint32_t kAccountConcurrency = 1000;
/// R5.1.2: concurrency that no function may reserve.
inline constexpr std::uint32_t kUnreservedMinimum = 100;

enum class FunctionId : std::uint32_t {};

/// What becomes of an invocation outside of provisioned concurrency.
enum class Entry : std::uint8_t { kEntered, kReservedLimit, kAccountLimit };

/// What becomes of a change of reserved or provisioned concurrency.
enum class Change : std::uint8_t {
  kDone,
  kUnreservedTooLow,  // fewer than kUnreservedMinimum would stay
  kBelowProvisioned,  // reserved would be below what is provisioned
  kAboveReserved      // provisioned would be above what is reserved
};

class ConcurrencyLedger {
 public:
  explicit ConcurrencyLedger(std::uint32_t limit) : limit_(limit) {}

  FunctionId add_function() {
    functions_.emplace_back();
    return static_cast<FunctionId>(functions_.size() - 1);
  }
  /// Reserves, or (nothing given) goes back to the shared rest. What runs goes on running.
  Change reserve(FunctionId function, std::optional<std::uint32_t> reserved);
  /// The function's provisioned concurrency, all versions together, is that from now on.
  Change provision(FunctionId function, std::uint32_t provisioned);

  /// An invocation begins outside of provisioned concurrency.
  Entry enter(FunctionId function);
  void leave(FunctionId function);

  [[nodiscard]] std::uint32_t limit() const { return limit_; }
  [[nodiscard]] std::optional<std::uint32_t> reserved(FunctionId function) const {
    return of(function).reserved;
  }
  [[nodiscard]] std::uint32_t provisioned(FunctionId function) const {
    return of(function).provisioned;
  }
  [[nodiscard]] std::uint32_t in_use(FunctionId function) const { return of(function).in_use; }
  /// What the functions without a reservation share.
  [[nodiscard]] std::uint32_t unreserved() const;
  /// Of that, what runs or is held by provisioned environments.
  [[nodiscard]] std::uint32_t unreserved_in_use() const;

 private:
  struct Share {
    std::optional<std::uint32_t> reserved;
    std::uint32_t provisioned = 0;
    std::uint32_t in_use = 0;  // outside of provisioned concurrency
  };
  [[nodiscard]] const Share& of(FunctionId function) const {
    return functions_[static_cast<std::uint32_t>(function)];
  }
  [[nodiscard]] Share& of(FunctionId function) {
    return functions_[static_cast<std::uint32_t>(function)];
  }
  /// Whether enough stays unreserved; provisioned concurrency of the others is no longer free.
  [[nodiscard]] bool leaves_enough() const;
  void count();

  std::uint32_t limit_;
  std::vector<Share> functions_;
  std::uint32_t reserved_sum_ = 0;
  std::uint32_t shared_in_use_ = 0;  // by functions without a reservation
};

}  // namespace updraft::lambda
