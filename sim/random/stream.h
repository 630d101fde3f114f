// Keyed draws: a random number is a function of what it is for, not of what was drawn before.
//
//   StreamKey key = stream_key(seed, replication, "traffic/visitors", "demand.cpu");
//   double u = uniform01(key, request_ordinal, step);
//
// The key says which stream: seed, replication, the owner's path and the purpose. The counter says
// which draw of it: the ordinal of the entity (request, launch, message; 64 bits), `sub` (attempt
// or step; 32 bits) and `index` (32 bits) for a draw that takes more than one uniform. Nothing is
// consumed, so a component that draws more, or is added, shifts nobody else's draws.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "sim/random/philox.h"

namespace updraft::sim {

struct StreamKey {
  std::uint64_t key = 0;
  friend bool operator==(StreamKey, StreamKey) = default;
};

/// The key of one stream. Ours, and fixed: the golden results depend on it. The words
/// seed, replication, bytes of `path`, its length, bytes of `purpose`, its length
/// (bytes as little-endian words of eight, the last one padded with zeros) are absorbed one by one,
/// h = mix(h * odd + word + constant), mix being the finaliser of SplitMix64; so path and purpose
/// are kept apart ("a" + "bc" is not "ab" + "c"). Among a million streams of a scenario two collide
/// with a chance of 3e-8.
[[nodiscard]] StreamKey stream_key(std::uint64_t seed, std::uint32_t replication,
                                   std::string_view path, std::string_view purpose);

/// 64 bits, in (0, 1): the odd multiples of 2^-53. Never 0 or 1; symmetric, as 1 - u is one of
/// them, exactly.
constexpr double unit_from_bits(std::uint64_t bits) {
  return static_cast<double>(static_cast<std::int64_t>((bits >> 11) | 1)) * 0x1p-53;
}

/// The two uniforms of one Philox block.
struct UniformPair {
  double first;
  double second;
};

/// Uniforms 2 * `block` and 2 * `block` + 1 of (key, ordinal, sub).
constexpr UniformPair uniform_pair(StreamKey key, std::uint64_t ordinal, std::uint32_t sub,
                                   std::uint32_t block) {
  const PhiloxBlock words = philox4x32(
      {static_cast<std::uint32_t>(ordinal), static_cast<std::uint32_t>(ordinal >> 32), sub, block},
      key.key);
  return {unit_from_bits(words[0] | static_cast<std::uint64_t>(words[1]) << 32),
          unit_from_bits(words[2] | static_cast<std::uint64_t>(words[3]) << 32)};
}

/// Uniform in (0, 1), 53 bits. The counter of the block is (ordinal, sub, index / 2); an even index
/// takes its first half, an odd one its second.
constexpr double uniform01(StreamKey key, std::uint64_t ordinal, std::uint32_t sub = 0,
                           std::uint32_t index = 0) {
  const UniformPair pair = uniform_pair(key, ordinal, sub, index >> 1);
  return (index & 1) == 0 ? pair.first : pair.second;
}

/// uniform01(key, first + i, sub) for every i of `out`, several blocks at a time.
void uniform_block(StreamKey key, std::uint64_t first, std::uint32_t sub, std::span<double> out);

/// Both halves of the blocks of neighbouring ordinals: uniform01(key, first + i / 2, 0, i % 2) for
/// every i of `out`, of even size.
void uniform_pair_block(StreamKey key, std::uint64_t first, std::span<double> out);

}  // namespace updraft::sim
