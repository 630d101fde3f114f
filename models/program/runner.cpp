#include "models/program/runner.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "sim/engine/simulation.h"

namespace updraft::program {

using sim::Context;
using sim::Duration;
using sim::Status;
using sim::Time;

namespace {

template <class T>
std::uint32_t take(std::vector<T>& items, std::vector<std::uint32_t>& free) {
  if (free.empty()) {
    items.emplace_back();
    return static_cast<std::uint32_t>(items.size() - 1);
  }
  const std::uint32_t index = free.back();
  free.pop_back();
  return index;
}

}  // namespace

RunRef Runner::start(Context& ctx, const Start& start) {
  const std::uint32_t index = take(runs_, free_runs_);
  const std::uint32_t root = new_thread(index, kNone);
  Run& run = runs_[index];
  run = {.generation = run.generation,
         .live = true,
         .request = start.request,
         .frame = start.frame,
         .way = start.way,
         .token = start.token,
         .root = root,
         .hops = start.hops,
         .process = start.process};
  meet(start.process, start.birth);
  const RunRef made{index, run.generation};
  go_to(ctx, root, program_.begin());
  return made;
}

// Another birth is another process: it has its own clients.
void Runner::meet(std::uint32_t index, std::uint64_t birth) {
  if (program_.clients().empty()) {
    return;
  }
  if (processes_.size() <= index) {
    processes_.resize(index + 1);
  }
  Process& process = processes_[index];
  if (process.clients.empty() || process.birth != birth) {
    process.birth = birth;
    process.clients.clear();
    for (const ClientRules& rules : program_.clients()) {
      process.clients.emplace_back(rules);
    }
  }
}

std::uint32_t Runner::new_thread(std::uint32_t run, std::uint32_t parent) {
  const std::uint32_t index = take(threads_, free_threads_);
  const std::uint32_t generation = threads_[index].generation;
  threads_[index] = {
      .generation = generation, .run = run, .parent = parent, .state = State::kGoingOn};
  return index;
}

void Runner::free_thread(std::uint32_t thread) {
  ++threads_[thread].generation;
  threads_[thread].state = State::kFree;
  free_threads_.push_back(thread);
}

// Goes on from step to step until the thread stands still or is over. A step may end the whole run.
void Runner::go_to(Context& ctx, std::uint32_t thread, Place place) {
  threads_[thread].state = State::kGoingOn;
  while (true) {
    if (place == kEnd || place == kFail) {
      end_thread(ctx, thread, place == kEnd);
      return;
    }
    if (const auto status = cut_short(ctx, runs_[threads_[thread].run])) {
      end_run(ctx, threads_[thread].run, *status);
      return;
    }
    threads_[thread].at = place;
    const Next next = std::visit([&](const auto& step) { return perform(ctx, thread, step); },
                                 program_[place].what);
    if (!next) {
      return;
    }
    place = *next;
  }
}

std::optional<Status> Runner::cut_short(Context& ctx, const Run& run) const {
  if (program_.stops_on_disconnect() && run.frame.exists() &&
      ctx.frame(run.frame).state == sim::Frame::State::kAbandoned) {
    return Status::kFailed;
  }
  if (program_.honours_deadline() && ctx.now() >= ctx.request(run.request).deadline) {
    return Status::kTimedOut;
  }
  return std::nullopt;
}

Duration Runner::draw(Context& ctx, std::uint32_t thread, const sim::Distribution& law) const {
  const sim::Request& request = request_of(ctx, thread);
  return law.sample_duration(key_of(at(thread), request), request.ordinal,
                             sim::sub_of(request, runs_[threads_[thread].run].way));
}

// --- the steps

Runner::Next Runner::compute(Context& ctx, std::uint32_t thread, Duration work) {
  threads_[thread].state = State::kComputing;
  host_.compute(ctx, ref(thread), work);
  return std::nullopt;
}

Runner::Next Runner::wait(Context& ctx, std::uint32_t thread, Duration time, Place then) {
  if (time <= Duration{}) {
    return then;
  }
  threads_[thread].state = State::kWaiting;
  threads_[thread].then = then;
  threads_[thread].timer = host_.wait(ctx, ref(thread), time);
  return std::nullopt;
}

Runner::Next Runner::perform(Context& ctx, std::uint32_t thread, const ComputeStep& step) {
  const Duration work = draw(ctx, thread, step.work);
  return work > Duration{} ? compute(ctx, thread, work) : Next(at(thread).next);
}

Runner::Next Runner::perform(Context& ctx, std::uint32_t thread, const WaitStep& step) {
  return wait(ctx, thread, draw(ctx, thread, step.time), at(thread).next);
}

Runner::Next Runner::perform(Context& ctx, std::uint32_t thread, const DemandStep& step) {
  const sim::Request& request = request_of(ctx, thread);
  if (request.source == nullptr) {
    return at(thread).next;
  }
  const sim::Demand demand = request.source->demand(request, runs_[threads_[thread].run].way);
  const auto scaled = [&](Duration time) {
    return step.factor == 1.0
               ? time
               : sim::to_duration(static_cast<double>(sim::to_ns(time)) * step.factor);
  };
  const Duration after = scaled(demand.wait);
  if (demand.cpu > Duration{} && step.factor > 0) {
    threads_[thread].wait_after = after;
    return compute(ctx, thread, scaled(demand.cpu));
  }
  return wait(ctx, thread, after, at(thread).next);
}

// One message for the request, or for each message of the batch that it stands for. The worst
// answer counts.
Status Runner::send(Context& ctx, std::uint32_t thread, roles::MessageSink& sink) const {
  Status worst = Status::kOk;
  for (roles::Message message : roles::messages_of(request_of(ctx, thread))) {
    message.hops += runs_[threads_[thread].run].hops;
    const Status status = sink.deliver(ctx, message, sim::DecisionId::kNone);
    worst = status == Status::kOk ? worst : status;
  }
  return worst;
}

Runner::Next Runner::perform(Context& ctx, std::uint32_t thread, const SendStep& step) {
  const Status status = send(ctx, thread, *step.sink);
  return wait(ctx, thread, draw(ctx, thread, step.latency),
              status == Status::kOk ? at(thread).next : step.on_failure);
}

Runner::Next Runner::perform(Context& ctx, std::uint32_t thread, const ChooseStep& /*step*/) {
  const sim::Request& request = request_of(ctx, thread);
  return Compiled::choose(at(thread), request,
                          sim::sub_of(request, runs_[threads_[thread].run].way));
}

Runner::Next Runner::perform(Context& ctx, std::uint32_t thread, const FailStep& step) {
  const sim::Request& request = request_of(ctx, thread);
  const double drawn = sim::uniform01(key_of(at(thread), request), request.ordinal,
                                      sim::sub_of(request, runs_[threads_[thread].run].way));
  return drawn < step.probability ? kFail : at(thread).next;
}

// All branches are there before the first begins: it may come to its end at once, and with it the
// join, which frees the others.
Runner::Next Runner::perform(Context& ctx, std::uint32_t thread, const ParallelStep& step) {
  std::vector<ThreadRef> children;
  std::uint32_t last = kNone;
  for (std::size_t i = 0; i < step.branches.size(); ++i) {
    const std::uint32_t child = new_thread(threads_[thread].run, thread);
    (last == kNone ? threads_[thread].first_child : threads_[last].next_sibling) = child;
    last = child;
    children.push_back(ref(child));
  }
  threads_[thread].state = State::kJoining;
  threads_[thread].open = static_cast<std::uint32_t>(children.size());
  threads_[thread].ended_well = 0;
  for (std::size_t i = 0; i < children.size() && current(children[i]); ++i) {
    go_to(ctx, children[i].index, step.branches[i]);
  }
  return std::nullopt;
}

// --- what the host tells

void Runner::computed(Context& ctx, ThreadRef thread) {
  if (!current(thread) || threads_[thread.index].state != State::kComputing) {
    return;
  }
  const Duration after = std::exchange(threads_[thread.index].wait_after, Duration{});
  if (const Next next = wait(ctx, thread.index, after, at(thread.index).next)) {
    go_to(ctx, thread.index, *next);
  }
}

void Runner::waited(Context& ctx, ThreadRef thread) {
  if (!current(thread)) {
    return;
  }
  switch (threads_[thread.index].state) {
    case State::kWaiting:
      threads_[thread.index].timer = {};
      go_to(ctx, thread.index, threads_[thread.index].then);
      break;
    case State::kInLine:
    case State::kInVain:
    case State::kBackingOff:
      threads_[thread.index].timer = {};
      waited_for_call(ctx, thread.index);
      break;
    default:
      break;
  }
}

void Runner::went_by(Context& ctx, ThreadRef thread) {
  if (current(thread) && threads_[thread.index].state == State::kComputing) {
    computed(ctx, thread);
  } else {
    waited(ctx, thread);
  }
}

// --- ends

void Runner::end_thread(Context& ctx, std::uint32_t thread, bool well) {
  const std::uint32_t parent = threads_[thread].parent;
  if (parent == kNone) {
    end_run(ctx, threads_[thread].run, well ? Status::kOk : Status::kFailed);
    return;
  }
  threads_[thread].state = State::kEnded;
  Thread& join = threads_[parent];
  --join.open;
  join.ended_well += well ? 1 : 0;
  const std::uint32_t need = std::get<ParallelStep>(at(parent).what).need;
  if (join.ended_well >= need) {
    take_back(ctx, parent);
    go_to(ctx, parent, at(parent).next);
  } else if (join.ended_well + join.open < need) {
    take_back(ctx, parent);
    end_thread(ctx, parent, /*well=*/false);
  }
}

void Runner::take_back(Context& ctx, std::uint32_t index) {
  const Thread& thread = threads_[index];
  switch (thread.state) {
    case State::kComputing:
      host_.stop_computing(ctx, ref(index));
      break;
    case State::kWaiting:
      ctx.cancel(thread.timer);
      break;
    case State::kCalling:
    case State::kInLine:
    case State::kInVain:
    case State::kBackingOff:
      take_back_call(ctx, index);
      break;
    case State::kJoining:
      for (std::uint32_t child = thread.first_child; child != kNone;) {
        const std::uint32_t next = threads_[child].next_sibling;
        take_back(ctx, child);
        free_thread(child);
        child = next;
      }
      break;
    case State::kFree:
    case State::kGoingOn:
    case State::kEnded:
      break;
  }
  threads_[index].timer = {};
  threads_[index].call = {};
  threads_[index].first_child = kNone;
  threads_[index].wait_after = {};
  threads_[index].state = State::kGoingOn;
}

void Runner::end_run(Context& ctx, std::uint32_t index, Status status) {
  const std::uint64_t token = runs_[index].token;
  drop(ctx, {index, runs_[index].generation});
  host_.program_ended(ctx, token, status);
}

void Runner::drop(Context& ctx, RunRef ref) {
  if (ref.index >= runs_.size() || runs_[ref.index].generation != ref.generation ||
      !runs_[ref.index].live) {
    return;
  }
  Run& run = runs_[ref.index];
  take_back(ctx, run.root);
  free_thread(run.root);
  run.live = false;
  ++run.generation;
  free_runs_.push_back(ref.index);
}

void Runner::drop_all(Context& ctx) {
  dropping_all_ = true;
  for (std::uint32_t index = 0; index < runs_.size(); ++index) {
    drop(ctx, {index, runs_[index].generation});
  }
  processes_.clear();
  dropping_all_ = false;
}

}  // namespace updraft::program
