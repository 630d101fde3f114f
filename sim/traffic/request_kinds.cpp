#include "sim/traffic/request_kinds.h"

#include <algorithm>
#include <utility>

#include "sim/build/sampler.h"
#include "sim/core/ipv4.h"

namespace updraft::sim {

RequestKinds RequestKinds::make(const Traffic& traffic) {
  RequestKinds made;
  double sum = 0;
  for (const RequestKind& kind : traffic.requests()) {
    sum += kind.weight();
    Kind& added = made.kinds_.emplace_back();
    added.up_to = sum;
    added.attributes = {.method = kind.method(),
                        .host = kind.host(),
                        .path = kind.path(),
                        .query = kind.query(),
                        .headers = {},
                        .source_address = parse_ipv4(kind.source_address()).value()};
    for (const RequestKind::Header& header : kind.headers()) {
      added.attributes.headers.emplace_back(header.name(), header.value());
    }
    if (kind.has_demand()) {
      added.laws.demand.emplace(KindLaws::Demand{make_sampler(kind.demand().cpu()),
                                                 make_sampler(kind.demand().wait()),
                                                 make_sampler(kind.demand().memory())});
    }
    if (kind.has_request_size()) {
      added.laws.request_size = make_sampler(kind.request_size());
    }
    if (kind.has_response_size()) {
      added.laws.response_size = make_sampler(kind.response_size());
    }
  }
  return made;
}

std::uint32_t RequestKinds::add(RequestAttributes attributes) {
  Kind& added = kinds_.emplace_back();
  added.attributes = std::move(attributes);
  added.up_to = kinds_.size() > 1 ? kinds_[kinds_.size() - 2].up_to : 0;
  return static_cast<std::uint32_t>(kinds_.size() - 1);
}

std::uint32_t RequestKinds::draw(StreamKey key, std::uint64_t ordinal) const {
  if (kinds_.size() == 1) {
    return 0;
  }
  const double point = uniform01(key, ordinal) * kinds_.back().up_to;
  const auto found =
      std::upper_bound(kinds_.begin(), kinds_.end(), point,
                       [](double wanted, const Kind& kind) { return wanted < kind.up_to; });
  return std::min(static_cast<std::uint32_t>(found - kinds_.begin()), size() - 1);
}

}  // namespace updraft::sim
