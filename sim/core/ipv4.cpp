#include "sim/core/ipv4.h"

#include <charconv>

#include <fmt/format.h>

namespace updraft::sim {

Result<std::uint32_t> parse_ipv4(std::string_view text) {
  std::uint32_t address = 0;
  const char* at = text.data();
  const char* end = text.data() + text.size();
  for (int part = 0; part < 4; ++part) {
    std::uint32_t byte = 0;
    const auto [stopped, error] = std::from_chars(at, end, byte);
    const bool last = part == 3;
    if (error != std::errc{} || byte > 255 || stopped - at > 3 ||
        (last ? stopped != end : stopped == end || *stopped != '.')) {
      return Error{"it must be an IPv4 address like 192.0.2.1"};
    }
    address = address << 8U | byte;
    at = stopped + (last ? 0 : 1);
  }
  return address;
}

std::string format_ipv4(std::uint32_t address) {
  return fmt::format("{}.{}.{}.{}", address >> 24U, address >> 16U & 255U, address >> 8U & 255U,
                     address & 255U);
}

}  // namespace updraft::sim
