// The mix of a source's requests: which kind the k-th one is, and what each kind says and asks.
//
//   RequestKinds kinds = RequestKinds::make(traffic, birth);
//   if (!kinds.empty()) request.kind = kinds.draw(ordinal);
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/engine/component.h"
#include "sim/engine/request.h"
#include "sim/random/distribution.h"
#include "sim/scenario/scenario.pb.h"

namespace updraft::sim {

/// What a kind asks for in place of its source's laws.
struct KindLaws {
  struct Demand {
    Distribution cpu;     // ns on a vCPU of relative speed 1
    Distribution wait;    // ns
    Distribution memory;  // bytes
  };
  std::optional<Demand> demand;
  std::optional<Distribution> request_size;   // bytes
  std::optional<Distribution> response_size;  // bytes
};

class RequestKinds {
 public:
  RequestKinds() = default;
  /// The kinds that the source lists; none when it lists none. The traffic is checked.
  static RequestKinds make(const Traffic& traffic);
  /// Adds a kind that is never drawn (a file says which requests are of it). Returns its number.
  std::uint32_t add(RequestAttributes attributes);

  [[nodiscard]] bool empty() const { return kinds_.empty(); }
  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(kinds_.size()); }
  /// The kind of request `ordinal`, drawn by weight.
  [[nodiscard]] std::uint32_t draw(StreamKey key, std::uint64_t ordinal) const;
  [[nodiscard]] const RequestAttributes& attributes(std::uint32_t kind) const {
    return kinds_[kind].attributes;
  }
  [[nodiscard]] const KindLaws& laws(std::uint32_t kind) const { return kinds_[kind].laws; }

 private:
  struct Kind {
    RequestAttributes attributes;
    KindLaws laws;
    double up_to = 0;  // sum of the weights up to this one
  };
  std::vector<Kind> kinds_;
};

}  // namespace updraft::sim
