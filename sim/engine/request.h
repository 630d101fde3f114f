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
#include <string>
#include <string_view>
#include <utility>
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
  kCircuitOpen,     // the caller did not ask: its circuit breaker is open
};
inline constexpr std::size_t kStatusCount = 11;
std::string_view status_name(Status status);

/// What a request asks of whoever serves it. CPU is work on a server of relative speed 1.
struct Demand {
  Duration cpu{};
  Duration wait{};
  std::int64_t memory_bytes = 0;
  bool probe = false;  // a health check: whoever answers knows what that costs
};

/// What an HTTP request says beside its size, for whoever chooses by it. Requests of one kind share
/// one.
struct RequestAttributes {
  std::string method = "GET";
  std::string host;
  std::string path = "/";  // without the query
  std::string query;       // without the "?"
  std::vector<std::pair<std::string, std::string>> headers;
  std::uint32_t source_address = 0;  // IPv4, the highest byte first; 0: none is known
};

struct Request;

/// Who made a request, and so who knows what it asks for. Demand belongs to the request: a pure
/// function of its source, ordinal, attempt and step, whatever balancer, fleet or policy the
/// request meets.
class WorkSource {
 public:
  virtual ~WorkSource() = default;
  [[nodiscard]] virtual Demand demand(const Request& request, std::uint32_t step) const = 0;
  /// What the requests of one kind (Request::kind) say of themselves. It stays as it is and where
  /// it is for the whole run.
  [[nodiscard]] virtual const RequestAttributes& attributes(std::uint32_t kind) const;
  /// What a request stands for, added to `parts`: itself, or each message of a batch. Who hands
  /// it on hands on these, because they outlive a batch.
  virtual void add_parts(const Request& request, std::vector<Request>& parts) const;
  /// Tells its requests from another source's of the same ordinal in draws that are keyed by who
  /// serves them.
  [[nodiscard]] virtual std::uint64_t identity() const { return 0; }
  /// Places of its clients' sessions (place_of_session()); 0: each request is a client of its own,
  /// and sessions mean nothing.
  [[nodiscard]] virtual std::uint32_t session_places() const { return 0; }
};

/// A session is a place and how many were there before it: at most one session of a place is open,
/// so whoever remembers something of sessions needs a row for each place only.
constexpr std::uint64_t session_of(std::uint32_t place, std::uint32_t turn) {
  return static_cast<std::uint64_t>(turn) << 32U | place;
}
constexpr std::uint32_t place_of_session(std::uint64_t session) {
  return static_cast<std::uint32_t>(session);
}

struct Request {
  std::uint64_t ordinal = 0;  // k-th request of its source, from 0
  const WorkSource* source = nullptr;
  Time born{};
  Time deadline = kNever;
  std::uint64_t session = 0;  // session_of(), where the source has sessions
  std::uint64_t partition = 0;
  std::uint64_t message_group = 0;     // 0: none
  std::uint64_t deduplication_id = 0;  // 0: none
  std::int64_t size_bytes = 0;
  std::int64_t response_bytes = 0;
  double work = 1.0;  // factor on the demand, from a replayed file
  std::uint32_t attempt = 0;
  std::uint32_t kind = 0;  // which of its source's kinds
  std::uint16_t hops = 0;  // functions that it has passed through

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
  bool missed = false;  // ok, and what was asked for is not there
};

/// Bits of Frame::step.
inline constexpr std::uint32_t kStepBits = 24;

/// The way by which a request gets to a callee: the way to the caller, and the caller's `number`th
/// step in its `attempt`th attempt. 0 is the way from the source to its entry. Of a request's ways,
/// two among a hundred are one with a chance of 3e-4; their draws are then equal.
constexpr std::uint32_t step_below(std::uint32_t way, std::uint32_t number, std::uint32_t attempt) {
  std::uint64_t mixed = (std::uint64_t{way} << 40U) + (std::uint64_t{number} << 16U) + attempt + 1;
  mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111eb;
  mixed ^= mixed >> 31U;
  const auto step = static_cast<std::uint32_t>(mixed & ((1U << kStepBits) - 1));
  return step == 0 ? 1 : step;
}

/// The sub-counter of a draw that belongs to a request, an attempt of its client and a way.
constexpr std::uint32_t sub_of(const Request& request, std::uint32_t step) {
  return (request.attempt << kStepBits) ^ step;
}

class RequestPool {
 public:
  RequestHandle open(const Request& request);
  /// The source is done with it. It stays until its last frame has ended.
  void close(RequestHandle handle);

  /// An open frame. Its tag, step, latency and time of sending are for the caller to fill in.
  struct NewFrame {
    FrameHandle handle;
    Frame* frame;
  };
  NewFrame add_frame(RequestHandle request, FrameHandle parent, ComponentId caller,
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
  static constexpr std::uint32_t kNone = 0xffffffff;

  template <class T>
  static std::uint32_t take(std::vector<T>& items, std::vector<std::uint32_t>& free) {
    if (free.empty()) [[unlikely]] {
      return add(items);
    }
    const std::uint32_t index = free.back();
    free.pop_back();
    return index;
  }
  template <class T>
  static std::uint32_t add(std::vector<T>& items) {
    SIM_CHECK(items.size() < kNone, "the pool is full");
    items.emplace_back();
    return static_cast<std::uint32_t>(items.size() - 1);
  }
  void release(std::uint32_t request_index);

  std::vector<Request> requests_;
  std::vector<Frame> frames_;
  std::vector<std::uint32_t> free_requests_;
  std::vector<std::uint32_t> free_frames_;
};

// --- inline: several calls of each for every request

inline RequestHandle RequestPool::open(const Request& request) {
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

inline void RequestPool::close(RequestHandle handle) {
  Request& request = (*this)[handle];
  SIM_CHECK(!request.closed, "request {} closed twice", request.ordinal);
  request.closed = true;
  if (request.open_frames == 0) {
    release(handle.index);
  }
}

inline RequestPool::NewFrame RequestPool::add_frame(RequestHandle request, FrameHandle parent,
                                                    ComponentId caller, ComponentId callee) {
  Request& owner = (*this)[request];
  const std::uint32_t index = take(frames_, free_frames_);
  Frame& frame = frames_[index];
  frame.request = request.index;
  frame.parent = parent.index;
  frame.next = owner.first_frame;
  frame.caller = caller;
  frame.callee = callee;
  frame.begun = kStart;
  frame.ended = kStart;
  frame.timer = {};
  frame.status = Status::kOk;
  frame.state = Frame::State::kOpen;
  frame.missed = false;
  owner.first_frame = index;
  ++owner.open_frames;
  return {{index, frame.generation}, &frame};
}

inline void RequestPool::end_frame(FrameHandle handle) {
  Frame& frame = (*this)[handle];
  SIM_CHECK(frame.state != Frame::State::kEnded && frame.state != Frame::State::kFree);
  frame.state = Frame::State::kEnded;
  Request& request = requests_[frame.request];
  SIM_CHECK(request.open_frames > 0);
  if (--request.open_frames == 0 && request.closed) {
    release(frame.request);
  }
}

inline void RequestPool::release(std::uint32_t request_index) {
  Request& request = requests_[request_index];
  for (std::uint32_t i = request.first_frame; i != kNone;) {
    Frame& frame = frames_[i];
    ++frame.generation;
    frame.state = Frame::State::kFree;
    free_frames_.push_back(i);
    i = frame.next;
  }
  ++request.generation;
  free_requests_.push_back(request_index);
}

}  // namespace updraft::sim
