#include "sim/engine/request.h"

#include <array>

namespace updraft::sim {

namespace {

constexpr std::uint32_t kNone = 0xffffffff;

template <class T>
std::uint32_t take(std::vector<T>& items, std::vector<std::uint32_t>& free) {
  if (free.empty()) {
    SIM_CHECK(items.size() < kNone, "the pool is full");
    items.emplace_back();
    return static_cast<std::uint32_t>(items.size() - 1);
  }
  const std::uint32_t index = free.back();
  free.pop_back();
  return index;
}

}  // namespace

std::string_view status_name(Status status) {
  constexpr std::array<std::string_view, kStatusCount> kNames{
      "ok",    "failed",    "throttled",   "refused",     "unreachable",
      "reset", "timed_out", "bad_gateway", "unavailable", "gateway_timeout",
  };
  return kNames[static_cast<std::size_t>(status)];
}

RequestHandle RequestPool::open(const Request& request) {
  const std::uint32_t index = take(requests_, free_requests_);
  Request& slot = requests_[index];
  const std::uint32_t generation = slot.generation;
  slot = request;
  slot.generation = generation;
  slot.first_frame = kNone;
  slot.open_frames = 0;
  slot.closed = false;
  return {index, generation};
}

void RequestPool::close(RequestHandle handle) {
  Request& request = (*this)[handle];
  SIM_CHECK(!request.closed, "request {} closed twice", request.ordinal);
  request.closed = true;
  if (request.open_frames == 0) {
    release(handle.index);
  }
}

FrameHandle RequestPool::add_frame(RequestHandle request, FrameHandle parent, ComponentId caller,
                                   ComponentId callee) {
  const std::uint32_t index = take(frames_, free_frames_);
  Frame& frame = frames_[index];
  Request& owner = (*this)[request];
  frame.request = request.index;
  frame.parent = parent.index;
  frame.next = owner.first_frame;
  frame.caller = caller;
  frame.callee = callee;
  frame.tag = 0;
  frame.begun = kStart;
  frame.ended = kStart;
  frame.timer = {};
  frame.step = 0;
  frame.status = Status::kOk;
  frame.state = Frame::State::kOpen;
  owner.first_frame = index;
  ++owner.open_frames;
  return {index, frame.generation};
}

void RequestPool::end_frame(FrameHandle handle) {
  Frame& frame = (*this)[handle];
  SIM_CHECK(frame.state != Frame::State::kEnded && frame.state != Frame::State::kFree);
  frame.state = Frame::State::kEnded;
  Request& request = requests_[frame.request];
  SIM_CHECK(request.open_frames > 0);
  if (--request.open_frames == 0 && request.closed) {
    release(frame.request);
  }
}

void RequestPool::release(std::uint32_t request_index) {
  Request& request = requests_[request_index];
  for (std::uint32_t i = request.first_frame; i != kNone;) {
    Frame& frame = frames_[i];
    const std::uint32_t next = frame.next;
    ++frame.generation;
    frame.state = Frame::State::kFree;
    free_frames_.push_back(i);
    i = next;
  }
  ++request.generation;
  free_requests_.push_back(request_index);
}

}  // namespace updraft::sim
