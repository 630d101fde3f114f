#include "models/service/service.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <limits>

#include "sim/build/sampler.h"
#include "sim/engine/simulation.h"

namespace updraft::service {

using program::ThreadRef;
using sim::Context;
using sim::FrameHandle;
using sim::Status;
using sim::Time;

namespace {
constexpr std::uint32_t kNoLimit = std::numeric_limits<std::uint32_t>::max();

constexpr std::int64_t kTokensOfRate = 1000;  // so many seconds bring back `refill` tokens

// Rates in thousandths of a request a second; a whole number of requests as the burst.
common::TokenBucket::Rate bucket_of(const RateLimit& limit) {
  return {.capacity = static_cast<std::int64_t>(limit.burst()),
          .refill = std::llround(limit.rate() * static_cast<double>(kTokensOfRate)),
          .per = std::chrono::seconds{kTokensOfRate}};
}
}  // namespace

Service::Service(const sim::Birth& birth, const ServiceParams& params)
    : Model(birth),
      latency_(sim::make_sampler(params.latency())),
      concurrency_(params.has_concurrency() ? params.concurrency() : kNoLimit),
      queue_length_(params.queue_length()),
      error_probability_(params.error_probability()),
      miss_probability_(params.miss_probability()),
      latency_stream_(birth.stream("latency")),
      error_stream_(birth.stream("error")),
      miss_stream_(birth.stream("miss")) {
  if (params.has_rate_limit()) {
    bucket_.emplace(bucket_of(params.rate_limit()));
  }
  if (params.has_program()) {
    runner_.emplace(program_.emplace(params.program(), birth), *this);
  }
  if (params.has_concurrency() && params.queue_timeout().ns() > 0) {
    queue_timeout_ =
        birth.add_lane(sim::Duration{params.queue_timeout().ns()}, sim::Phase::kControllers);
  }
}

void Service::bind(sim::World& world) {
  if (program_) {
    program_->bind(world);
  }
}

void Service::on_arrival(Context& ctx, FrameHandle frame) {
  requests_.add();
  if (now_.unreachable) {
    ctx.reply(frame, Status::kUnreachable);
    return;
  }
  if (bucket_ && !bucket_->take(ctx.now())) {  // service.rate_limit
    turn_away(ctx, frame, Limit::kRate);
    return;
  }
  if (in_service_ < concurrency_) {
    serve(ctx, frame, ctx.now());
  } else if (line_.size() < queue_length_) {  // service.concurrency
    Waiting waiting{.frame = frame, .came = ctx.now(), .number = next_number_++};
    if (queue_timeout_.exists()) {
      waiting.timer = after(ctx, queue_timeout_, WaitedTooLong{waiting.number});
    }
    line_.push_back(waiting);
    levels_changed(ctx.now());
  } else {
    turn_away(ctx, frame, Limit::kPlaces);
  }
}

void Service::turn_away(Context& ctx, FrameHandle frame, Limit limit) {
  throttles_.add();
  record(ctx, limit);
  ctx.reply(frame, Status::kThrottled);
}

void Service::record(Context& ctx, Limit limit) const {
  const auto decide = [&](const char* reason, const char* rule,
                          std::initializer_list<sim::NamedValue> values) {
    ctx.decide({.who = path(),
                .kind = "turn away",
                .outcome = sim::Outcome::kBlocked,
                .what = "answer a request",
                .reason = reason,
                .rule = rule,
                .values = {values.begin(), values.size()},
                .cause = {}});
  };
  const auto number = [](auto value) { return static_cast<double>(value); };
  if (limit == Limit::kRate) {
    const common::TokenBucket::Rate& rate = bucket_->rate();
    decide("no token is left", "service.rate_limit",
           {{"rate_per_s", number(rate.refill) / static_cast<double>(kTokensOfRate)},
            {"burst", number(rate.capacity)}});
  } else {
    decide(limit == Limit::kPlaces ? "all places are taken, and no more may wait"
                                   : "it has waited for a place for too long",
           "service.concurrency",
           {{"in_service", number(in_service_)}, {"waiting", number(line_.size())}});
  }
}

// All wait for the same time, so it is always the first of the line.
void Service::on(Context& ctx, const WaitedTooLong& message) {
  SIM_CHECK(!line_.empty() && line_.front().number == message.number);
  turn_away(ctx, line_.pop_front().frame, Limit::kPatience);
  levels_changed(ctx.now());
}

double Service::drawn(Context& ctx, FrameHandle frame, sim::StreamKey stream) const {
  const sim::Request& request = ctx.request(frame);
  return sim::uniform01(program::key_of(stream, request), request.ordinal,
                        sim::sub_of(request, ctx.frame(frame).step));
}

void Service::serve(Context& ctx, FrameHandle frame, Time came) {
  std::uint32_t index = 0;
  if (free_jobs_.empty()) {
    index = static_cast<std::uint32_t>(jobs_.size());
    jobs_.emplace_back();
  } else {
    index = free_jobs_.back();
    free_jobs_.pop_back();
  }
  ++in_service_;
  ctx.begin(frame);
  const sim::Request& request = ctx.request(frame);
  const double ns = latency_.sample(program::key_of(latency_stream_, request), request.ordinal,
                                    sim::sub_of(request, ctx.frame(frame).step));
  jobs_[index] = {.frame = frame,
                  .came = came,
                  .timer = after(ctx, sim::to_duration(ns * now_.latency_factor), Served{index}),
                  .active = true};
  levels_changed(ctx.now());
}

void Service::on(Context& ctx, const Served& message) {
  const auto index = static_cast<std::uint32_t>(message.job);
  jobs_[index].timer = {};
  const FrameHandle frame = jobs_[index].frame;
  const double sure = (1 - error_probability_) * (1 - now_.error_probability);
  if (sure < 1 && drawn(ctx, frame, error_stream_) >= sure) {
    end(ctx, index, Status::kFailed);
  } else if (runner_) {
    runner_->start(ctx, {.request = ctx.request_of(frame),
                         .frame = frame,
                         .way = ctx.frame(frame).step,
                         .token = index});
  } else {
    end(ctx, index, Status::kOk);
  }
}

void Service::end(Context& ctx, std::uint32_t index, Status status) {
  Job& job = jobs_[index];
  const FrameHandle frame = job.frame;
  answer_time_.record(ctx.now() - job.came);
  job.active = false;
  free_jobs_.push_back(index);
  --in_service_;
  if (status != Status::kOk) {
    errors_.add();
    ctx.reply(frame, status);
  } else if (miss_probability_ > 0 && drawn(ctx, frame, miss_stream_) < miss_probability_) {
    misses_.add();
    ctx.reply_missed(frame);
  } else {
    ctx.reply(frame, Status::kOk);
  }
  take_next(ctx);
}

void Service::take_next(Context& ctx) {
  if (!line_.empty() && in_service_ < concurrency_) {
    const Waiting next = line_.pop_front();
    if (next.timer) {
      ctx.cancel(next.timer);
    }
    serve(ctx, next.frame, next.came);
  }
  levels_changed(ctx.now());
}

// --- the program

void Service::on_reply(Context& ctx, FrameHandle frame) {
  runner_->on_reply(ctx, frame);
}

void Service::on_timeout(Context& ctx, FrameHandle frame) {
  runner_->on_timeout(ctx, frame);
}

// There is always a CPU that is free: work takes its time.
void Service::compute(Context& ctx, ThreadRef thread, sim::Duration work) {
  after(ctx, work, ProgramWaited{thread});
}

void Service::stop_computing(Context& /*ctx*/, ThreadRef /*thread*/) {
}  // its event comes to nothing

sim::EventHandle Service::wait(Context& ctx, ThreadRef thread, sim::Duration time) {
  return after(ctx, time, ProgramWaited{thread});
}

void Service::on(Context& ctx, const ProgramWaited& message) {
  runner_->went_by(ctx, message.thread);
}

void Service::program_ended(Context& ctx, std::uint64_t token, Status status) {
  end(ctx, static_cast<std::uint32_t>(token),
      status == Status::kOk ? Status::kOk : Status::kFailed);
}

// --- faults

void Service::begin_degradation(Context& ctx, std::uint64_t fault, const Degradation& degradation) {
  Context own = ctx.as(*this);
  faults_[fault] = degradation;
  settle_faults();
  if (degradation.unreachable) {
    lose_all(own);
  }
}

void Service::end_degradation(Context& /*ctx*/, std::uint64_t fault) {
  faults_.erase(fault);
  settle_faults();
}

void Service::settle_faults() {
  now_ = {};
  double sure = 1;
  for (const auto& [fault, each] : faults_) {
    now_.latency_factor *= each.latency_factor;
    sure *= 1 - each.error_probability;
    now_.unreachable = now_.unreachable || each.unreachable;
  }
  now_.error_probability = 1 - sure;
}

// Nothing will be answered: callers wait until they lose patience.
void Service::lose_all(Context& ctx) {
  if (runner_) {
    runner_->drop_all(ctx);
  }
  for (std::uint32_t index = 0; index < jobs_.size(); ++index) {
    Job& job = jobs_[index];
    if (job.active) {
      if (job.timer) {
        ctx.cancel(job.timer);
      }
      job.active = false;
      free_jobs_.push_back(index);
      --in_service_;
      ctx.lose(job.frame);
    }
  }
  while (!line_.empty()) {
    const Waiting gone = line_.pop_front();
    if (gone.timer) {
      ctx.cancel(gone.timer);
    }
    ctx.lose(gone.frame);
  }
  levels_changed(ctx.now());
}

}  // namespace updraft::service
