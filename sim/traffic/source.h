// A traffic source: makes requests, sends them where the scenario says, hears how they end.
//
// Three kinds share all but the question when the next request comes: open arrivals by a rate,
// replay of single requests, closed clients with think time. Demand, sizes and session are drawn
// for the request by its ordinal, so the k-th request asks for the same whoever serves it.
//
// Where the traffic says `retry`, a request of a client is one attempt or more, each a request of
// the pool with the same ordinal (source_retry.cpp). What is counted as requests, errors and
// latency is the client's request, from its first attempt to its final answer.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/build/report.h"
#include "sim/build/resource.h"
#include "sim/engine/model.h"
#include "sim/metrics/instruments.h"
#include "sim/random/ahead_sampler.h"
#include "sim/scenario/scenario.pb.h"
#include "sim/traffic/arrivals.h"
#include "sim/traffic/client_network.h"
#include "sim/traffic/request_kinds.h"
#include "sim/traffic/retrying.h"

namespace updraft::sim {

/// The client of a request of open traffic.
inline constexpr std::uint64_t kNoClient = ~std::uint64_t{0};

/// The next request of an open source is due.
struct Due {
  static constexpr Phase kPhase = Phase::kArrivals;
};
/// A closed client has thought enough.
struct Thought {
  static constexpr Phase kPhase = Phase::kArrivals;
  std::uint64_t client;
};

/// The system of a client whose other end is gone has noticed it, or the client has lost patience.
struct GivenUp {
  static constexpr Phase kPhase = Phase::kControllers;
  RequestHandle request;
  std::uint64_t client;
  std::uint64_t status;
};

/// One request of a replayed file.
struct ReplayRow {
  Time at{};
  std::int64_t size_bytes = -1;      // -1: drawn
  std::int64_t response_bytes = -1;  // -1: drawn
  double work = 1.0;                 // factor on the demand
  std::uint32_t kind = 0;            // of a file that names kinds
};

/// Requests of a file, and the kinds that it tells apart.
struct ReplayedRequests {
  std::vector<ReplayRow> rows;
  RequestKinds kinds;  // empty: those of the scenario
};

/// The laws of a source, as samplers.
struct TrafficLaws {
  Distribution cpu;     // ns on a vCPU of relative speed 1
  Distribution wait;    // ns
  Distribution memory;  // bytes
  Distribution request_size;
  Distribution response_size;
  Distribution think_time;              // ns; closed clients only
  std::optional<Distribution> latency;  // ns, one way to the entry; none: the network's own
};

class TrafficSource final : public Model<TrafficSource, Due, Thought, GivenUp, AttemptOver,
                                         AttemptDue, PatienceOver, TokenDue>,
                            public Resource,
                            public WorkSource,
                            public ByteFlow {
 public:
  /// `arrivals` for a rate, `replay` for a file, neither for closed clients.
  TrafficSource(const Birth& birth, const Traffic& traffic, const TrafficLaws& laws,
                std::unique_ptr<ArrivalProcess> arrivals, ReplayedRequests replay);

  void bind(World& world) override;
  void on_start(Context& ctx) override;
  void on(Context& ctx, const Due& due);
  void on(Context& ctx, const Thought& thought);
  void on(Context& ctx, const GivenUp& message);
  void on(Context& ctx, const AttemptOver& message);
  void on(Context& ctx, const AttemptDue& message);
  void on(Context& ctx, const PatienceOver& message);
  void on(Context& ctx, const TokenDue& message);
  void on_reply(Context& ctx, FrameHandle frame) override;
  void on_timeout(Context& ctx, FrameHandle frame) override;
  void on_roll_up(Context& ctx, Time period_start, Time period_end) override;
  void report(Context& ctx, Report& report) override;

  [[nodiscard]] Demand demand(const Request& request, std::uint32_t step) const override;
  [[nodiscard]] const std::string& client_region() const override { return region_; }
  [[nodiscard]] std::int64_t request_bytes() const override;
  [[nodiscard]] std::int64_t response_bytes() const override;
  [[nodiscard]] const RequestAttributes& attributes(std::uint32_t kind) const override;
  [[nodiscard]] std::uint64_t identity() const override { return cpu_.key().key; }
  [[nodiscard]] std::uint32_t session_places() const override {
    return clients_ > 0 ? clients_ : static_cast<std::uint32_t>(turns_.size());
  }

 private:
  void schedule_next(Context& ctx);
  void issue(Context& ctx, std::uint64_t client, const ReplayRow& row);
  [[gnu::noinline]] void set_kind(Request& request, const ReplayRow& row) const;
  [[gnu::noinline]] std::uint64_t draw_session(std::uint64_t ordinal);
  [[nodiscard, gnu::noinline]] std::uint64_t draw_group(std::uint64_t ordinal) const;
  [[nodiscard]] Demand demand_of_kind(const Request& request, std::uint32_t sub,
                                      const KindLaws::Demand& laws) const;
  void wait_in_vain(Context& ctx, FrameHandle frame);
  void finish_request(Context& ctx, RequestHandle handle, std::uint64_t client, Status status);
  void settle(Duration latency, Status status);  // a client's request has ended
  void add_bytes(const Request& request, Status status);
  void trace(Context& ctx, RequestHandle request, Status status);
  static void add_spans(Context& ctx, TraceRef trace, RequestHandle request);
  /// The client's next request is sent when it has thought, but not before `earliest`.
  void think(Context& ctx, std::uint64_t client, Time earliest);

  // --- clients that retry (source_retry.cpp, source_attempts.cpp)
  void ask(Context& ctx, const Request& request, std::uint64_t client);
  void attempt(Context& ctx, std::uint64_t slot);
  void send(Context& ctx, std::uint64_t slot);
  void not_sent(Context& ctx, std::uint64_t slot);
  void hedge(Context& ctx, std::uint64_t slot);
  void end_counted();
  void await_token(Context& ctx);
  void on_attempt_reply(Context& ctx, FrameHandle frame);
  void on_attempt_timeout(Context& ctx, FrameHandle frame);
  void attempt_in_vain(Context& ctx, FrameHandle frame);
  void note_end(Context& ctx, Attempt& attempt, Status status);
  void end_attempt(Context& ctx, std::uint64_t slot, std::uint32_t index, Status status);
  void hedge_after_failure(Context& ctx, std::uint64_t slot, Status status);
  void retry_after_failure(Context& ctx, std::uint64_t slot, Status status);
  void take_back(Context& ctx, Asked& asked, Status status);
  void finish_asked(Context& ctx, std::uint64_t slot, Status status);
  void note_quota(Context& ctx, std::uint32_t cost);
  void note_breaker(Context& ctx, BreakerState before);

  std::string name_;
  std::string to_name_;
  ComponentId to_;
  Distribution think_time_;
  std::unique_ptr<ArrivalProcess> arrivals_;
  std::vector<ReplayRow> replay_;
  std::uint32_t clients_ = 0;
  std::vector<std::uint32_t> turns_;     // sessions of each place that have ended
  double session_ends_ = 0;              // chance after each request
  std::vector<double> group_shares_;     // of the message groups, added up; empty: none
  std::vector<std::uint32_t> thoughts_;  // of each client, so far
  Duration shortest_cycle_;
  Time from_;
  Time until_;
  TimerLane timeout_;
  Duration patience_;            // zero: without end
  Duration connect_timeout_;     // of the client's system
  Duration keep_alive_timeout_;  // of the client's system

  std::string region_;  // of the clients; empty: the Internet
  std::optional<Distribution> own_latency_;
  StreamKey latency_stream_;
  std::optional<AheadSampler> latency_law_;  // one way to the entry; none: it takes no time

  AheadSampler cpu_;
  AheadSampler wait_;
  AheadSampler memory_;
  AheadSampler request_size_;
  AheadSampler response_size_;
  RequestKinds kinds_;
  bool kinds_by_file_ = false;
  StreamKey kind_stream_;
  StreamKey think_stream_;
  StreamKey session_stream_;
  StreamKey group_stream_;

  std::uint64_t next_ordinal_ = 0;
  std::uint64_t in_flight_ = 0;
  std::array<std::uint64_t, kStatusCount> by_status_{};
  bool one_size_ = true;  // requests are of one size, answers too: bytes need no sum
  std::int64_t request_bytes_ = 0;
  std::int64_t response_bytes_ = 0;
  TraceSource trace_source_{};

  Counter requests_{EmptyPeriod::kZero};
  Counter errors_{EmptyPeriod::kZero};
  LatencyInstrument latency_;
  Histogram ok_latency_;
  MetricId requests_metric_{};
  MetricId errors_metric_{};
  MetricId latency_metric_{};

  std::unique_ptr<Retrying> retrying_;  // null: the clients don't
};

// --- inline: once for every request

inline void TrafficSource::settle(Duration latency, Status status) {
  ++by_status_[static_cast<std::size_t>(status)];
  --in_flight_;
  latency_.record(latency);
  if (status == Status::kOk) {
    ok_latency_.record(latency);
  } else {
    errors_.add();
  }
}

}  // namespace updraft::sim
