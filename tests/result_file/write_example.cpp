// Writes a small result file through the real recorders, for the tests of readers and of kills.
//
//   write_example PATH HOURS
//
// A made-up run: one load balancer, one fleet whose instances come and go, decisions, traces, a
// bill. The content depends on HOURS alone.
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>
#include <vector>

#include "sim/metrics/decisions.h"
#include "sim/metrics/instruments.h"
#include "sim/metrics/result_file.h"
#include "sim/metrics/series.h"
#include "sim/metrics/tables.h"
#include "sim/metrics/traces.h"

namespace updraft::sim {
namespace {

std::uint64_t mixed(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15ull;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
  return x ^ (x >> 31);
}

struct Instance {
  std::int64_t row;
  Gauge busy;
};

class Example {
 public:
  explicit Example(ResultSink& sink)
      : sink_(sink),
        store_(&sink),
        decisions_(&sink),
        traces_(&sink, {.rate = 0.02, .slowest = 2, .failed = 2}),
        instances_(&sink, "/instances", "instance"),
        bill_(&sink) {
    requests_ = store_.declare({.resource = "web-alb",
                                .name = "RequestCount",
                                .cloudwatch_namespace = "AWS/ApplicationELB",
                                .unit = "Count",
                                .long_name = "requests answered by a target",
                                .statistic = Statistic::sum()});
    response_ =
        store_.declare({.resource = "web-alb",
                        .name = "TargetResponseTime",
                        .cloudwatch_namespace = "AWS/ApplicationELB",
                        .unit = "Seconds",
                        .statistic = Statistic::average(),
                        .kept = {Statistic::at(kP50), Statistic::at(kP99), Statistic::maximum()},
                        .keep_histogram = true});
    credits_ = store_.declare({.resource = "fleet",
                               .name = "CPUCreditBalance",
                               .cloudwatch_namespace = "AWS/EC2",
                               .unit = "Count",
                               .period = 300s});
    family_ = store_.declare_family({.group = "/instance_metrics",
                                     .member_table = "/instances",
                                     .member = "instance",
                                     .metrics = {{.name = "CPUUtilization",
                                                  .cloudwatch_namespace = "AWS/EC2",
                                                  .unit = "Percent",
                                                  .kept = {Statistic::maximum()}}}});
    source_ = traces_.add_source("traffic/visitors");
    sink.set_attribute("/", {"scenario", std::string("example")});
    sink.set_attribute("/", {"scenario_text", "# a long text\n" + std::string(100'000, 'x')});
    sink.set_attribute("/", {"seed", std::int64_t{1}});
    sink.set_attribute("/", {"version", std::string("0.1.0")});
    sink.set_attribute("/web-alb", {"resource_type", std::string("load_balancer")});
  }

  void minute(std::int64_t k) {
    const Time start = kStart + 60s * k;
    const Time end = start + 60s;
    fleet_of_minute(k, start);
    const int arrivals = 20 + static_cast<int>(mixed(static_cast<std::uint64_t>(k)) % 50);
    for (int i = 0; i < arrivals; ++i) {
      request(start + 500ms * i);
    }
    store_.publish(requests_, start, count_.close_period(start, end));
    const StatisticSet latency = latency_.close_period(start, end);
    store_.publish(response_, start, latency, &latency_.closed_period());
    for (Instance& instance : alive_) {
      const std::array sets{instance.busy.close_period(start, end)};
      store_.publish_member(family_, instance.row, start, sets);
    }
    store_.close_period(60s, start);
    if ((k + 1) % 5 == 0) {
      store_.publish(credits_, end - 300s, StatisticSet::one(static_cast<double>(k)));
      store_.close_period(300s, end - 300s);
      traces_.close_period();
    }
    decide(k, end);
  }

  void commit(Time now) {
    decisions_.close_idle(now);
    sink_.commit(now);
  }

  void finish(Time end) {
    bill_.add({.resource = "fleet",
               .item = "m5.large",
               .unit = "hour",
               .from = kStart,
               .to = end,
               .quantity = 3,
               .unit_price = 0.096,
               .cost = 0.288});
    store_.finish();
    decisions_.finish(end);
    traces_.finish();
    bill_.finish();
    sink_.finish(end);
  }

 private:
  void fleet_of_minute(std::int64_t k, Time start) {
    if (k % 7 == 0) {
      const std::int64_t row = instances_.add({.id = "i-" + std::to_string(k),
                                               .owner = "fleet",
                                               .zone = "us-east-1a",
                                               .kind = "m5.large",
                                               .version = "1",
                                               .ordinal = k / 7,
                                               .launched = start});
      instances_.in_service(row, start + 30s);
      alive_.push_back({row, Gauge(start, 0)});
    }
    if (k % 11 == 10 && alive_.size() > 1) {
      instances_.ended(alive_.front().row, start, "scale in: OldestInstance");
      alive_.erase(alive_.begin());
    }
  }

  void request(Time now) {
    const std::uint64_t random = mixed(ordinal_ ^ 0xABCDEF);
    const Duration length = std::chrono::microseconds{500 + random % 900'000};
    const SpanStatus status = random % 97 == 0 ? SpanStatus::kFailed : SpanStatus::kOk;
    const TraceRef trace = traces_.open({.source = source_,
                                         .ordinal = ordinal_++,
                                         .begin = now,
                                         .end = now + length,
                                         .status = status});
    const SpanRef root = traces_.begin_span(trace, SpanRef::kNone, "web-alb", "forward", now);
    const SpanRef work = traces_.begin_span(trace, root, "fleet", "serve", now + 100us);
    traces_.attribute(trace, work, "instance", static_cast<double>(alive_.front().row));
    traces_.end_span(trace, work, now + length - 100us, status);
    traces_.end_span(trace, root, now + length, status);
    traces_.close(trace);
    latency_.record(length);
    count_.add();
    alive_[random % alive_.size()].busy.set(now, static_cast<double>(random % 100));
  }

  void decide(std::int64_t k, Time now) {
    const std::array values{NamedValue{"cpu", static_cast<double>(k % 100)},
                            NamedValue{"target", 50.0}};
    const DecisionId alarm =
        decisions_.record(now, {.who = "fleet/cpu/AlarmHigh",
                                .kind = "alarm state",
                                .what = "state",
                                .reason = k % 40 < 20 ? "OK" : "ALARM",
                                .rule = "R2.6.2",
                                .values = values,
                                .cause = Cause::metric("fleet", "CPUUtilization", now - 60s)});
    if (k % 40 >= 20) {
      decisions_.record(now, {.who = "fleet/cpu",
                              .kind = "policy",
                              .outcome = k % 40 < 25 ? Outcome::kDecided : Outcome::kBlocked,
                              .what = "add 1 instance",
                              .reason = k % 40 < 25 ? "above target" : "warming up",
                              .rule = "R2.6.4",
                              .values = values,
                              .cause = Cause::decision(alarm)});
    }
  }

  ResultSink& sink_;
  MetricStore store_;
  DecisionLog decisions_;
  TraceLog traces_;
  MemberTable instances_;
  BillTable bill_;
  MetricId requests_{}, response_{}, credits_{};
  FamilyId family_{};
  TraceSource source_{};
  Counter count_;
  LatencyInstrument latency_;
  std::vector<Instance> alive_;
  std::uint64_t ordinal_ = 0;
};

void write(const std::string& path, int hours) {
  const Duration run = std::chrono::hours{hours};
  const auto file = create_result_file(path, {.start = "1998-06-15T00:00:00Z", .run = run});
  Example example(*file);
  const Duration interval = commit_interval(run);
  for (std::int64_t k = 0; k < std::int64_t{hours} * 60; ++k) {
    example.minute(k);
    const Time end = kStart + 60s * (k + 1);
    if (to_ns(end) % to_ns(interval) == 0) {
      example.commit(end);
    }
  }
  example.finish(kStart + run);
}

int number(const char* text) {
  int value = 0;
  std::from_chars(text, text + std::strlen(text), value);
  return value;
}

}  // namespace
}  // namespace updraft::sim

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: write_example PATH HOURS\n", stderr);
    return 2;
  }
  try {
    updraft::sim::write(argv[1], updraft::sim::number(argv[2]));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}
