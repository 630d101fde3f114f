// The request, its frames and the pool they live in.
//
// A request is opened by its source and carries a chain of frames, one for each call: source ->
// balancer, balancer -> instance, ... A frame belongs to its callee until the callee replies. A
// caller that stops waiting *abandons* the frame; the callee does not notice and goes on working,
// and its reply meets a dead frame. Retry storms depend on that.
//
// A callee that dies without a word (its host has lost power) *loses* the frame: no answer will
// ever come, and the frame ends when the caller stops waiting.
//
// Frames stay linked to their request until the request is closed and the last of them has ended,
// so that a trace of a slow or failed request can be written when it is known to have been slow or
// failed.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "sim/core/check.h"
#include "sim/core/event_list.h"
#include "sim/core/time.h"
#include "sim/engine/ids.h"

namespace updraft::sim {

/// How a call ended, as its caller sees it.
enum class Status : std::uint8_t {
  kOk = 0,
  kFailed,          // the callee answered with an error of its own
  kThrottled,       // over a limit, try later
  kRefused,         // nobody listens, or the accept queue is full: connection refused
  kUnreachable,     // no answer to the connection attempt at all
  kReset,           // the connection was closed in the middle of the request
  kTimedOut,        // the caller stopped waiting
  kBadGateway,      // an intermediary got no valid answer from behind it
  kUnavailable,     // an intermediary has nobody to ask
  kGatewayTimeout,  // an intermediary waited too long
};
inline constexpr std::size_t kStatusCount = 10;
std::string_view status_name(Status status);

/// What a request asks of whoever serves it. CPU is work on a server of relative speed 1.
struct Demand {
  Duration cpu{};
  Duration wait{};
  std::int64_t memory_bytes = 0;
  bool probe = false;  // a health check: whoever answers knows what that costs
};

struct Request;

/// Who made a request, and so who knows what it asks for. Demand belongs to the request: a pure
/// function of its source, ordinal, attempt and step, whatever balancer, fleet or policy the
/// request meets.
class WorkSource {
 public:
  virtual ~WorkSource() = default;
  [[nodiscard]] virtual Demand demand(const Request& request, std::uint32_t step) const = 0;
};

struct Request {
  std::uint64_t ordinal = 0;  // k-th request of its source, from 0
  const WorkSource* source = nullptr;
  Time born{};
  Time deadline = kNever;
  std::uint64_t session = 0;  // keys: 0 when the request has none
  std::uint64_t partition = 0;
  std::uint64_t message_group = 0;
  std::int64_t size_bytes = 0;
  std::int64_t response_bytes = 0;
  double work = 1.0;  // factor on the demand, from a replayed file
  std::uint32_t attempt = 0;

  // Owned by the pool.
  std::uint32_t generation = 0;
  std::uint32_t first_frame = 0xffffffff;
  std::uint32_t open_frames = 0;
  bool closed = false;
};

struct Frame {
  enum class State : std::uint8_t { kFree, kOpen, kAbandoned, kReplied, kLost, kEnded };

  std::uint32_t generation = 0;
  std::uint32_t request = 0xffffffff;
  std::uint32_t parent = 0xffffffff;  // the frame in which the caller made this call
  std::uint32_t next = 0xffffffff;    // older frame of the same request
  ComponentId caller;
  ComponentId callee;
  std::uint64_t tag = 0;  // the caller's own number; comes back with the reply
  Duration latency{};     // one way; the answer takes as long as the call
  Time sent{};
  Time begun{};  // when service began; kStart before
  Time ended{};
  EventHandle timer;
  std::uint32_t step = 0;
  Status status = Status::kOk;
  State state = State::kFree;
};

class RequestPool {
 public:
  RequestHandle open(const Request& request);
  /// The source is done with it. It stays until its last frame has ended.
  void close(RequestHandle handle);

  FrameHandle add_frame(RequestHandle request, FrameHandle parent, ComponentId caller,
                        ComponentId callee);
  /// The callee's part is over (replied and the caller has taken it, or the reply met a dead
  /// frame).
  void end_frame(FrameHandle handle);

  [[nodiscard]] Request& operator[](RequestHandle handle) {
    Request& request = requests_[handle.index];
    SIM_CHECK(request.generation == handle.generation, "request {} is gone", handle.index);
    return request;
  }
  [[nodiscard]] Frame& operator[](FrameHandle handle) {
    Frame& frame = frames_[handle.index];
    SIM_CHECK(frame.generation == handle.generation, "frame {} is gone", handle.index);
    return frame;
  }
  [[nodiscard]] const Frame& operator[](FrameHandle handle) const {
    return const_cast<RequestPool&>(*this)[handle];
  }
  [[nodiscard]] const Request& operator[](RequestHandle handle) const {
    return const_cast<RequestPool&>(*this)[handle];
  }
  [[nodiscard]] bool alive(FrameHandle handle) const {
    return handle.index < frames_.size() && frames_[handle.index].generation == handle.generation;
  }
  [[nodiscard]] bool alive(RequestHandle handle) const {
    return handle.index < requests_.size() &&
           requests_[handle.index].generation == handle.generation;
  }
  [[nodiscard]] RequestHandle request_of(FrameHandle handle) const {
    const std::uint32_t index = (*this)[handle].request;
    return {index, requests_[index].generation};
  }
  [[nodiscard]] const Frame& frame_at(std::uint32_t index) const { return frames_[index]; }

  [[nodiscard]] std::size_t requests_in_flight() const {
    return requests_.size() - free_requests_.size();
  }
  [[nodiscard]] std::size_t frames_in_flight() const {
    return frames_.size() - free_frames_.size();
  }

 private:
  void release(std::uint32_t request_index);

  std::vector<Request> requests_;
  std::vector<Frame> frames_;
  std::vector<std::uint32_t> free_requests_;
  std::vector<std::uint32_t> free_frames_;
};

}  // namespace updraft::sim
