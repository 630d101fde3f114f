#include "sim/random/unit_process.h"

#include "sim/random/portable_math.h"

namespace updraft::sim {

void UnitProcess::refill() {
  for (std::uint32_t i = 0; i < kBatch; i += 2) {
    const UniformPair pair = uniform_pair(key_, next_block_ + i / 2, 0, 0);
    points_[i] = pair.first;
    points_[i + 1] = pair.second;
  }
  for (double& point : points_) {
    last_ -= portable::log(point);
    point = last_;
  }
  next_block_ += kBatch / 2;
  used_ = 0;
}

}  // namespace updraft::sim
