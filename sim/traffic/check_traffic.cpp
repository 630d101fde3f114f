#include "sim/traffic/check_traffic.h"

#include <array>
#include <string>

#include <fmt/format.h>

#include "sim/client/check.h"
#include "sim/core/ipv4.h"
#include "sim/schema/quantity.h"
#include "sim/traffic/access_log_file.h"
#include "sim/traffic/count_file.h"
#include "sim/traffic/rate_shape.h"
#include "sim/traffic/replay_file.h"

namespace updraft::sim {
namespace {

std::string rule_of(Rate::Gaps gaps) {
  switch (gaps) {
    case Rate::GAPS_ZERO:
      return "no arrivals there";
    case Rate::GAPS_PREVIOUS:
      return "filled with the count before";
    case Rate::GAPS_INTERPOLATE:
      return "filled with the line between its neighbours";
    default:
      return "";
  }
}

// Settings of a file beside a shape that has none would do nothing.
bool check_settings_of_files(const Rate& rate, Checker& checker) {
  bool ok = true;
  for (const char* field : std::array{"gaps", "counts", "repeat"}) {
    const std::string path = fmt::format("rate.{}", field);
    if (!has_counts_file(rate) && checker.was_written(path)) {
      checker.error(path,
                    fmt::format("{} belongs to csv and metric_data; leave it out here", path));
      ok = false;
    }
  }
  if (!rate.has_metric_data() && checker.was_written("rate.metric_id")) {
    checker.error("rate.metric_id", "rate.metric_id belongs to metric_data; leave it out here");
    ok = false;
  }
  return ok;
}

void check_rate(const Rate& rate, Checker& checker) {
  if (!check_settings_of_files(rate, checker)) {
    return;
  }
  CountFile file;
  if (has_counts_file(rate)) {
    const std::string field = fmt::format("rate.{}", counts_field(rate));
    const Result<std::string> text = checker.read_file(counts_file(rate));
    if (!text) {
      checker.error(field, fmt::format("{} is \"{}\"; {}", field, counts_file(rate), text.error()));
      return;
    }
    file = read_counts_of(rate, *text);
    for (const std::string& error : file.errors) {
      checker.error(field, error);
    }
    for (const std::string& note : file.notes) {
      const bool repeated = note.ends_with("is repeated");
      checker.warn(field, fmt::format("{}; {}", note,
                                      repeated ? "the first one counts" : rule_of(rate.gaps())));
    }
    if (!file.errors.empty()) {
      return;
    }
  }
  const std::int64_t start = *parse_instant(checker.header().start());
  const auto shape = RateShape::make(rate, has_counts_file(rate) ? &file.series : nullptr, start);
  if (!shape.ok()) {
    checker.error("rate", fmt::format("rate: {}", shape.error()));
  }
}

void check_replay(const Replay& replay, Checker& checker) {
  const Result<std::string> text = checker.read_file(replay.csv());
  if (!text) {
    checker.error("replay.csv",
                  fmt::format("replay.csv is \"{}\"; {}", replay.csv(), text.error()));
    return;
  }
  const ReplayFile file = read_replay(*text, replay.csv(), replay_options(replay));
  for (const std::string& error : file.errors) {
    checker.error("replay.csv", error);
  }
}

void check_kinds(const Traffic& traffic, Checker& checker) {
  double sum = 0;
  for (int i = 0; i < traffic.requests_size(); ++i) {
    const RequestKind& kind = traffic.requests(i);
    sum += kind.weight();
    const std::string place = fmt::format("requests[{}]", i);
    if (const auto address = parse_ipv4(kind.source_address()); !address) {
      checker.error(place + ".source_address", fmt::format("{}.source_address is \"{}\"; {}", place,
                                                           kind.source_address(), address.error()));
    }
    if (!kind.path().starts_with('/')) {
      checker.error(place + ".path",
                    fmt::format("{}.path is \"{}\"; it must begin with /", place, kind.path()));
    }
    if (kind.path().find('?') != std::string::npos) {
      checker.error(place + ".path",
                    fmt::format("{}.path is \"{}\"; what follows the question mark is its query",
                                place, kind.path()));
    }
  }
  if (traffic.requests_size() > 0 && !(sum > 0)) {
    checker.error("requests", "the weights of requests are all 0; one must be more");
  }
}

void check_access_log(const AccessLog& log, Checker& checker) {
  const Result<std::string> text = checker.read_file(log.file());
  if (!text) {
    checker.error("access_log.file",
                  fmt::format("access_log.file is \"{}\"; {}", log.file(), text.error()));
    return;
  }
  for (const std::string& error : read_access_log(*text, log.file(), log).errors) {
    checker.error("access_log.file", error);
  }
}

void check_clients(const Traffic& traffic, Checker& checker) {
  const Retry& retry = traffic.retry();
  if (traffic.has_retry()) {
    check_retry(retry, "retry", checker);
  }
  if (traffic.has_circuit_breaker()) {
    check_circuit_breaker(traffic.circuit_breaker(), "circuit_breaker", checker);
  }
  if (retry.pass_deadline() && traffic.timeout().ns() == 0) {
    checker.error("retry.pass_deadline",
                  "retry.pass_deadline is true, and there is no deadline; give a timeout");
  }
  if (traffic.timeout().ns() > 0 && retry.attempt_timeout().ns() > traffic.timeout().ns()) {
    checker.error("retry.attempt_timeout",
                  fmt::format("retry.attempt_timeout is {}, more than the timeout of the request, "
                              "{}",
                              format_duration(retry.attempt_timeout().ns()),
                              format_duration(traffic.timeout().ns())));
  }
  if (traffic.has_retry() && traffic.has_hedging()) {
    checker.error("hedging",
                  "retry and hedging are two answers to the same question; leave one out");
  }
}

}  // namespace

void check_traffic(const Traffic& traffic, Checker& checker) {
  check_kinds(traffic, checker);
  check_clients(traffic, checker);
  if (traffic.has_clients() && traffic.has_sessions()) {
    checker.error("sessions", "each client is a session of its own; leave sessions out here");
  }
  if (traffic.has_access_log() && traffic.requests_size() > 0) {
    checker.error("requests", "an access log says what its requests are; leave requests out here");
  }
  if (traffic.has_rate()) {
    check_rate(traffic.rate(), checker);
  } else if (traffic.has_replay()) {
    check_replay(traffic.replay(), checker);
  } else if (traffic.has_access_log()) {
    check_access_log(traffic.access_log(), checker);
  }
}

void register_traffic(ModelRegistry& registry) {
  registry.types().set_traffic_check(check_traffic);
  registry.add_telling({.kind = "retry",
                        .says = "{available} of {capacity} tokens are left, and a retry costs "
                                "{cost}"});
  registry.add_telling({.kind = "circuit breaker",
                        .what = "open",
                        .says = "{failure_percent} % of the last calls failed, {slow_percent} % "
                                "were slow; the circuit opens at {failure_threshold_percent} % and "
                                "{slow_threshold_percent} %"});
  registry.add_telling({.kind = "circuit breaker",
                        .what = "try",
                        .says =
                            "{failure_percent} % of the calls before had failed, {slow_percent} "
                            "% had been slow"});
  registry.add_telling({.kind = "circuit breaker",
                        .what = "close",
                        .says = "{failure_percent} % of the calls that were let through failed"});
  registry.add_telling({.kind = "connection pool",
                        .says = "all {connections} connections are in use, and {waiting} calls "
                                "wait for one"});
}

}  // namespace updraft::sim
