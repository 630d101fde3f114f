#include "sim/random/ahead_sampler.h"

namespace updraft::sim {

void AheadSampler::fill(Block& block, std::uint64_t number) const {
  block.number = number;
  law_.sample_block(key_, number * kBlock, 0, block.values);
}

}  // namespace updraft::sim
