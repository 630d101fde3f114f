#include "models/elb/access_log.h"

#include <fmt/format.h>

#include "models/common/calendar.h"
#include "sim/core/ipv4.h"

namespace updraft::elb {
namespace {

std::string seconds(sim::Duration time) {
  return time < sim::Duration{} ? "-1" : fmt::format("{:.3f}", sim::to_seconds(time));
}

/// "2026-01-01T00:05:00.000000Z"
std::string microseconds(sim::Time at, std::int64_t start_unix_ns) {
  std::string text = common::Calendar{.start_unix_ns = start_unix_ns}.iso(at);
  text.pop_back();
  const std::int64_t ns = (start_unix_ns + sim::to_ns(at)) % 1'000'000'000;
  return fmt::format("{}.{:06}Z", text, (ns < 0 ? ns + 1'000'000'000 : ns) / 1000);
}

/// In quotes, with a backslash before quotes and backslashes.
std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      result += '\\';
    }
    result += c;
  }
  return result + '"';
}

std::string user_agent(const sim::RequestAttributes& request) {
  for (const auto& [name, value] : request.headers) {
    if (name == "User-Agent" || name == "user-agent") {
      return value;
    }
  }
  return "-";
}

std::string url(const LogEntry& entry) {
  const sim::RequestAttributes& request = *entry.request;
  return fmt::format("{} http://{}:{}{}{}{} HTTP/1.1", request.method,
                     request.host.empty() ? entry.balancer : request.host, entry.port, request.path,
                     request.query.empty() ? "" : "?", request.query);
}

}  // namespace

std::string log_line(const LogEntry& entry, std::int64_t start_unix_ns) {
  const auto stamp = [&](sim::Time at) { return microseconds(at, start_unix_ns); };
  const std::string code = entry.answer.code == 0 ? "-" : fmt::format("{}", entry.answer.code);
  const std::string target_code = entry.answer.by_target ? code : "-";
  const std::string target = entry.target.empty() ? "-" : entry.target + ":80";
  const std::string group =
      entry.target_group.empty()
          ? "-"
          : fmt::format("arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/{}/0",
                        entry.target_group);
  return fmt::format(
      "http {} app/{}/0 {}:{} {} {} {} {} {} {} {} {} {} {} - - {} \"Root=1-{:08x}-{:024x}\" \"-\" "
      "\"-\" {} {} \"{}\" \"-\" \"-\" {} {} \"-\" \"-\"",
      stamp(entry.ended), entry.balancer, sim::format_ipv4(entry.request->source_address),
      entry.client_port, target, seconds(entry.request_time), seconds(entry.target_time),
      seconds(entry.response_time), code, target_code, entry.received_bytes, entry.sent_bytes,
      quoted(url(entry)), quoted(user_agent(*entry.request)), group,
      (start_unix_ns + sim::to_ns(entry.received)) / 1'000'000'000, entry.ordinal,
      entry.rule_priority, stamp(entry.received), entry.action, quoted(target),
      quoted(target_code));
}

}  // namespace updraft::elb
