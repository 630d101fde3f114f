#include "models/ec2/queue_worker.h"

#include <span>

#include "sim/engine/simulation.h"

namespace updraft::ec2 {

using sim::Context;
using sim::FrameHandle;
using sim::Status;

QueueWorker::QueueWorker(const sim::Birth& birth, const Polling& polling,
                         roles::MessageQueue& queue, sim::ComponentId instance,
                         sim::StreamKey failures, WorkDone& done, WorkListener& listener)
    : Model(birth),
      polling_(polling),
      queue_(queue),
      instance_(instance),
      failures_(failures),
      done_(done),
      listener_(listener),
      latency_(polling.request_latency().ns()),
      threads_(polling.threads()) {}

void QueueWorker::begin(Context& ctx) {
  if (running_) {
    return;
  }
  Context own = ctx.as(*this);
  running_ = true;
  draining_ = false;
  still_ = 0;
  ++life_;
  done_.threads.add(own.now(), static_cast<double>(threads_.size()));
  for (std::uint32_t thread = 0; thread < threads_.size(); ++thread) {
    go_on(own, thread, Next::kReceive, latency_);
  }
}

void QueueWorker::halt(Context& ctx) {
  if (!running_) {
    return;
  }
  Context own = ctx.as(*this);
  running_ = false;
  ++life_;
  done_.threads.add(own.now(), -static_cast<double>(threads_.size() - still_));
  for (std::uint32_t index = 0; index < threads_.size(); ++index) {
    Thread& thread = threads_[index];
    queue_.cancel_receive(own, *this, index);
    stop_beating(own, thread);
    if (thread.frame.exists()) {
      const sim::RequestHandle request = own.request_of(thread.frame);
      own.abandon(thread.frame);
      own.close(request);
      thread.frame = {};
    }
    let_go(own, thread);
  }
}

bool QueueWorker::drain(Context& ctx) {
  if (running_ && !draining_) {
    Context own = ctx.as(*this);
    draining_ = true;
    for (std::uint32_t index = 0; index < threads_.size(); ++index) {
      if (threads_[index].batch.empty()) {
        queue_.cancel_receive(own, *this, index);
        stand_still(own);
      }
    }
  }
  return running_ && still_ < threads_.size();
}

void QueueWorker::stand_still(Context& ctx) {
  ++still_;
  done_.threads.add(ctx.now(), -1);
}

void QueueWorker::let_go(Context& ctx, Thread& thread) {
  if (!thread.batch.empty()) {
    thread.batch.clear();
    count_busy(ctx, -1);
  }
  thread.at = 0;
}

// R2.9.5: who protects its instance does so from the first message that it holds to the last.
void QueueWorker::count_busy(Context& ctx, int change) {
  const bool before = busy_ > 0;
  busy_ += change;
  done_.busy.add(ctx.now(), change);
  if (polling_.protects_from_scale_in() && before != (busy_ > 0)) {
    listener_.worker_busy(ctx, instance_, busy_ > 0);
  }
}

void QueueWorker::go_on(Context& ctx, std::uint32_t thread, Next next, sim::Duration delay) {
  threads_[thread].next = next;
  after(ctx, delay, ThreadDue{thread, life_});
}

void QueueWorker::on(Context& ctx, const ThreadDue& message) {
  if (message.life != life_) {
    return;
  }
  if (threads_[message.thread].next == Next::kDelete) {
    finish(ctx, message.thread);
    return;
  }
  if (draining_) {
    return;
  }
  roles::ReceiveOptions options{.max_messages = polling_.max_number_of_messages()};
  if (polling_.has_wait_time_seconds()) {
    options.wait_time = sim::Duration{polling_.wait_time_seconds().ns()};
  }
  if (polling_.has_visibility_timeout()) {
    options.visibility_timeout = sim::Duration{polling_.visibility_timeout().ns()};
  }
  threads_[message.thread].next = Next::kWait;
  queue_.receive(ctx, *this, message.thread, options);
}

void QueueWorker::messages_received(Context& ctx, std::uint64_t tag, Status status,
                                    std::span<const roles::ReceivedMessage> messages) {
  Context own = ctx.as(*this);
  const auto index = static_cast<std::uint32_t>(tag);
  Thread& thread = threads_[index];
  if (messages.empty()) {
    const bool waited =
        polling_.has_wait_time_seconds() ? polling_.wait_time_seconds().ns() > 0 : queue_.waits();
    const sim::Duration pause{status == Status::kOk && waited ? 0 : polling_.pause().ns()};
    go_on(own, index, Next::kReceive, pause + latency_);
    return;
  }
  thread.batch.assign(messages.begin(), messages.end());
  thread.at = 0;
  count_busy(own, 1);
  ++thread.batches;
  if (polling_.heartbeat().ns() > 0) {
    thread.beat =
        after(own, sim::Duration{polling_.heartbeat().ns()}, Heartbeat{index, thread.batches});
  }
  work(own, index);
}

void QueueWorker::work(Context& ctx, std::uint32_t index) {
  Thread& thread = threads_[index];
  const roles::ReceivedMessage& received = thread.batch[thread.at];
  if (received.receive_count > 1) {
    done_.again.add();
  }
  const sim::RequestHandle request = ctx.open(roles::request_of(received.message));
  thread.frame = ctx.call(request, instance_, {.tag = index});
}

void QueueWorker::on_reply(Context& ctx, FrameHandle frame) {
  const auto index = static_cast<std::uint32_t>(ctx.frame(frame).tag);
  const Status status = ctx.frame(frame).status;
  Thread& thread = threads_[index];
  ctx.close(ctx.request_of(frame));
  thread.frame = {};
  if (status == Status::kReset || status == Status::kUnreachable) {  // the instance is gone
    halt(ctx);
    return;
  }
  const roles::ReceivedMessage& received = thread.batch[thread.at];
  const bool failed =
      status != Status::kOk || (polling_.failure_probability() > 0 &&
                                sim::uniform01(failures_, received.id, received.receive_count) <
                                    polling_.failure_probability());
  if (!failed) {
    go_on(ctx, index, Next::kDelete, latency_);
    return;
  }
  done_.failed.add();
  if (polling_.on_failure() == RELEASE) {
    queue_.change_visibility(ctx, received.receipt, {});
  }
  next_message(ctx, index);
}

void QueueWorker::finish(Context& ctx, std::uint32_t index) {
  Thread& thread = threads_[index];
  const roles::ReceivedMessage& received = thread.batch[thread.at];
  Status answer = Status::kFailed;
  queue_.delete_messages(ctx, {&received.receipt, 1}, {&answer, 1});
  if (answer == Status::kOk) {
    done_.processed.add();
    done_.age.record(ctx.now() - received.sent);
    done_.ages.record(received.message.source, ctx.now() - received.sent);
  } else {
    done_.failed.add();
  }
  next_message(ctx, index);
}

void QueueWorker::next_message(Context& ctx, std::uint32_t index) {
  Thread& thread = threads_[index];
  ++thread.at;
  if (thread.at < thread.batch.size()) {
    work(ctx, index);
  } else {
    stop_beating(ctx, thread);
    let_go(ctx, thread);
    if (!draining_) {
      go_on(ctx, index, Next::kReceive, latency_);
      return;
    }
    stand_still(ctx);
    if (still_ == threads_.size()) {
      listener_.worker_drained(ctx, instance_);
    }
  }
}

sim::Duration QueueWorker::hidden_for() const {
  return polling_.has_visibility_timeout() ? sim::Duration{polling_.visibility_timeout().ns()}
                                           : queue_.visibility_timeout();
}

// R4.2.3: each beat hides what is left of the batch for another visibility timeout.
void QueueWorker::on(Context& ctx, const Heartbeat& message) {
  Thread& thread = threads_[message.thread];
  if (thread.batches != message.batch || thread.at >= thread.batch.size()) {
    return;
  }
  for (std::size_t i = thread.at; i < thread.batch.size(); ++i) {
    queue_.change_visibility(ctx, thread.batch[i].receipt, hidden_for());
  }
  thread.beat = after(ctx, sim::Duration{polling_.heartbeat().ns()}, message);
}

void QueueWorker::stop_beating(Context& ctx, Thread& thread) {
  if (thread.beat) {
    ctx.cancel(thread.beat);
    thread.beat = {};
  }
}

}  // namespace updraft::ec2
