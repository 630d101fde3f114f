// Draws of one law for ordinals that come in order, or nearly: made a block ahead, because
// neighbouring draws together cost half of what they cost one by one. The values are those of
// Distribution::sample(), whatever the order of the questions.
//
//   AheadSampler cpu(law, birth.stream("demand.cpu"));
//   Duration d = cpu.duration(request.ordinal);
#pragma once

#include <array>
#include <cstdint>
#include <utility>

#include "sim/random/distribution.h"

namespace updraft::sim {

class AheadSampler {
 public:
  AheadSampler(Distribution law, StreamKey key)
      : law_(std::move(law)),
        key_(key),
        constant_(law_.law() == Law::kConstant),
        value_(constant_ ? law_.sample(key, 0) : 0) {}

  /// law.sample(key, ordinal, 0)
  [[nodiscard]] double sample(std::uint64_t ordinal) const {
    if (constant_) {
      return value_;
    }
    const std::uint64_t number = ordinal / kBlock;
    Block& block = blocks_[number % kBlocks];
    if (block.number != number) [[unlikely]] {
      // Only forwards: a straggler must not cost its block's successors.
      if (block.number != kNoBlock && number < block.number) {
        return law_.sample(key_, ordinal);
      }
      fill(block, number);
    }
    return block.values[ordinal % kBlock];
  }
  /// law.sample_duration(key, ordinal, 0)
  [[nodiscard]] Duration duration(std::uint64_t ordinal) const {
    return to_duration(sample(ordinal));
  }
  /// Another draw of the same ordinal (a retry, a later step), made singly.
  [[nodiscard]] double sample(std::uint64_t ordinal, std::uint32_t sub) const {
    return sub == 0 ? sample(ordinal) : law_.sample(key_, ordinal, sub);
  }
  [[nodiscard]] Duration duration(std::uint64_t ordinal, std::uint32_t sub) const {
    return to_duration(sample(ordinal, sub));
  }

  [[nodiscard]] const Distribution& law() const { return law_; }
  [[nodiscard]] StreamKey key() const { return key_; }

 private:
  static constexpr std::size_t kBlock = 32;
  static constexpr std::size_t kBlocks = 4;
  static constexpr std::uint64_t kNoBlock = ~std::uint64_t{0};
  struct Block {
    std::uint64_t number = kNoBlock;
    std::array<double, kBlock> values{};
  };
  void fill(Block& block, std::uint64_t number) const;

  Distribution law_;
  StreamKey key_;
  bool constant_;
  double value_;                               // of a constant law
  mutable std::array<Block, kBlocks> blocks_;  // a memory of a pure function
};

}  // namespace updraft::sim
