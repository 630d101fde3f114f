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

}  // namespace philox_internal

/// The block of `counter` under `key` (low word first in both).
constexpr PhiloxBlock philox4x32(const PhiloxBlock& counter, std::uint64_t key) {
  // Scalars, not arrays: they stay in registers.
  std::uint64_t c0 = counter[0];
  std::uint32_t c1 = counter[1];
  std::uint64_t c2 = counter[2];
  std::uint32_t c3 = counter[3];
  auto key0 = static_cast<std::uint32_t>(key);
  auto key1 = static_cast<std::uint32_t>(key >> 32);
  for (int i = 0; i < 10; ++i) {
    const std::uint64_t product0 = philox_internal::kMultiplier0 * c0;
    const std::uint64_t product1 = philox_internal::kMultiplier1 * c2;
    c0 = static_cast<std::uint32_t>(product1 >> 32) ^ c1 ^ key0;
    c1 = static_cast<std::uint32_t>(product1);
    c2 = static_cast<std::uint32_t>(product0 >> 32) ^ c3 ^ key1;
    c3 = static_cast<std::uint32_t>(product0);
    key0 += philox_internal::kWeyl0;
    key1 += philox_internal::kWeyl1;
  }
  return {static_cast<std::uint32_t>(c0), c1, static_cast<std::uint32_t>(c2), c3};
}

}  // namespace updraft::sim
