// How an instance runs the program of its template: a request keeps its worker from the first step
// to the last, its threads share the vCPUs with everybody else.
#include "models/ec2/instance.h"

namespace updraft::ec2 {

using program::ThreadRef;
using sim::Context;
using sim::FrameHandle;
using sim::Status;

void Instance::run_program(Context& ctx, std::uint32_t job) {
  const FrameHandle frame = jobs_[job].frame;
  runner_->start(ctx, {.request = ctx.request_of(frame),
                       .frame = frame,
                       .way = ctx.frame(frame).step,
                       .token = job});
}

void Instance::compute(Context& ctx, ThreadRef thread, sim::Duration work) {
  work_arrived_ns_ += static_cast<double>(sim::to_ns(work));
  run_cpu(ctx, kThread | thread.index, work);
}

void Instance::stop_computing(Context& ctx, ThreadRef thread) {
  const std::uint64_t name = kThread | thread.index;
  if (cpu_.remove_job(ctx.now(), name)) {
    next_of_line(ctx);
    schedule_cpu(ctx);
    return;
  }
  for (std::size_t i = 0; i < cpu_line_.size(); ++i) {
    if (cpu_line_[i].name == name) {
      cpu_line_.erase(i);
      return;
    }
  }
}

sim::EventHandle Instance::wait(Context& ctx, ThreadRef thread, sim::Duration time) {
  return after(ctx, time, ProgramWaited{thread});
}

void Instance::on(Context& ctx, const ProgramWaited& message) {
  runner_->waited(ctx, message.thread);
}

void Instance::on_reply(Context& ctx, FrameHandle frame) {
  runner_->on_reply(ctx, frame);
}

void Instance::on_timeout(Context& ctx, FrameHandle frame) {
  runner_->on_timeout(ctx, frame);
}

void Instance::program_ended(Context& ctx, std::uint64_t token, Status status) {
  const auto job = static_cast<std::uint32_t>(token);
  jobs_[job].status = status == Status::kOk ? Status::kOk : Status::kFailed;
  finish(ctx, job);
}

}  // namespace updraft::ec2
