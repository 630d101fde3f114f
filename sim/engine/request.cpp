#include "sim/engine/request.h"

#include <array>

namespace updraft::sim {

const RequestAttributes& WorkSource::attributes(std::uint32_t /*kind*/) const {
  static const RequestAttributes nothing;
  return nothing;
}

void WorkSource::add_parts(const Request& request, std::vector<Request>& parts) const {
  parts.push_back(request);
}

std::string_view status_name(Status status) {
  constexpr std::array<std::string_view, kStatusCount> kNames{
      "ok",        "failed",      "throttled",   "refused",         "unreachable",  "reset",
      "timed_out", "bad_gateway", "unavailable", "gateway_timeout", "circuit_open",
  };
  return kNames[static_cast<std::size_t>(status)];
}

}  // namespace updraft::sim
