#include "sim/random/unit_process.h"

#include "sim/random/portable_math.h"

namespace updraft::sim {

void UnitProcess::refill() {
  uniform_pair_block(key_, next_block_, points_);
  portable::log(points_);
  for (double& point : points_) {
    last_ -= point;
    point = last_;
  }
  next_block_ += kBatch / 2;
  used_ = 0;
}

}  // namespace updraft::sim
