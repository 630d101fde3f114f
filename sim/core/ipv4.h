// IPv4 addresses as numbers, the highest byte first.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sim/core/result.h"

namespace updraft::sim {

/// "192.0.2.1". Errors continue a sentence "address is X; ...".
Result<std::uint32_t> parse_ipv4(std::string_view text);
[[nodiscard]] std::string format_ipv4(std::uint32_t address);

}  // namespace updraft::sim
