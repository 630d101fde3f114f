// SNS in the registry: parameters into rules, and what one field alone cannot say.
#include <fmt/format.h>

#include "models/sns/topic.h"
#include "sim/build/registry.h"
#include "sim/schema/options.pb.h"

namespace updraft::sns {

namespace {

using google::protobuf::Message;

constexpr int kMostKeys = 5;                                      // R7.3
constexpr std::uint64_t kMostCombinations = 150;                  // R7.3
constexpr sim::Duration kMostDelay = std::chrono::seconds{3600};  // R7.2

// Whether a queue of another model is FIFO: it says so under CloudFormation's name.
bool is_fifo(const Message* queue) {
  const auto* field =
      queue == nullptr ? nullptr : queue->GetDescriptor()->FindFieldByName("fifo_queue");
  return field != nullptr && queue->GetReflection()->GetBool(*queue, field);
}

const char* type_word(bool fifo) {
  return fifo ? "FIFO" : "standard";
}

class SubscriptionCheck {
 public:
  SubscriptionCheck(const TopicParams& topic, const Subscription& subscription, std::string place,
                    sim::Checker& check)
      : topic_(topic), subscription_(subscription), place_(std::move(place)), check_(check) {}

  void run() {
    check_endpoint();
    check_dead_letters();
    check_filter();
    if (is_http(subscription_.protocol())) {
      check_delivery();
    } else if (check_.was_written(place_ + ".delivery_policy")) {
      error("delivery_policy", "delivery_policy is for http and https only; AWS sets the others'");
    }
  }

 private:
  void error(const std::string& field, const std::string& text) {
    check_.error(place_ + "." + field, text);
  }

  void check_endpoint() {
    const std::string& endpoint = subscription_.endpoint();
    const Message* params = check_.params_of(endpoint);
    if (params == nullptr) {
      return;
    }
    const std::string type(check_.type_of(endpoint));
    const sim::ModelOptions& model = params->GetDescriptor()->options().GetExtension(sim::model);
    const bool queue = type == "queue";
    if (endpoint == check_.name()) {
      error("endpoint", "endpoint is the topic itself; name another resource");
    } else if (subscription_.protocol() == SQS && !queue) {
      error("endpoint", fmt::format("endpoint is \"{}\", a {}; the protocol sqs needs a queue",
                                    endpoint, type));
    } else if (subscription_.protocol() == LAMBDA && !type.starts_with("function")) {
      error("endpoint",
            fmt::format("endpoint is \"{}\", a {}; the protocol lambda needs a function", endpoint,
                        type));
    } else if (is_http(subscription_.protocol()) && (queue || !model.takes_requests())) {
      error("endpoint",
            fmt::format("endpoint is \"{}\", a {}; http needs what answers requests, such as a "
                        "load balancer",
                        endpoint, type));
    } else if (topic_.fifo_topic() && !queue) {  // R7.4
      error("endpoint",
            fmt::format("endpoint is \"{}\", a {}; a FIFO topic delivers to queues only", endpoint,
                        type));
    } else if (queue && !topic_.fifo_topic() && is_fifo(params)) {  // R7.4
      error("endpoint",
            fmt::format("endpoint is \"{}\", a FIFO queue; a standard topic delivers to standard "
                        "queues only",
                        endpoint));
    }
  }

  void check_dead_letters() {
    if (!subscription_.has_redrive_policy()) {
      return;
    }
    const std::string& target = subscription_.redrive_policy().dead_letter_target();
    const Message* params = check_.params_of(target);
    if (params != nullptr && is_fifo(params) != topic_.fifo_topic()) {
      error("redrive_policy.dead_letter_target",
            fmt::format("dead_letter_target is \"{}\", a {} queue; the topic is {}, and both must "
                        "be of one type",
                        target, type_word(is_fifo(params)), type_word(topic_.fifo_topic())));
    }
  }

  void check_filter() {
    const std::vector<FilterKey> filter = filter_of(subscription_);
    if (filter.size() > kMostKeys) {
      error("filter_policy",
            fmt::format("filter_policy has {} keys; it may have {}", filter.size(), kMostKeys));
    } else if (combinations(filter) > kMostCombinations) {
      error("filter_policy",
            fmt::format("filter_policy has {} combinations of values; it may have {}",
                        combinations(filter), kMostCombinations));
    }
  }

