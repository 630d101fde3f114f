#include "sim/traffic/source.h"

#include <algorithm>

#include "sim/build/world.h"
#include "sim/random/portable_math.h"
#include "sim/traffic/span_status.h"

namespace updraft::sim {

namespace {

constexpr ReplayRow kDrawn;  // no file says anything of the request

/// Whole bytes of a drawn number, at most 2^62.
std::int64_t to_bytes(double bytes) {
  return bytes < 0x1p62 ? static_cast<std::int64_t>(bytes) : std::int64_t{1} << 62;
}

/// Zipf: the share of the k-th of `count` is in proportion to 1/k^skew. Added up.
std::vector<double> shares_of(const MessageGroups& groups) {
  std::vector<double> sums(groups.count());
  double sum = 0;
  for (std::uint32_t k = 0; k < groups.count(); ++k) {
    sum += portable::pow(static_cast<double>(k + 1), -groups.skew());
    sums[k] = sum;
  }
  return sums;
}

}  // namespace

TrafficSource::TrafficSource(const Birth& birth, const Traffic& traffic, const TrafficLaws& laws,
                             std::unique_ptr<ArrivalProcess> arrivals, ReplayedRequests replay)
    : Model(birth),
      name_(traffic.name()),
      to_name_(traffic.to()),
      think_time_(laws.think_time),
      arrivals_(std::move(arrivals)),
      replay_(std::move(replay.rows)),
      clients_(traffic.has_clients() ? traffic.clients().count() : 0),
      turns_(traffic.sessions().count(), 0),
      session_ends_(traffic.sessions().requests() > 0 ? 1 / traffic.sessions().requests() : 0),
      group_shares_(shares_of(traffic.message_groups())),
      thoughts_(clients_, 0),
      shortest_cycle_(traffic.clients().shortest_cycle().ns()),
      from_(time_from_ns(traffic.from().ns())),
      until_(traffic.until().ns() > 0 ? time_from_ns(traffic.until().ns()) : kNever),
      patience_(traffic.timeout().ns()),
      connect_timeout_(traffic.connect_timeout().ns()),
      keep_alive_timeout_(traffic.keep_alive_timeout().ns()),
      region_(traffic.region()),
      own_latency_(laws.latency),
      latency_stream_(birth.stream("client_latency")),
      cpu_(laws.cpu, birth.stream("demand.cpu")),
      wait_(laws.wait, birth.stream("demand.wait")),
      memory_(laws.memory, birth.stream("demand.memory")),
      request_size_(laws.request_size, birth.stream("request_size")),
      response_size_(laws.response_size, birth.stream("response_size")),
      kinds_(replay.kinds.empty() ? RequestKinds::make(traffic) : std::move(replay.kinds)),
      kinds_by_file_(traffic.has_access_log()),
      kind_stream_(birth.stream("kind")),
      think_stream_(birth.stream("think_time")),
      session_stream_(birth.stream("session")),
      group_stream_(birth.stream("message_group")) {
  if (traffic.timeout().ns() > 0) {
    timeout_ = birth.add_lane(Duration{traffic.timeout().ns()}, Phase::kControllers);
  }
  one_size_ = replay_.empty() && kinds_.empty() && request_size_.law().law() == Law::kConstant &&
              response_size_.law().law() == Law::kConstant;
  if (Retrying::wanted(traffic)) {
    retrying_ = std::make_unique<Retrying>(birth, traffic);
    one_size_ = false;  // each attempt has its bytes
  }
}

void TrafficSource::bind(World& world) {
  to_ = world.component(to_name_).id();
  for (const ClientNetwork* network : world.all<ClientNetwork>()) {
    if (!own_latency_) {
      own_latency_ = network->client_latency(region_);
    }
  }
  const bool none = !own_latency_ || (own_latency_->law() == Law::kConstant &&
                                      own_latency_->sample(latency_stream_, 0) == 0);
  if (!none) {
    latency_law_.emplace(*own_latency_, latency_stream_);
  }
}

void TrafficSource::on_start(Context& ctx) {
  const std::string group = path();
  requests_metric_ = ctx.metrics().declare({.resource = group,
                                            .name = "Requests",
                                            .cloudwatch_namespace = "",
                                            .unit = "Count",
                                            .long_name = "Requests sent by the clients.",
                                            .statistic = Statistic::sum()});
  errors_metric_ = ctx.metrics().declare({.resource = group,
                                          .name = "Errors",
                                          .cloudwatch_namespace = "",
                                          .unit = "Count",
                                          .long_name = "Requests that did not end ok.",
                                          .statistic = Statistic::sum()});
  latency_metric_ = ctx.metrics().declare(
      {.resource = group,
       .name = "Latency",
       .cloudwatch_namespace = "",
       .unit = "Seconds",
       .long_name = "Time from sending a request to its answer, as the client sees it.",
       .statistic = Statistic::average(),
       .kept = {Statistic::at(kP50), Statistic::at(kP90), Statistic::at(kP99),
                Statistic::maximum()},
       .keep_histogram = true});
  if (retrying_ != nullptr) {
    retrying_->metrics.declare(ctx.metrics(), group);
  }
  trace_source_ = ctx.traces().add_source(path());
  ctx.simulation().roll_up_with(*this);
  for (std::uint32_t client = 0; client < clients_; ++client) {
    think(ctx, client, kStart);
  }
  if (clients_ == 0) {
    schedule_next(ctx);
  }
}

void TrafficSource::schedule_next(Context& ctx) {
  Time when = kNever;
  if (arrivals_) {
    do {  // those before `from` are not sent, but keep their ordinals
      when = arrivals_->next();
      if (when < from_) {
        ++next_ordinal_;
      }
    } while (when < from_);
  } else {
    while (next_ordinal_ < replay_.size() && replay_[next_ordinal_].at < from_) {
      ++next_ordinal_;
    }
    when = next_ordinal_ < replay_.size() ? replay_[next_ordinal_].at : kNever;
  }
  if (when < until_ && when != kNever) {
    at(ctx, when, Due{});
  }
}

void TrafficSource::on(Context& ctx, const Due& /*due*/) {
  issue(ctx, kNoClient, arrivals_ ? kDrawn : replay_[next_ordinal_]);
  schedule_next(ctx);
}

void TrafficSource::on(Context& ctx, const Thought& thought) {
  if (ctx.now() < until_) {
    issue(ctx, thought.client, kDrawn);
  }
}

void TrafficSource::issue(Context& ctx, std::uint64_t client, const ReplayRow& row) {
  const std::uint64_t ordinal = next_ordinal_++;
  Request request;
  request.ordinal = ordinal;
  request.source = this;
  request.work = row.work;
  request.session = client == kNoClient ? ordinal : client;
  if (!turns_.empty()) [[unlikely]] {
    request.session = draw_session(ordinal);
  }
  if (!group_shares_.empty()) [[unlikely]] {
    request.message_group = draw_group(ordinal);
  }
  request.size_bytes =
      row.size_bytes >= 0 ? row.size_bytes : to_bytes(request_size_.sample(ordinal));
  request.response_bytes =
      row.response_bytes >= 0 ? row.response_bytes : to_bytes(response_size_.sample(ordinal));
  if (!kinds_.empty()) [[unlikely]] {
    set_kind(request, row);
  }
  requests_.add();
  ++in_flight_;
  if (retrying_ != nullptr) [[unlikely]] {
    ask(ctx, request, client);
    return;
  }
  const RequestHandle handle = ctx.open(request);
  ctx.call(handle, to_,
           {.latency = latency_law_ ? latency_law_->duration(ordinal) : Duration{},
            .tag = client,
            .timeout = timeout_});
}

// One of the places is drawn, and then whether its session ends with this request.
std::uint64_t TrafficSource::draw_session(std::uint64_t ordinal) {
  const UniformPair drawn = uniform_pair(session_stream_, ordinal, 0, 0);
  const auto place = static_cast<std::uint32_t>(drawn.first * static_cast<double>(turns_.size()));
  const std::uint64_t session = session_of(place, turns_[place]);
  if (drawn.second < session_ends_) {
    ++turns_[place];
  }
  return session;
}

// 1 is the first, and the largest where they differ.
std::uint64_t TrafficSource::draw_group(std::uint64_t ordinal) const {
  const double drawn = uniform01(group_stream_, ordinal) * group_shares_.back();
  const auto group = std::upper_bound(group_shares_.begin(), group_shares_.end(), drawn);
  const auto last = static_cast<std::ptrdiff_t>(group_shares_.size()) - 1;
  return static_cast<std::uint64_t>(std::min(group - group_shares_.begin(), last)) + 1;
}

// A kind with laws of its own draws with the same numbers: what differs is the law alone.
void TrafficSource::set_kind(Request& request, const ReplayRow& row) const {
  request.kind = kinds_by_file_ ? row.kind : kinds_.draw(kind_stream_, request.ordinal);
  const KindLaws& laws = kinds_.laws(request.kind);
  if (laws.request_size && row.size_bytes < 0) {
    request.size_bytes = to_bytes(laws.request_size->sample(request_size_.key(), request.ordinal));
  }
  if (laws.response_size && row.response_bytes < 0) {
    request.response_bytes =
        to_bytes(laws.response_size->sample(response_size_.key(), request.ordinal));
  }
}

const RequestAttributes& TrafficSource::attributes(std::uint32_t kind) const {
  return kinds_.empty() ? WorkSource::attributes(kind) : kinds_.attributes(kind);
}

void TrafficSource::on_reply(Context& ctx, FrameHandle frame) {
  if (retrying_ != nullptr) [[unlikely]] {
    on_attempt_reply(ctx, frame);
    return;
  }
  const Status status = ctx.frame(frame).status;
  if (status == Status::kUnreachable) {
    wait_in_vain(ctx, frame);
    return;
  }
  finish_request(ctx, ctx.request_of(frame), ctx.frame(frame).tag, status);
}

// Nobody answers where the request went: the client's system goes on trying to connect, or, where
// the connection stood already, waits for a sign of life. The client may lose patience before.
void TrafficSource::wait_in_vain(Context& ctx, FrameHandle frame) {
  const Frame& call = ctx.frame(frame);
  const bool connected = call.begun > kStart;
  const Time noticed = connected ? ctx.now() + keep_alive_timeout_ : call.sent + connect_timeout_;
  const Time impatient = patience_ > Duration{} ? call.sent + patience_ : kNever;
  const Status status = impatient <= noticed ? Status::kTimedOut
                        : connected          ? Status::kReset
                                             : Status::kUnreachable;
  at(ctx, std::max(ctx.now(), std::min(noticed, impatient)),
     GivenUp{ctx.request_of(frame), call.tag, static_cast<std::uint64_t>(status)});
}

void TrafficSource::on(Context& ctx, const GivenUp& message) {
  finish_request(ctx, message.request, message.client, static_cast<Status>(message.status));
}

void TrafficSource::on_timeout(Context& ctx, FrameHandle frame) {
  if (retrying_ != nullptr) [[unlikely]] {
    on_attempt_timeout(ctx, frame);
    return;
  }
  finish_request(ctx, ctx.request_of(frame), ctx.frame(frame).tag, Status::kTimedOut);
}

void TrafficSource::finish_request(Context& ctx, RequestHandle handle, std::uint64_t client,
                                   Status status) {
  const Time born = ctx.request(handle).born;
  if (!one_size_) {
    add_bytes(ctx.request(handle), status);
  }
  settle(ctx.now() - born, status);
  trace(ctx, handle, status);
  ctx.close(handle);
  if (client != kNoClient) {
    think(ctx, client, born + shortest_cycle_);
  }
}

// What intermediaries make themselves, a 503 or a 504, is taken for nothing.
namespace {
bool carries_an_answer(Status status) {
  return status == Status::kOk || status == Status::kFailed || status == Status::kThrottled;
}
}  // namespace

void TrafficSource::add_bytes(const Request& request, Status status) {
  request_bytes_ += request.size_bytes;
  response_bytes_ += carries_an_answer(status) ? request.response_bytes : 0;
}

std::int64_t TrafficSource::request_bytes() const {
  if (!one_size_) {
    return request_bytes_;
  }
  const auto ended = static_cast<std::int64_t>(requests_.total() - in_flight_);
  return ended * to_bytes(request_size_.sample(0));
}

std::int64_t TrafficSource::response_bytes() const {
  if (!one_size_) {
    return response_bytes_;
  }
  std::int64_t answers = 0;
  for (std::size_t i = 0; i < by_status_.size(); ++i) {
    answers +=
        carries_an_answer(static_cast<Status>(i)) ? static_cast<std::int64_t>(by_status_[i]) : 0;
  }
  return answers * to_bytes(response_size_.sample(0));
}

void TrafficSource::think(Context& ctx, std::uint64_t client, Time earliest) {
  const std::uint32_t thought = thoughts_[client]++;
  const Duration pause = think_time_.sample_duration(think_stream_, client, thought);
  const Time when = std::max({ctx.now() + pause, from_, earliest});
  at(ctx, when, Thought{client});
}

// The request's frames are its spans: they stay until the request is closed, so a trace is written
// when it is known to be worth it. Spans come oldest first; a frame still open is work that
// outlives its caller.
void TrafficSource::trace(Context& ctx, RequestHandle handle, Status status) {
  const Request& request = ctx.request(handle);
  const TraceRef trace = ctx.traces().open({.source = trace_source_,
                                            .ordinal = request.ordinal,
                                            .begin = request.born,
                                            .end = ctx.now(),
                                            .status = span_status(status)});
  if (trace == TraceRef::kNone) {
    return;
  }
  add_spans(ctx, trace, handle);
  ctx.traces().close(trace);
}

void TrafficSource::add_spans(Context& ctx, TraceRef trace, RequestHandle handle) {
  const Request& request = ctx.request(handle);
  const RequestPool& pool = ctx.simulation().requests();
  std::vector<std::uint32_t> frames;
  for (std::uint32_t i = request.first_frame; i != 0xffffffff; i = pool.frame_at(i).next) {
    frames.push_back(i);
  }
  std::vector<SpanRef> spans(frames.size(), SpanRef::kNone);
  for (std::size_t k = frames.size(); k-- > 0;) {
    const Frame& frame = pool.frame_at(frames[k]);
    SpanRef parent = SpanRef::kNone;
    for (std::size_t older = k + 1; older < frames.size(); ++older) {
      if (frames[older] == frame.parent) {
        parent = spans[older];
      }
    }
    const Component* callee = ctx.simulation().component(frame.callee);
    spans[k] = ctx.traces().begin_span(trace, parent, callee != nullptr ? callee->path() : "(gone)",
                                       "call", frame.sent);
    const bool answered = frame.ended > kStart;
    if (frame.begun > kStart) {
      ctx.traces().attribute(trace, spans[k], "waited_s", to_seconds(frame.begun - frame.sent));
    }
    if (answered) {
      ctx.traces().end_span(trace, spans[k], frame.ended, span_status(frame.status));
    }
  }
}

void TrafficSource::on_roll_up(Context& ctx, Time period_start, Time period_end) {
  MetricStore& metrics = ctx.metrics();
  metrics.publish(requests_metric_, period_start, requests_.close_period(period_start, period_end));
  metrics.publish(errors_metric_, period_start, errors_.close_period(period_start, period_end));
  metrics.publish(latency_metric_, period_start, latency_.close_period(period_start, period_end),
                  &latency_.closed_period());
  if (retrying_ != nullptr) {
    retrying_->metrics.publish(metrics, period_start, period_end);
  }
}

void TrafficSource::report(Context& /*ctx*/, Report& report) {
  TrafficReport part;
  part.name = name_;
  part.sent = requests_.total();
  part.in_flight = in_flight_;
  part.by_status = by_status_;
  part.latency = latency_.run();
  part.latency.merge(latency_.open_period());
  part.ok_latency = ok_latency_;
  if (retrying_ != nullptr) {
    part.attempts = retrying_->metrics.report();
  }
  report.traffic.push_back(std::move(part));
}

Demand TrafficSource::demand_of_kind(const Request& request, std::uint32_t sub,
                                     const KindLaws::Demand& laws) const {
  Demand demand;
  demand.cpu = laws.cpu.sample_duration(cpu_.key(), request.ordinal, sub);
  demand.wait = laws.wait.sample_duration(wait_.key(), request.ordinal, sub);
  demand.memory_bytes = to_bytes(laws.memory.sample(memory_.key(), request.ordinal, sub));
  return demand;
}

Demand TrafficSource::demand(const Request& request, std::uint32_t step) const {
  const std::uint32_t sub = sub_of(request, step);
  Demand demand;
  if (!kinds_.empty() && kinds_.laws(request.kind).demand) {
    demand = demand_of_kind(request, sub, *kinds_.laws(request.kind).demand);
  } else {
    demand.cpu = cpu_.duration(request.ordinal, sub);
    demand.wait = wait_.duration(request.ordinal, sub);
    demand.memory_bytes = to_bytes(memory_.sample(request.ordinal, sub));
  }
  if (request.work != 1.0) {
    demand.cpu = to_duration(static_cast<double>(to_ns(demand.cpu)) * request.work);
  }
  return demand;
}

}  // namespace updraft::sim
