#include "sim/scenario/section_rules.h"

#include <optional>
#include <string>

namespace updraft::sim {

namespace {

using google::protobuf::Message;

// R24.1, R24.2
std::optional<std::string> max_attempts(const Message& self) {
  return static_cast<const Retry&>(self).mode() == Retry::LEGACY ? "5" : "3";
}

// R24.1, R24.2; mode legacy has no bound.
std::optional<std::string> max_delay(const Message& self) {
  return static_cast<const Retry&>(self).mode() == Retry::LEGACY ? "1d" : "20s";
}

// R24.1; mode legacy has no quota.
std::optional<std::string> quota_capacity(const Message& /*self*/, const Message& traffic) {
  const Retry& retry = static_cast<const Traffic&>(traffic).retry();
  return retry.mode() == Retry::LEGACY ? "0" : "500";
}

}  // namespace

void add_section_rules(TypeRegistry& registry) {
  registry.add_default_rule("retry.max_attempts", max_attempts);
  registry.add_default_rule("retry.max_delay", max_delay);
  registry.add_default_rule("retry.quota.capacity", quota_capacity);
}

}  // namespace updraft::sim
