// The generator of the reference loops: as fast as is known, good enough for queues, no part of the
// library. 64 bits by one wide multiplication (the finisher of wyhash over a Weyl sequence);
// exponentials by Marsaglia and Tsang's ziggurat (https://www.jstatsoft.org/article/view/v005i08),
// 256 layers.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>

namespace updraft::bench {

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : state_(seed) {}

  std::uint64_t bits() {
    __extension__ using Wide = unsigned __int128;
    state_ += 0xA0761D6478BD642FULL;
    const Wide product = static_cast<Wide>(state_) * (state_ ^ 0xE7037ED1A0B428DBULL);
    return static_cast<std::uint64_t>(product >> 64) ^ static_cast<std::uint64_t>(product);
  }

  /// Uniform in [0, 1).
  double uniform() { return static_cast<double>(bits() >> 11) * 0x1p-53; }

  /// Exponential with mean 1.
  double exponential() {
    const std::uint64_t random = bits();
    const std::size_t layer = random & 255;
    const std::uint64_t height = random >> 11;
    const double x = static_cast<double>(height) * kTables.width[layer];
    if (height < kTables.inside[layer]) [[likely]] {
      return x;
    }
    return outside(layer, x);
  }

  /// Exponential with the given mean in ns, at least 1.
  std::uint64_t exponential_ns(double mean_ns) {
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(mean_ns * exponential())) + 1;
  }

 private:
  struct Tables {
    std::array<double, 256> width;          // of a layer, for 2^53 steps
    std::array<double, 257> density;        // at a layer's edge
    std::array<std::uint64_t, 256> inside;  // steps that need no second look
    double tail;

    Tables() {
      constexpr double kArea = 0.0039496598225815571993;
      tail = 7.69711747013104972;
      std::array<double, 257> edge{};
      edge[0] = kArea / std::exp(-tail);
      edge[1] = tail;
      for (std::size_t i = 2; i < 256; ++i) {
        edge[i] = -std::log(kArea / edge[i - 1] + std::exp(-edge[i - 1]));
      }
      edge[256] = 0;
      for (std::size_t i = 0; i <= 256; ++i) {
        density[i] = std::exp(-edge[i]);
      }
      for (std::size_t i = 0; i < 256; ++i) {
        width[i] = edge[i] * 0x1p-53;
        inside[i] = static_cast<std::uint64_t>(edge[i + 1] / edge[i] * 0x1p53);
      }
    }
  };

  double outside(std::size_t layer, double x) {
    for (;;) {
      if (layer == 0) {
        return kTables.tail - std::log(1.0 - uniform());
      }
      if (kTables.density[layer] +
              uniform() * (kTables.density[layer + 1] - kTables.density[layer]) <
          std::exp(-x)) {
        return x;
      }
      const std::uint64_t random = bits();
      layer = random & 255;
      x = static_cast<double>(random >> 11) * kTables.width[layer];
      if (random >> 11 < kTables.inside[layer]) {
        return x;
      }
    }
  }

  static inline const Tables kTables{};
  std::uint64_t state_;
};

}  // namespace updraft::bench
