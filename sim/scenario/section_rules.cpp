#include "sim/scenario/section_rules.h"

#include <optional>
#include <string>

#include <fmt/format.h>

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

// R24.1, R24.2
std::optional<std::string> base_delay(const Message& self) {
  return static_cast<const Retry&>(self).mode() == Retry::STANDARD_2026 ? "50ms" : "1s";
}

// R24.2
std::optional<std::string> throttling_base_delay(const Message& self) {
  const auto& retry = static_cast<const Retry&>(self);
  return retry.mode() == Retry::STANDARD_2026 ? "1s" : fmt::format("{}ns", retry.base_delay().ns());
}

Retry::Mode mode_around(const Around& around) {
  return static_cast<const Retry&>(around.parent).mode();
}

// R24.1; mode legacy has no quota.
std::optional<std::string> quota_capacity(const Message& /*self*/, const Around& around) {
  return mode_around(around) == Retry::LEGACY ? "0" : "500";
}

// R24.1, R24.2
std::optional<std::string> quota_cost(const Message& /*self*/, const Around& around) {
  return mode_around(around) == Retry::STANDARD_2026 ? "14" : "5";
}

// R24.1, R24.2
std::optional<std::string> quota_timeout_cost(const Message& /*self*/, const Around& around) {
  return mode_around(around) == Retry::STANDARD_2026 ? "14" : "10";
}

// R24.2
std::optional<std::string> quota_throttling_cost(const Message& self, const Around& around) {
  return mode_around(around) == Retry::STANDARD_2026
             ? "5"
             : fmt::format("{}", static_cast<const RetryQuota&>(self).cost());
}

}  // namespace

void add_section_rules(TypeRegistry& registry) {
  registry.add_default_rule("retry.max_attempts", max_attempts);
  registry.add_default_rule("retry.max_delay", max_delay);
  registry.add_default_rule("retry.base_delay", base_delay);
  registry.add_default_rule("retry.throttling_base_delay", throttling_base_delay);
  registry.add_default_rule("retry.quota.throttling_cost", quota_throttling_cost);
  registry.add_default_rule("retry.quota.capacity", quota_capacity);
  registry.add_default_rule("retry.quota.cost", quota_cost);
  registry.add_default_rule("retry.quota.timeout_cost", quota_timeout_cost);
}

}  // namespace updraft::sim
