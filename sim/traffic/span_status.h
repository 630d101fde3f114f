// How the end of a call stands in a trace.
#pragma once

#include "sim/engine/request.h"
#include "sim/metrics/traces.h"

namespace updraft::sim {

inline SpanStatus span_status(Status status) {
  switch (status) {
    case Status::kOk:
      return SpanStatus::kOk;
    case Status::kThrottled:
      return SpanStatus::kThrottled;
    case Status::kRefused:
    case Status::kUnavailable:
    case Status::kCircuitOpen:
      return SpanStatus::kRejected;
    case Status::kTimedOut:
    case Status::kGatewayTimeout:
      return SpanStatus::kTimedOut;
    case Status::kReset:
    case Status::kUnreachable:
      return SpanStatus::kLost;
    case Status::kFailed:
    case Status::kBadGateway:
      return SpanStatus::kFailed;
  }
  return SpanStatus::kFailed;
}

}  // namespace updraft::sim
