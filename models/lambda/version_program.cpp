// A handler that runs a program: steps at the speed that the memory buys, until the end or the
// time-out.
#include "models/lambda/cpu.h"
#include "models/lambda/function.h"
#include "models/lambda/version.h"

namespace updraft::lambda {

using program::ThreadRef;
using sim::Context;
using sim::Status;

void Version::bind(const sim::World& world) {
  if (program_) {
    program_->bind(world);
  }
}

// The init phase within an invocation counts towards the time-out (R5.5.1).
void Version::run_program(Context& ctx, std::uint32_t index, sim::Duration init) {
  Invocation& invocation = invocations_[index];
  invocation.time_out = after(ctx, function_.timeout(), WorkDone{index, invocation.generation});
  const ProgramDue due{index, invocation.generation};
  if (init > sim::Duration{}) {
    after(ctx, init, due);
  } else {
    on(ctx, due);
  }
}

void Version::on(Context& ctx, const ProgramDue& message) {
  Invocation& invocation = invocations_[message.invocation];
  if (invocation.generation != message.generation) {
    return;
  }
  const program::RunRef run = runner_->start(ctx, {.request = ctx.request_of(invocation.frame),
                                                   .frame = invocation.frame,
                                                   .way = ctx.frame(invocation.frame).step,
                                                   .token = message.invocation,
                                                   .hops = 1,
                                                   .process = process_of(invocation),
                                                   .birth = birth_of(invocation)});
  if (invocations_[message.invocation].generation == message.generation) {
    invocations_[message.invocation].program = run;
  }
}

// R5.6.1
void Version::break_off(Context& ctx, std::uint32_t index) {
  runner_->drop(ctx, invocations_[index].program);
  invocations_[index].outcome = Outcome::kTimedOut;
}

void Version::program_ended(Context& ctx, std::uint64_t token, Status status) {
  const auto index = static_cast<std::uint32_t>(token);
  Invocation& invocation = invocations_[index];
  ctx.cancel(invocation.time_out);
  if (status != Status::kOk) {
    invocation.outcome = Outcome::kFailed;
  }
  finish(ctx, index);
}

void Version::compute(Context& ctx, ThreadRef thread, sim::Duration work) {
  after(ctx, time_at(work, speed_), ProgramWaited{thread});
}

void Version::stop_computing(Context& /*ctx*/, ThreadRef /*thread*/) {}  // its event finds nobody

sim::EventHandle Version::wait(Context& ctx, ThreadRef thread, sim::Duration time) {
  return after(ctx, time, ProgramWaited{thread});
}

void Version::on(Context& ctx, const ProgramWaited& message) {
  runner_->went_by(ctx, message.thread);
}

void Version::on_reply(Context& ctx, sim::FrameHandle frame) {
  runner_->on_reply(ctx, frame);
}

void Version::on_timeout(Context& ctx, sim::FrameHandle frame) {
  runner_->on_timeout(ctx, frame);
}

}  // namespace updraft::lambda
