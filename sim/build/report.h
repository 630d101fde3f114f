// What a run says about itself when it ends. Components fill their part (Resource::report); faces
// print it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/core/time.h"
#include "sim/engine/request.h"
#include "sim/metrics/histogram.h"

namespace updraft::sim {

/// The attempts of a traffic source whose clients retry, hedge or stop asking. What counts as an
/// attempt has been sent.
struct AttemptsReport {
  std::uint64_t attempts = 0;
  std::uint64_t retries = 0;               // attempts after the first one of a request
  std::uint64_t hedges = 0;                // copies sent before the first one had failed
  std::uint64_t first_attempt_errors = 0;  // requests whose first attempt did not end ok
  std::uint64_t quota_exhausted = 0;       // retries not made because of the quota
  std::uint64_t budget_exhausted = 0;      // retries or copies not sent because of the budget
  std::uint64_t not_permitted = 0;         // attempts not sent because the circuit was open
  std::uint64_t delayed = 0;               // attempts that waited for the rate of mode adaptive
};

/// The requests of one traffic source, as its clients saw them.
struct TrafficReport {
  std::string name;
  std::uint64_t sent = 0;
  std::uint64_t in_flight = 0;  // neither answered nor given up when the run ended
  std::array<std::uint64_t, kStatusCount> by_status{};
  Histogram latency;                         // of answered requests, ns
  Histogram ok_latency;                      // of those answered ok
  std::optional<AttemptsReport> attempts{};  // none: its clients don't retry
};

/// Capacity of a fleet: what the demand asked for against what was there.
struct CapacityReport {
  std::string name;
  // Instances: CPU work that was asked for, whether anybody was there to do it or not, over the
  // work of one instance at its target.
  double needed_mean = 0;
  double needed_peak = 0;   // highest minute
  double provided_min = 0;  // instances in service, at any moment
  double provided_mean = 0;
  double provided_max = 0;
  double minutes_short = 0;  // minutes in which needed was above provided
  double instance_hours = 0;
  double instance_hours_beyond = 0;  // provided above needed
  std::uint64_t launches = 0;
  std::uint64_t terminations = 0;
  std::uint64_t activities = 0;  // changes of the desired capacity
};

/// The messages of a queue, each once however often it was handed out. What entered is deleted,
/// expired, moved, visible, in flight or delayed.
struct QueueReport {
  std::string name;
  std::uint64_t entered = 0;
  std::uint64_t deduplicated = 0;  // sent, and not added
  std::uint64_t deleted = 0;
  std::uint64_t expired = 0;
  std::uint64_t moved = 0;  // to another queue
  std::uint64_t visible = 0;
  std::uint64_t in_flight = 0;
  std::uint64_t delayed = 0;
};

/// Of the messages of one sender.
struct SourceAge {
  std::string name;  // "traffic/shop"
  Histogram age;     // from sending to deletion, ns
};

/// What those have done who take their work out of a queue.
struct WorkReport {
  std::string name;
  std::uint64_t processed = 0;  // each as often as its work was done
  std::uint64_t failed = 0;
  std::uint64_t again = 0;             // begun on what had been received before
  Histogram age;                       // from sending to deletion, ns
  std::vector<SourceAge> by_source{};  // the same, where there is more than one
};

/// What a generic service has been asked.
struct ServiceReport {
  std::string name;
  std::uint64_t requests = 0;
  std::uint64_t errors = 0;
  std::uint64_t throttles = 0;  // turned away
  std::uint64_t misses = 0;
  Histogram latency;  // to the answer, of those not turned away, ns
};

/// What a function has been invoked for.
struct FunctionReport {
  std::string name;
  std::uint64_t invocations = 0;  // each retry is one more
  std::uint64_t errors = 0;       // of those
  std::uint64_t throttles = 0;    // refused, so no invocations
  std::uint64_t cold_starts = 0;
  std::uint64_t spilled = 0;   // outside of provisioned concurrency because all of it was in use
  std::uint64_t events = 0;    // queued for asynchronous invocation
  std::uint64_t given_up = 0;  // of those
};

struct BillLine {
  std::string resource;
  std::string item;  // "EC2 m5.large, On-Demand Linux"
  double quantity = 0;
  std::string unit;      // "instance-second"
  double price_usd = 0;  // for one unit
  double cost_usd = 0;
};

enum class Verdict : std::uint8_t { kPass, kFail, kCannotTell };

struct SloReport {
  std::string text;
  double observed = 0;  // ns, share or 1/s, as the SLO's bound
  double lower = 0;     // bounds of the observed value (histogram error)
  double upper = 0;
  Verdict verdict = Verdict::kCannotTell;
};

/// What the logs of the run took in, and what their bounds left out.
struct RecordsReport {
  std::int64_t decisions = 0;  // recorded; repetitions of one share a row
  std::int64_t decision_rows = 0;
  std::int64_t decisions_dropped = 0;
  std::int64_t traces = 0;
  std::int64_t traces_dropped = 0;  // traces and spans
};

struct Report {
  std::string scenario;
  std::uint64_t seed = 0;
  std::uint32_t replication = 0;
  Duration simulated{};  // up to where the run came
  bool complete = false;
  std::uint64_t events = 0;
  std::uint64_t trace_hash = 0;
  std::string results_hash;  // empty without a result file, and of an interrupted run
  std::vector<TrafficReport> traffic;
  std::vector<CapacityReport> capacity;
  std::vector<QueueReport> queues;
  std::vector<WorkReport> work;
  std::vector<ServiceReport> services;
  std::vector<FunctionReport> functions;
  std::vector<BillLine> bill;
  std::vector<SloReport> slo;
  RecordsReport records;
};

}  // namespace updraft::sim
