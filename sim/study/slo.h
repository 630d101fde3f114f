// The verdict on a service level objective from one run.
//
// A failed request counts as a miss in every latency objective: answering 503 at once must not
// improve p99. So "p(99) latency < 500ms" holds when at least 99 % of ALL requests were answered ok
// within 500 ms. Requests still in flight when the run ends are left out.
#pragma once

#include <vector>

#include "sim/build/report.h"
#include "sim/scenario/scenario.pb.h"

namespace updraft::sim {

/// Judges one objective over the sources it speaks of (all, or the one it names).
/// kCannotTell when nothing was answered (a throughput is 0 then), or when the histogram's error
/// bound lies across the bound.
SloReport judge(const Slo& slo, const std::vector<TrafficReport>& traffic, Duration simulated);

}  // namespace updraft::sim
