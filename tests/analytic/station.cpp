#include "tests/analytic/station.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace updraft::sim::testing {

namespace {

/// A place for `value` in a table whose free places are known.
template <class T>
std::uint64_t keep(std::vector<T>& table, std::vector<std::uint64_t>& free, const T& value) {
  if (free.empty()) {
    table.push_back(value);
    return table.size() - 1;
  }
  const std::uint64_t place = free.back();
  free.pop_back();
  table[place] = value;
  return place;
}

}  // namespace

Customers::Customers(const Birth& birth, double rate, Distribution work, Observer observer)
    : Model(birth),
      gap_ns_(1e9 / rate),
      work_(std::move(work)),
      observer_(std::move(observer)),
      points_(birth.stream("arrivals")),
      work_stream_(birth.stream("work")) {}

void Customers::schedule(Context& ctx) {
  next_point_ = points_.next();
  at(ctx, time_from_ns(static_cast<std::int64_t>(next_point_ * gap_ns_)), NextCustomer{});
}

void Customers::on(Context& ctx, const NextCustomer& /*next*/) {
  Request request;
  request.ordinal = sent_++;
  request.source = this;
  const double work = to_seconds(demand(request, 0).cpu);
  visits_.push_back(
      {.outcome = {.work = work, .found = static_cast<double>(present_), .workload = workload()},
       .came = next_point_});
  ++present_;
  const RequestHandle handle = ctx.open(request);
  ctx.call(handle, to_, {});
  const double came = next_point_;
  schedule(ctx);
  const double gap = next_point_ - came;
  let_work(work, gap * gap_ns_ / 1e9);
  if (last_at_.empty()) {
    follow(request.ordinal, gap);
  }
}

double Customers::workload() const {
  return std::accumulate(work_at_.begin(), work_at_.end(), 0.0) /
         static_cast<double>(work_at_.size());
}

// Kiefer and Wolfowitz: the next customer goes to the server with the least to do.
void Customers::let_work(double came, double gap_s) {
  *std::min_element(work_at_.begin(), work_at_.end()) += came;
  for (double& left : work_at_) {
    left = std::max(0.0, left - gap_s);
  }
}

void Customers::went_to(std::uint64_t customer, std::uint32_t station) {
  visit(customer).outcome.station = station;
  if (last_at_.empty()) {
    return;
  }
  const std::uint64_t before = std::exchange(last_at_[station], customer);
  if (before != kNobody) {
    const double gap = visit(customer).came - visit(before).came;
    follow(before, gap / static_cast<double>(last_at_.size()));
  }
}

void Customers::follow(std::uint64_t customer, double gap) {
  Visit& before = visit(customer);
  before.outcome.gap = gap;
  before.followed = true;
  tell(before);
}

void Customers::on_reply(Context& ctx, FrameHandle frame) {
  const RequestHandle handle = ctx.request_of(frame);
  const Request& request = ctx.request(handle);
  --present_;
  Visit& ended = visit(request.ordinal);
  ended.outcome.served = ctx.frame(frame).status == Status::kOk;
  ended.outcome.response = to_seconds(ctx.now() - request.born);
  ended.replied = true;
  ctx.close(handle);
  tell(ended);
}

void Customers::tell(Visit& visit) {
  if (!visit.replied || !visit.followed) {
    return;
  }
  observer_(visit.outcome);
  visit.told = true;
  while (!visits_.empty() && visits_.front().told) {
    visits_.pop_front();
    ++first_;
  }
}

Demand Customers::demand(const Request& request, std::uint32_t /*step*/) const {
  return {.cpu = work_.sample_duration(work_stream_, request.ordinal)};
}

Station::Station(const Birth& birth, const Options& options)
    : Model(birth),
      law_(SharingLaw::servers(options.servers)),
      service_(FifoServers(law_, {.line_limit = options.line_limit})) {
  if (options.sharing) {
    service_.emplace<ProcessorSharing>(law_);
  }
}

void Station::on_arrival(Context& ctx, FrameHandle frame) {
  const Duration work = ctx.demand(frame).cpu;
  const std::uint64_t job = keep(jobs_, free_, frame);
  if (auto* line = std::get_if<FifoServers>(&service_)) {
    if (line->add(ctx.now(), job, work) == FifoServers::Admission::kRefused) {
      free_.push_back(job);
      ctx.reply(frame, Status::kRefused);
      return;
    }
  } else {
    std::get<ProcessorSharing>(service_).add(ctx.now(), job, work);
  }
  count(ctx.now(), 1);
  reschedule(ctx);
}

void Station::on(Context& ctx, const ServiceEnds& /*ends*/) {
  const std::uint64_t job =
      std::visit([&](auto& service) { return service.complete(ctx.now()); }, service_);
  free_.push_back(job);
  count(ctx.now(), -1);
  ctx.reply(jobs_[job], Status::kOk);
  next_ = {};
  reschedule(ctx);
}

Time Station::next_completion() const {
  return std::visit([](const auto& service) { return service.next_completion(); }, service_);
}

void Station::reschedule(Context& ctx) {
  const Time when = next_completion();
  if (when == kNever) {
    return;
  }
  if (!ctx.simulation().events().pending(next_)) {
    next_ = at(ctx, when, ServiceEnds{});
  } else if (ctx.simulation().events().due(next_) != when) {
    ctx.move(next_, when);
  }
}

void Station::count(Time now, std::int32_t change) {
  customer_ns_ += static_cast<double>(present_) * static_cast<double>(to_ns(now - counted_));
  counted_ = now;
  present_ += change;
}

double Station::customer_seconds(Time now) {
  count(now, 0);
  return customer_ns_ / 1e9;
}

Dispatcher::Dispatcher(const Birth& birth, Policy policy, std::vector<ComponentId> stations,
                       Customers& customers)
    : Component(birth),
      policy_(policy),
      stations_(std::move(stations)),
      customers_(customers),
      tie_stream_(birth.stream("tie")) {
  std::vector<std::uint32_t> targets(stations_.size());
  std::iota(targets.begin(), targets.end(), 0U);
  round_robin_.set_candidates(targets);
  random_.set_candidates(targets);
  least_.set_candidates(targets);
}

std::uint32_t Dispatcher::pick(std::uint64_t ordinal) {
  const PhiloxBlock draw = philox4x32(
      {static_cast<std::uint32_t>(ordinal), static_cast<std::uint32_t>(ordinal >> 32), 0, 0},
      tie_stream_.key);
  switch (policy_) {
    case Policy::kRoundRobin:
      return round_robin_.pick();
    case Policy::kRandom:
      return random_.pick(static_cast<std::uint64_t>(draw[0]) << 32);
    case Policy::kLeastOutstanding:
      return least_.pick(static_cast<std::uint64_t>(draw[0]) << 32);
  }
  return 0;
}

void Dispatcher::on_arrival(Context& ctx, FrameHandle frame) {
  const std::uint64_t customer = ctx.request(frame).ordinal;
  const std::uint32_t target = pick(customer);
  customers_.went_to(customer, target);
  least_.began(target);
  const std::uint64_t call = keep(calls_, free_, frame);
  ctx.call(ctx.request_of(frame), stations_[target], {.parent = frame, .tag = call << 16 | target});
}

void Dispatcher::on_reply(Context& ctx, FrameHandle frame) {
  const std::uint64_t tag = ctx.frame(frame).tag;
  const Status status = ctx.frame(frame).status;
  least_.ended(static_cast<std::uint32_t>(tag & 0xffff));
  free_.push_back(tag >> 16);
  ctx.reply(calls_[tag >> 16], status);
}

}  // namespace updraft::sim::testing
