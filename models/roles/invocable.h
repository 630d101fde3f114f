// A function, as those see it who invoke it for others: event sources that hand it several messages
// or records at once.
//
// An invocation is a call: the source opens a request whose WorkSource it is itself, calls
// component(), and is answered kOk, kFailed or kThrottled. What the batch asks for is the sum of
// what its messages do, so the source answers demand() with that.
#pragma once

#include <vector>

#include "sim/engine/context.h"

namespace updraft::roles {

/// Whoever invokes functions with batches: the source of those requests.
class BatchSource : public sim::WorkSource {
 public:
  /// Whether the function ends with an error because it cannot process something in the batch of
  /// that request.
  [[nodiscard]] virtual bool batch_fails(const sim::Request& request) const = 0;
};

class Invocable {
 public:
  virtual ~Invocable() = default;
  /// Where calls go.
  [[nodiscard]] virtual sim::ComponentId component() const = 0;
  /// After which an invocation is broken off.
  [[nodiscard]] virtual sim::Duration timeout() const = 0;
  /// In on_start: requests of that source are batches, which wait for their answer. `caller`
  /// makes the calls.
  virtual void add_batch_source(const BatchSource& source, sim::ComponentId caller) = 0;
};

}  // namespace updraft::roles