  void check_delivery() {
    const HttpDeliveryPolicy& params = subscription_.delivery_policy();
    const std::uint32_t phases = params.num_no_delay_retries() + params.num_min_delay_retries() +
                                 params.num_max_delay_retries();
    if (phases > params.num_retries()) {
      error("delivery_policy.num_retries",
            fmt::format("num_retries is {}, and the phases have {} retries; it must be as many at "
                        "least",
                        params.num_retries(), phases));
      return;
    }
    if (params.min_delay_target().ns() > params.max_delay_target().ns()) {
      error("delivery_policy.max_delay_target", "max_delay_target is less than min_delay_target");
      return;
    }
    if (const sim::Duration total = total_delay(policy_of(params)); total > kMostDelay) {
      error("delivery_policy",
            fmt::format("the retries take {:.0f} s together; they may take 3600 s",
                        sim::to_seconds(total)));
    }
  }

  const TopicParams& topic_;
  const Subscription& subscription_;
  std::string place_;
  sim::Checker& check_;
};

void check_topic(const Message& message, sim::Checker& check) {
  const auto& params = static_cast<const TopicParams&>(message);
  for (const Subscription& subscription : params.subscriptions()) {
    SubscriptionCheck(params, subscription, "subscriptions." + subscription.name(), check).run();
  }
  if (params.fifo_topic()) {
    return;
  }
  for (const char* field :
       {"content_based_deduplication", "fifo_throughput_scope", "fifo_publish_quota"}) {
    if (check.was_written(field)) {
      check.error(field, fmt::format("{} is for FIFO topics only", field));
    }
  }
}

Match match_of(const AttributeMatch& params) {
  using Kind = Match::Kind;
  const auto bound = [](bool has, double value) {
    return has ? std::optional<double>(value) : std::nullopt;
  };
  switch (params.match_case()) {
    case AttributeMatch::kPrefix:
      return {.kind = Kind::kPrefix, .text = params.prefix()};
    case AttributeMatch::kSuffix:
      return {.kind = Kind::kSuffix, .text = params.suffix()};
    case AttributeMatch::kEqualsIgnoreCase:
      return {.kind = Kind::kEqualsIgnoreCase, .text = params.equals_ignore_case()};
    case AttributeMatch::kAnythingBut:
      return {.kind = Kind::kAnythingBut, .others = {params.anything_but()}};
    case AttributeMatch::kNumeric: {
      const NumericMatch& range = params.numeric();
      return {.kind = Kind::kNumeric,
              .above = bound(range.has_greater_than(), range.greater_than()),
              .at_least = bound(range.has_greater_than_or_equal(), range.greater_than_or_equal()),
              .below = bound(range.has_less_than(), range.less_than()),
              .at_most = bound(range.has_less_than_or_equal(), range.less_than_or_equal())};
    }
    case AttributeMatch::kExists:
      return {.kind = params.exists() ? Kind::kExists : Kind::kAbsent};
    default:
      return {.text = params.value()};
  }
}

}  // namespace

std::vector<FilterKey> filter_of(const Subscription& params) {
  std::vector<FilterKey> keys;
  for (const auto& wanted : params.filter_policy()) {
    FilterKey& key = keys.emplace_back();
    key.name = wanted.name();
    for (const AttributeMatch& match : wanted.any_of()) {
      key.any_of.push_back(match_of(match));
    }
  }
  return keys;
}

// R7.2: the back-off has what the other phases leave.
DeliveryPolicy policy_of(const HttpDeliveryPolicy& params) {
  DeliveryPolicy policy;
  policy.immediate = params.num_no_delay_retries();
  policy.pre_backoff = params.num_min_delay_retries();
  policy.post_backoff = params.num_max_delay_retries();
  policy.backoff =
      params.num_retries() - policy.immediate - policy.pre_backoff - policy.post_backoff;
  policy.min_delay = sim::Duration{params.min_delay_target().ns()};
  policy.max_delay = sim::Duration{params.max_delay_target().ns()};
  switch (params.backoff_function()) {
    case LINEAR:
      policy.function = Backoff::kLinear;
      break;
    case ARITHMETIC:
      policy.function = Backoff::kArithmetic;
      break;
    case GEOMETRIC:
      policy.function = Backoff::kGeometric;
      break;
    case EXPONENTIAL:
      policy.function = Backoff::kExponential;
      break;
  }
  return policy;
}

void register_models(sim::ModelRegistry& registry) {
  registry.add_resource<Topic, TopicParams>(check_topic);
  registry.add_telling({.kind = "delivery",
                        .says = "tried {attempts} times, and the policy of the subscription has "
                                "{retries} retries"});
}

}  // namespace updraft::sns
