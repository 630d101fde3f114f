#include "models/ec2/instance.h"

#include <algorithm>
#include <utility>

namespace updraft::ec2 {

using roles::InstanceState;
using sim::Context;
using sim::FrameHandle;
using sim::Status;

Instance::Instance(const sim::Birth& birth, const InstanceSettings& settings,
                   const roles::LaunchOptions& options, InstanceListener& listener,
                   std::uint64_t ordinal, bool launch_credits_left)
    : Model(birth),
      settings_(settings),
      options_(options),
      listener_(listener),
      ordinal_(ordinal),
      launch_credits_left_(launch_credits_left),
      cpu_(settings.law, settings.speed) {
  if (settings.credits) {
    credits_.emplace(*settings.credits);
  }
  if (settings.program != nullptr) {
    runner_.emplace(*settings.program, *this);
  }
}

void Instance::on_start(Context& ctx) {
  launched_ = ctx.now();
  if (options_.standing) {
    change_state(ctx, InstanceState::kRunning);
    begin_credits(ctx, {});
    listening_ = true;
    initialized_ = true;
    return;
  }
  listener_.state_changed(ctx, *this, state_);
  post_state(ctx, settings_.pending.of(ordinal_, 0), InstanceState::kRunning);
}

void Instance::post_state(Context& ctx, sim::Duration delay, InstanceState state) {
  state_event_ = after(ctx, delay, StateDue{static_cast<std::uint64_t>(state)});
}

void Instance::cancel(Context& ctx, sim::EventHandle& event) {
  if (event) {
    ctx.cancel(event);
    event = {};
  }
}

void Instance::on(Context& ctx, const StateDue& due) {
  state_event_ = {};
  change_state(ctx, static_cast<InstanceState>(due.state));
  if (state_ == InstanceState::kRunning) {
    begin_credits(ctx, starts_ > 0 ? ctx.now() - stopped_at_ : sim::Duration{});
    boot(ctx, boot_time());
  }
}

// R1.1.1: pending -> running -> stopping -> stopped -> pending, or -> shutting-down -> terminated.
void Instance::change_state(Context& ctx, InstanceState state) {
  state_ = state;
  if (state == InstanceState::kRunning) {
    running_since_ = ctx.now();
  }
  listener_.state_changed(ctx, *this, state);
}

// A start finds what was installed once, if the first boot came to its end.
sim::Duration Instance::boot_time() const {
  const bool again = starts_ > 0 && booted_once_ && settings_.restart;
  return (again ? *settings_.restart : settings_.boot).of(ordinal_, starts_);
}

void Instance::boot(Context& ctx, sim::Duration delay) {
  boot_event_ = after(ctx, delay, Booted{});
}

void Instance::on(Context& ctx, const Booted& /*message*/) {
  boot_event_ = {};
  if (state_ != InstanceState::kRunning || !powered_) {
    return;
  }
  listening_ = true;
  initialized_ = true;
  booted_once_ = true;
  listener_.booted(ctx, *this);
  const sim::Duration warm_up = settings_.warm_up.of(ordinal_, starts_ + reboots_);
  if (warm_up > sim::Duration{}) {
    warming_ = true;
    boot_event_ = after(ctx, warm_up, WarmedUp{});
    apply_speed(ctx);
  }
}

void Instance::on(Context& ctx, const WarmedUp& /*message*/) {
  boot_event_ = {};
  warming_ = false;
  apply_speed(ctx);
}

void Instance::apply_speed(Context& ctx) {
  cpu_.set_speed(ctx.now(), settings_.speed * (warming_ ? settings_.warm_up_speed_factor : 1.0) *
                                (throttled_ ? credits_->terms().baseline : 1.0) * fault_factor_);
  schedule_cpu(ctx);
}

void Instance::impairments_changed(Context& ctx) {
  fails_health_checks_ = impairments_.has(Impairments::Kind::kHealthCheck);
  hangs_ = impairments_.has(Impairments::Kind::kHang);
  if (const double factor = impairments_.speed_factor(); factor != fault_factor_) {
    fault_factor_ = factor;
    apply_speed(ctx);
  }
  if (!hangs_) {  // what it held is answered now
    for (const std::uint32_t index : std::exchange(held_, {})) {
      finish(ctx, index);
    }
  }
}

void Instance::on_arrival(Context& ctx, FrameHandle frame) {
  sim::Demand demand = ctx.demand(frame);
  if (!demand.probe && !runner_) {  // asked for, whether it is served or not
    work_arrived_ns_ += static_cast<double>(sim::to_ns(demand.cpu));
  }
  if (!powered_) {
    ctx.reply(frame, Status::kUnreachable);
    return;
  }
  if (!listening_) {
    ++refused_;
    ctx.reply(frame, Status::kRefused);
    return;
  }
  bytes_in_ += ctx.request(frame).size_bytes;
  if (demand.probe && fails_health_checks_ && !hangs_) {
    ctx.reply(frame, Status::kFailed);
    return;
  }
  if (demand.probe) {
    demand.cpu = settings_.probe_cpu.of(ordinal_, static_cast<std::uint32_t>(probes_++));
    work_arrived_ns_ += static_cast<double>(sim::to_ns(demand.cpu));
  }
  if (demand.memory_bytes > settings_.memory_bytes) {  // it would block the queue for ever
    ctx.reply(frame, Status::kFailed);
    return;
  }
  if (backlog_.empty() && fits(demand)) {
    serve(ctx, frame, demand);
  } else if (backlog_.size() < settings_.backlog) {
    backlog_.push_back({frame, demand});
  } else {
    ++refused_;
    ctx.reply(frame, Status::kRefused);
  }
}

bool Instance::fits(const sim::Demand& demand) const {
  return in_service_ < settings_.workers &&
         memory_used_ + demand.memory_bytes <= settings_.memory_bytes;
}

// Takes requests out of the accept queue, in order, while a worker and memory are free.
void Instance::admit(Context& ctx) {
  while (!backlog_.empty() && fits(backlog_.front().demand)) {
    const Waiting next = backlog_.pop_front();
    serve(ctx, next.frame, next.demand);
  }
}

void Instance::serve(Context& ctx, FrameHandle frame, const sim::Demand& demand) {
  std::uint32_t index = 0;
  if (free_jobs_.empty()) {
    index = static_cast<std::uint32_t>(jobs_.size());
    jobs_.emplace_back();
  } else {
    index = free_jobs_.back();
    free_jobs_.pop_back();
  }
  Job& job = jobs_[index];
  job = {.frame = frame, .wait = demand.wait, .memory = demand.memory_bytes, .active = true};
  ++in_service_;
  memory_used_ += demand.memory_bytes;
  ctx.begin(frame);
  if (runner_ && !demand.probe) {
    run_program(ctx, index);
  } else if (demand.cpu > sim::Duration{}) {
    run_cpu(ctx, index, demand.cpu);
  } else {
    leave_cpu(ctx, index);
  }
}

void Instance::run_cpu(Context& ctx, std::uint64_t name, sim::Duration work) {
  if (settings_.first_come_first_served && cpu_.size() >= settings_.law.servers()) {
    cpu_line_.push_back({name, work});
    return;
  }
  cpu_.add(ctx.now(), name, work);
  schedule_cpu(ctx);
}

void Instance::next_of_line(Context& ctx) {
  if (!cpu_line_.empty()) {
    const CpuJob next = cpu_line_.pop_front();
    cpu_.add(ctx.now(), next.name, next.work);
  }
}

void Instance::schedule_cpu(Context& ctx) {
  const sim::Time due = cpu_.next_completion();
  if (due == cpu_due_) {
    return;
  }
  cpu_due_ = due;
  if (due == sim::kNever) {
    ctx.cancel(cpu_event_);
    cpu_event_ = {};
  } else if (cpu_event_) {
    ctx.move(cpu_event_, due);
  } else {
    cpu_event_ = at(ctx, due, CpuDone{});
  }
}

void Instance::on(Context& ctx, const CpuDone& /*message*/) {
  cpu_event_ = {};
  cpu_due_ = sim::kNever;
  while (cpu_.next_completion() <= ctx.now()) {
    const std::uint64_t name = cpu_.complete(ctx.now());
    next_of_line(ctx);
    if ((name & kThread) != 0) [[unlikely]] {
      runner_->computed(ctx, runner_->thread(static_cast<std::uint32_t>(name)));
    } else {
      leave_cpu(ctx, static_cast<std::uint32_t>(name));
    }
  }
  schedule_cpu(ctx);
}

void Instance::leave_cpu(Context& ctx, std::uint32_t index) {
  Job& job = jobs_[index];
  if (job.wait > sim::Duration{}) {
    job.timer = after(ctx, job.wait, WaitDone{index});
  } else {
    finish(ctx, index);
  }
}

void Instance::on(Context& ctx, const WaitDone& message) {
  const auto index = static_cast<std::uint32_t>(message.job);
  jobs_[index].timer = {};
  finish(ctx, index);
}

void Instance::finish(Context& ctx, std::uint32_t index) {
  if (hangs_) {
    held_.push_back(index);
    return;
  }
  const FrameHandle frame = jobs_[index].frame;
  const Status status = jobs_[index].status;
  bytes_out_ += ctx.request(frame).response_bytes;
  release(index);
  ctx.reply(frame, status);
  if (!backlog_.empty()) {
    admit(ctx);
  }
}

void Instance::release(std::uint32_t index) {
  Job& job = jobs_[index];
  SIM_CHECK(job.active && in_service_ > 0);
  job.active = false;
  memory_used_ -= job.memory;
  --in_service_;
  free_jobs_.push_back(index);
}

/// Ends every request here, those in service first, in order of their places; `end` says how.
template <class End>
void Instance::end_all(Context& ctx, End end) {
  if (runner_) {
    runner_->drop_all(ctx);
  }
  cpu_.clear(ctx.now(), [](std::uint64_t /*job*/) {});
  while (!cpu_line_.empty()) {
    cpu_line_.pop_front();
  }
  held_.clear();
  for (std::uint32_t index = 0; index < jobs_.size(); ++index) {
    Job& job = jobs_[index];
    if (job.active) {
      if (job.timer) {
        ctx.cancel(job.timer);
      }
      release(index);
      end(job.frame);
    }
  }
  while (!backlog_.empty()) {
    end(backlog_.pop_front().frame);
  }
  listening_ = false;
  schedule_cpu(ctx);
}

void Instance::reset_all(Context& ctx) {
  end_all(ctx, [&](FrameHandle frame) { ctx.reply(frame, Status::kReset); });
}

// What goes on in a running instance ends: requests, a boot, earning of credits.
void Instance::power_down(Context& own) {
  cancel(own, state_event_);
  cancel(own, boot_event_);
  warming_ = false;
  initialized_ = false;
  reset_all(own);
  end_credits(own);
}

void Instance::terminate(Context& ctx) {
  if (!ec2::after(state_, InstanceChange::kTerminate)) {
    return;
  }
  Context own = ctx.as(*this);
  power_down(own);
  change_state(own, InstanceState::kShuttingDown);
  post_state(own, settings_.shutting_down.of(ordinal_, 0), InstanceState::kTerminated);
}

void Instance::crash(Context& ctx) {
  if (state_ >= InstanceState::kShuttingDown) {
    return;
  }
  Context own = ctx.as(*this);
  power_down(own);
  change_state(own, InstanceState::kTerminated);
}

bool Instance::stop(Context& ctx) {
  if (!ec2::after(state_, InstanceChange::kStop)) {
    return false;
  }
  Context own = ctx.as(*this);
  power_down(own);
  stopped_at_ = own.now();
  change_state(own, InstanceState::kStopping);
  post_state(own, settings_.stopping.of(ordinal_, starts_), InstanceState::kStopped);
  return true;
}

bool Instance::start(Context& ctx, bool launch_credits_left) {
  if (!ec2::after(state_, InstanceChange::kStart)) {
    return false;
  }
  Context own = ctx.as(*this);
  ++starts_;
  launch_credits_left_ = launch_credits_left;
  impairments_.moved();  // R1.1.4: another host, and the system boots anew
  impairments_changed(own);
  change_state(own, InstanceState::kPending);
  post_state(own, settings_.pending.of(ordinal_, starts_), InstanceState::kRunning);
  return true;
}

bool Instance::reboot(Context& ctx) {
  if (!ec2::after(state_, InstanceChange::kReboot) || !powered_) {
    return false;
  }
  Context own = ctx.as(*this);
  cancel(own, boot_event_);
  warming_ = false;
  reset_all(own);
  impairments_.rebooted();
  impairments_changed(own);
  boot(own, settings_.reboot.of(ordinal_, reboots_++));  // R1.1.6
  return true;
}

bool Instance::recover(Context& ctx) {
  if (!reboot(ctx)) {
    return false;
  }
  impairments_.moved();
  Context own = ctx.as(*this);
  impairments_changed(own);
  return true;
}

void Instance::lose_power(Context& ctx) {
  Context own = ctx.as(*this);
  powered_ = false;
  if (boot_event_) {  // it begins again when the power is back
    own.cancel(boot_event_);
    boot_event_ = {};
  }
  warming_ = false;
  end_all(own, [&](FrameHandle frame) { own.lose(frame); });
}

void Instance::regain_power(Context& ctx) {
  powered_ = true;
  if (state_ == InstanceState::kRunning) {
    boot(ctx, boot_time());
  }
}

}  // namespace updraft::ec2
