// What becomes of a request once a rule has taken it (R3.3.6, R3.3.7): a target group, out of
// several by weight, or an answer of the balancer's own.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/elb/elb.pb.h"
#include "sim/core/time.h"

namespace updraft::elb {

/// One of several places by weight.
class WeightedSplit {
 public:
  WeightedSplit() = default;
  explicit WeightedSplit(const std::vector<std::uint32_t>& weights);
  /// `draw` is uniform over 64 bits. At least one weight is above 0; a place of weight 0 is never
  /// picked.
  [[nodiscard]] std::uint32_t pick(std::uint64_t draw) const;

 private:
  std::vector<std::uint64_t> up_to_;  // sums of the weights
};

struct Action {
  enum class Kind : std::uint8_t { kForward, kRedirect, kFixedResponse };
  Kind kind = Kind::kForward;
  std::uint32_t code = 0;             // of an answer of the balancer's own
  std::vector<std::uint32_t> groups;  // forward: numbers of the target groups
  WeightedSplit split;                // among them
  sim::Duration stickiness{};         // of a session to one of them; 0: none
};

/// The target groups that a forward action names, with their weights.
struct NamedGroup {
  std::string name;
  std::uint32_t weight = 1;
};
[[nodiscard]] std::vector<NamedGroup> groups_of(const ForwardAction& forward);

}  // namespace updraft::elb
