// SQS in the registry, and what one field alone cannot say.
#include <fmt/format.h>

#include "models/sqs/queue.h"
#include "sim/build/registry.h"

namespace updraft::sqs {

namespace {

using google::protobuf::Message;

const char* type_word(bool fifo) {
  return fifo ? "a FIFO queue" : "a standard queue";
}

// R4.3.2: the same type on both sides.
void check_target(const QueueParams& params, sim::Checker& check) {
  if (!params.has_redrive_policy()) {
    return;
  }
  const std::string& target = params.redrive_policy().dead_letter_target();
  if (target == check.name()) {
    check.error("redrive_policy.dead_letter_target",
                "dead_letter_target is the queue itself; name another one");
    return;
  }
  const auto* other = dynamic_cast<const QueueParams*>(check.params_of(target));
  if (other != nullptr && other->fifo_queue() != params.fifo_queue()) {
    check.error(
        "redrive_policy.dead_letter_target",
        fmt::format("dead_letter_target is \"{}\", {}; this is {}, and both must be of one "
                    "type",
                    target, type_word(other->fifo_queue()), type_word(params.fifo_queue())));
  }
}

void check_queue(const Message& message, sim::Checker& check) {
  const auto& params = static_cast<const QueueParams&>(message);
  check_target(params, check);
  const auto only_of = [&](bool fifo, std::initializer_list<const char*> fields) {
    for (const char* field : fields) {
      if (check.was_written(field)) {
        check.error(field, fmt::format("{} is for {} only", field,
                                       fifo ? "FIFO queues" : "standard queues"));
      }
    }
  };
  if (params.fifo_queue()) {
    only_of(false, {"noisy_messages", "noisy_share", "duplicate_probability",
                    "out_of_order_probability", "short_poll_sample"});
  } else {
    only_of(true, {"content_based_deduplication", "deduplication_scope", "fifo_window"});
  }
}

}  // namespace

void register_models(sim::ModelRegistry& registry) {
  registry.add_resource<Queue, QueueParams, QueueInitial>(check_queue);
  registry.add_telling({.kind = "redrive",
                        .says = "received {receive_count} times, and max_receive_count is "
                                "{max_receive_count}"});
  registry.add_telling({.kind = "redelivery",
                        .says = "receive {receive_count} of message {message}: the visibility "
                                "timeout of {visibility_timeout_s} s had ended"});
  registry.add_backlog(
      {.type = "queue",
       .unit = "message",
       .waiting = "ApproximateNumberOfMessagesVisible",
       .held = {"ApproximateNumberOfMessagesNotVisible", "in flight"},
       .later = {"ApproximateNumberOfMessagesDelayed", "delayed"},
       .oldest_s = "ApproximateAgeOfOldestMessage",
       .came = {"NumberOfMessagesSent", "sent"},
       .taken = {"NumberOfMessagesReceived", "received"},
       .done = {"NumberOfMessagesDeleted", "deleted"},
       .returned = {"MessagesReturned", "returned unprocessed"},
       .most_held = "in_flight_limit",
       .most_held_say = "as many are in flight as may be, so nothing is received (R4.2.4)",
       .groups = "ApproximateNumberOfGroupsWithInflightMessages",
       .groups_say = "message groups with messages in flight: {}; what else they have waits for "
                     "those (R4.4.1)",
       .window = "fifo_window",
       .window_say = "groups are looked for among the first {} messages only (R4.4.2)"});
}

}  // namespace updraft::sqs
