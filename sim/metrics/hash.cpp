#include "sim/metrics/hash.h"

#include <fmt/format.h>

namespace updraft::sim {
namespace {

__extension__ using Uint128 = unsigned __int128;

// The 128-bit FNV prime is 2^88 + 0x13B.
constexpr Uint128 kPrime = (Uint128{1} << 88) + 0x13B;

}  // namespace

void Fnv128::add(const void* bytes, std::size_t size) {
  const auto* at = static_cast<const unsigned char*>(bytes);
  Uint128 state = (Uint128{high_} << 64) | low_;
  for (std::size_t i = 0; i < size; ++i) {
    state = (state ^ at[i]) * kPrime;
  }
  high_ = static_cast<std::uint64_t>(state >> 64);
  low_ = static_cast<std::uint64_t>(state);
}

void Fnv128::add_int(std::uint64_t value) {
  unsigned char bytes[8];
  for (unsigned char& byte : bytes) {
    byte = static_cast<unsigned char>(value & 0xFF);
    value >>= 8;
  }
  add(bytes, sizeof bytes);
}

std::string Fnv128::hex() const {
  return fmt::format("{:016x}{:016x}", high_, low_);
}

}  // namespace updraft::sim
