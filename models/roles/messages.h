// Messages between those who send them, keep them and work on them: queues, topics, functions,
// workers.
//
// A message stands for the request that made it: whoever works on it draws what it asks for from
// the request's source, so the thousandth message asks for the same work whichever queue, function
// or fleet it meets. Sending by name in a request's path is a call like any other (the callee's
// on_arrival takes the message over and replies); what a control plane or another service sends
// goes through MessageSink.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sim/engine/context.h"

namespace updraft::roles {

/// What a message says.
struct Message {
  const sim::WorkSource* source = nullptr;
  std::uint64_t ordinal = 0;           // of the request that it stands for
  std::uint64_t partition = 0;         // keys of that request
  std::uint64_t message_group = 0;     // 0: none
  std::uint64_t deduplication_id = 0;  // 0: none was given
  std::int64_t size_bytes = 0;
  std::int64_t response_bytes = 0;
  double work = 1.0;
  sim::Time born{};  // when the request was sent by its client
  std::uint32_t attempt = 0;
  std::uint32_t kind = 0;
  std::uint32_t hops = 0;  // functions that it has passed through: a loop is recognised by that
};

/// The message that stands for a request.
inline Message message_of(const sim::Request& request) {
  return {.source = request.source,
          .ordinal = request.ordinal,
          .partition = request.partition,
          .message_group = request.message_group,
          .deduplication_id = request.deduplication_id,
          .size_bytes = request.size_bytes,
          .response_bytes = request.response_bytes,
          .work = request.work,
          .born = request.born,
          .attempt = request.attempt,
          .kind = request.kind,
          .hops = request.hops};
}

/// The messages of a request that is handed on: itself, or each of the batch that it stands for. A
/// batch ends with its request; what is kept of it must not ask it for anything later.
inline std::vector<Message> messages_of(const sim::Request& request) {
  std::vector<sim::Request> parts;
  if (request.source == nullptr) {
    parts.push_back(request);
  } else {
    request.source->add_parts(request, parts);
  }
  std::vector<Message> messages;
  for (const sim::Request& part : parts) {
    messages.push_back(message_of(part));
  }
  return messages;
}

/// A request to be opened by whoever works on a message (Context::open stamps its time of birth
/// anew).
inline sim::Request request_of(const Message& message) {
  sim::Request request;
  request.ordinal = message.ordinal;
  request.source = message.source;
  request.partition = message.partition;
  request.message_group = message.message_group;
  request.deduplication_id = message.deduplication_id;
  request.size_bytes = message.size_bytes;
  request.response_bytes = message.response_bytes;
  request.work = message.work;
  request.attempt = message.attempt;
  request.kind = message.kind;
  request.hops = static_cast<std::uint16_t>(message.hops);
  return request;
}

/// Whoever takes messages over: a queue, a topic, a function that is invoked asynchronously.
class MessageSink {
 public:
  virtual ~MessageSink() = default;
  /// kOk: it is the sink's now. kThrottled: not now. kFailed: it would never be taken. `caused_by`
  /// is the decision that sends it, where there is one.
  virtual sim::Status deliver(sim::Context& ctx, const Message& message,
                              sim::DecisionId caused_by) = 0;
};

/// What a receive hands out to delete or change a message by; a later receive of the same message
/// has another.
struct Receipt {
  std::uint32_t index = 0xffffffff;
  std::uint32_t generation = 0;
  std::uint32_t receive = 0;
  friend bool operator==(const Receipt&, const Receipt&) = default;
};

struct ReceivedMessage {
  Message message;
  Receipt receipt;
  std::uint64_t id = 0;             // the queue's own: n-th message that it took
  std::uint32_t receive_count = 0;  // this receive included
  sim::Time sent{};
  sim::Time visible_again{};
};

struct ReceiveOptions {
  std::uint32_t max_messages = 1;
  std::optional<sim::Duration> wait_time{};           // the queue's own when left out
  std::optional<sim::Duration> visibility_timeout{};  // likewise
};

/// Who asked a queue for messages.
class MessageConsumer {
 public:
  virtual ~MessageConsumer() = default;
  /// The answer to one receive, from inside an event of the queue; no messages: none came in time.
  /// kOk, or kThrottled when a limit was reached.
  virtual void messages_received(sim::Context& ctx, std::uint64_t tag, sim::Status status,
                                 std::span<const ReceivedMessage> messages) = 0;
};

/// A queue, as those see it who work on its messages. Each method is one request of its API.
class MessageQueue {
 public:
  virtual ~MessageQueue() = default;
  /// Answered once, later, unless it is cancelled.
  virtual void receive(sim::Context& ctx, MessageConsumer& consumer, std::uint64_t tag,
                       const ReceiveOptions& options) = 0;
  /// Whoever asked is gone. What is on its way to it is lost: it stays in flight until its timeout
  /// ends.
  virtual void cancel_receive(sim::Context& ctx, MessageConsumer& consumer, std::uint64_t tag) = 0;
  /// At most ten, in one batch. The answers stand in the order of the receipts.
  virtual void delete_messages(sim::Context& ctx, std::span<const Receipt> receipts,
                               std::span<sim::Status> answers) = 0;
  /// Visible again after `timeout` from now; 0s: at once.
  virtual sim::Status change_visibility(sim::Context& ctx, const Receipt& receipt,
                                        sim::Duration timeout) = 0;
  [[nodiscard]] virtual bool fifo() const = 0;
  /// Whether a receive that says nothing of it waits for a message.
  [[nodiscard]] virtual bool waits() const = 0;
  [[nodiscard]] virtual sim::Duration visibility_timeout() const = 0;
};

}  // namespace updraft::roles
