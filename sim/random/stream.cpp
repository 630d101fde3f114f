#include "sim/random/stream.h"

namespace updraft::sim {
namespace {

/// The finaliser of SplitMix64 (G. Steele, D. Lea, C. Flood, OOPSLA 2014; constants of D.
/// Stafford's variant 13).
constexpr std::uint64_t mix(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

constexpr std::uint64_t absorb(std::uint64_t hash, std::uint64_t word) {
  return mix(hash * 0x9e3779b97f4a7c15 + word + 0x2545f4914f6cdd1d);
}

constexpr std::uint64_t absorb(std::uint64_t hash, std::string_view text) {
  std::uint64_t word = 0;
  int filled = 0;
  for (const char c : text) {
    word |= static_cast<std::uint64_t>(static_cast<unsigned char>(c)) << (8 * filled);
    if (++filled == 8) {
      hash = absorb(hash, word);
      word = 0;
      filled = 0;
    }
  }
  if (filled > 0) {
    hash = absorb(hash, word);
  }
  return absorb(hash, text.size());
}

}  // namespace

StreamKey stream_key(std::uint64_t seed, std::uint32_t replication, std::string_view path,
                     std::string_view purpose) {
  std::uint64_t hash = absorb(0, seed);
  hash = absorb(hash, replication);
  hash = absorb(hash, path);
  return StreamKey{absorb(hash, purpose)};
}

}  // namespace updraft::sim
