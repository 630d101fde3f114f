// How a decision is told in plain words: a sentence of the model that makes such decisions, with
// the values that it used. Registered beside the model; `updraft why` fills it in.
//
//   registry.add_telling({.kind = "policy", .what = "scale out",
//                         .says = "{capacity} instances x {metric} / {target} = {raw}"});
#pragma once

#include <string>

namespace updraft::sim {

struct Telling {
  std::string kind{};  // of the decision
  std::string what{};  // only where the decision's `what` begins so; empty: always
  /// {name} stands for the decision's value of that name. Where one is missing, or no number, the
  /// next telling that fits is tried.
  std::string says{};
};

}  // namespace updraft::sim
