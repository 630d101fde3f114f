#include "sim/random/stream.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

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

#ifdef __SSE2__
// Philox for the blocks of four ordinals at once, two in each register. Every x86-64 processor has
// these instructions; the results are whole numbers, and the same as philox4x32() gives.

constexpr std::size_t kQuad = 4;

// Words of two blocks: one 64-bit lane each, of which the lower half counts.
struct PairBlock {
  __m128i c0, c1, c2, c3;
};
struct QuadBlock {
  PairBlock pair[2];
};

inline PairBlock counters(std::uint64_t first, std::uint32_t sub) {
  const auto low = [](std::uint64_t ordinal) { return static_cast<std::uint32_t>(ordinal); };
  const auto high = [](std::uint64_t ordinal) { return static_cast<std::uint32_t>(ordinal >> 32); };
  return {_mm_set_epi64x(low(first + 1), low(first)), _mm_set_epi64x(high(first + 1), high(first)),
          _mm_set1_epi64x(sub), _mm_setzero_si128()};
}

inline void philox_round(PairBlock& block, __m128i key0, __m128i key1) {
  const __m128i product0 = _mm_mul_epu32(block.c0, _mm_set1_epi64x(philox_internal::kMultiplier0));
  const __m128i product1 = _mm_mul_epu32(block.c2, _mm_set1_epi64x(philox_internal::kMultiplier1));
  block.c0 = _mm_xor_si128(_mm_xor_si128(_mm_srli_epi64(product1, 32), block.c1), key0);
  block.c1 = product1;  // its upper half is never looked at
  block.c2 = _mm_xor_si128(_mm_xor_si128(_mm_srli_epi64(product0, 32), block.c3), key1);
  block.c3 = product0;
}

inline QuadBlock philox_quad(std::uint64_t first, std::uint32_t sub, std::uint64_t key) {
  QuadBlock quad{{counters(first, sub), counters(first + 2, sub)}};
  __m128i key0 = _mm_set1_epi64x(static_cast<std::uint32_t>(key));
  __m128i key1 = _mm_set1_epi64x(static_cast<std::uint32_t>(key >> 32));
  const __m128i step0 = _mm_set1_epi64x(philox_internal::kWeyl0);
  const __m128i step1 = _mm_set1_epi64x(philox_internal::kWeyl1);
  for (int round = 0; round < 10; ++round) {
    philox_round(quad.pair[0], key0, key1);
    philox_round(quad.pair[1], key0, key1);
    key0 = _mm_add_epi32(key0, step0);
    key1 = _mm_add_epi32(key1, step1);
  }
  return quad;
}

// unit_from_bits() of low | high << 32, for both lanes: the upper 52 bits m of the word make
// 1 + m * 2^-52, and (1 + m * 2^-52) - 1 + 2^-53 is exact.
inline __m128d to_unit(__m128i low, __m128i high) {
  const __m128i lower_half = _mm_set1_epi64x(0xffffffff);
  const __m128i word = _mm_or_si128(_mm_and_si128(low, lower_half), _mm_slli_epi64(high, 32));
  const __m128i one = _mm_set1_epi64x(0x3ff0000000000000);
  const __m128d above_one = _mm_castsi128_pd(_mm_or_si128(_mm_srli_epi64(word, 12), one));
  return _mm_add_pd(_mm_sub_pd(above_one, _mm_set1_pd(1.0)), _mm_set1_pd(0x1p-53));
}
#endif

}  // namespace

StreamKey stream_key(std::uint64_t seed, std::uint32_t replication, std::string_view path,
                     std::string_view purpose) {
  std::uint64_t hash = absorb(0, seed);
  hash = absorb(hash, replication);
  hash = absorb(hash, path);
  return StreamKey{absorb(hash, purpose)};
}

void uniform_block(StreamKey key, std::uint64_t first, std::uint32_t sub, std::span<double> out) {
  std::size_t i = 0;
#ifdef __SSE2__
  for (; i + kQuad <= out.size(); i += kQuad, first += kQuad) {
    const QuadBlock quad = philox_quad(first, sub, key.key);
    for (std::size_t half = 0; half < 2; ++half) {
      _mm_storeu_pd(&out[i + 2 * half], to_unit(quad.pair[half].c0, quad.pair[half].c1));
    }
  }
#endif
  for (; i < out.size(); ++i) {
    out[i] = uniform01(key, first++, sub);
  }
}

void uniform_pair_block(StreamKey key, std::uint64_t first, std::span<double> out) {
  std::size_t i = 0;
#ifdef __SSE2__
  for (; i + 2 * kQuad <= out.size(); i += 2 * kQuad, first += kQuad) {
    const QuadBlock quad = philox_quad(first, 0, key.key);
    for (std::size_t half = 0; half < 2; ++half) {
      const __m128d even = to_unit(quad.pair[half].c0, quad.pair[half].c1);
      const __m128d odd = to_unit(quad.pair[half].c2, quad.pair[half].c3);
      _mm_storeu_pd(&out[i + 4 * half], _mm_unpacklo_pd(even, odd));
      _mm_storeu_pd(&out[i + 4 * half + 2], _mm_unpackhi_pd(even, odd));
    }
  }
#endif
  for (; i + 1 < out.size(); i += 2) {
    const UniformPair pair = uniform_pair(key, first++, 0, 0);
    out[i] = pair.first;
    out[i + 1] = pair.second;
  }
}

}  // namespace updraft::sim
