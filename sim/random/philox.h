// Philox4x32-10: 128 random bits as a function of a 64-bit key and a 128-bit counter.
//
// J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2,
// 3", SC 2011. The ten rounds are written out here because the library's generic ones cost compile
// time in every file and cannot be interleaved; philox_test.cpp holds them against Random123 and
// its known answers.
#pragma once

#include <array>
#include <cstdint>

namespace updraft::sim {

using PhiloxBlock = std::array<std::uint32_t, 4>;

namespace philox_internal {

inline constexpr std::uint64_t kMultiplier0 = 0xD2511F53;
inline constexpr std::uint64_t kMultiplier1 = 0xCD9E8D57;
inline constexpr std::uint32_t kWeyl0 = 0x9E3779B9;  // golden ratio
inline constexpr std::uint32_t kWeyl1 = 0xBB67AE85;  // sqrt(3) - 1

constexpr PhiloxBlock round(const PhiloxBlock& c, std::uint32_t key0, std::uint32_t key1) {
  const std::uint64_t product0 = kMultiplier0 * c[0];
  const std::uint64_t product1 = kMultiplier1 * c[2];
  return {static_cast<std::uint32_t>(product1 >> 32) ^ c[1] ^ key0,
          static_cast<std::uint32_t>(product1),
          static_cast<std::uint32_t>(product0 >> 32) ^ c[3] ^ key1,
          static_cast<std::uint32_t>(product0)};
}

}  // namespace philox_internal

/// The block of `counter` under `key` (low word first in both).
constexpr PhiloxBlock philox4x32(PhiloxBlock counter, std::uint64_t key) {
  auto key0 = static_cast<std::uint32_t>(key);
  auto key1 = static_cast<std::uint32_t>(key >> 32);
  for (int i = 0; i < 10; ++i) {
    counter = philox_internal::round(counter, key0, key1);
    key0 += philox_internal::kWeyl0;
    key1 += philox_internal::kWeyl1;
  }
  return counter;
}

}  // namespace updraft::sim
