#include "cli/summary.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

#include <fmt/format.h>

#include "cli/numbers.h"
#include "sim/study/plan_facts.h"

namespace updraft::cli {

namespace {

using Lines = fmt::memory_buffer;

constexpr std::array<sim::Percentile, 5> kPercentiles{{{5000}, {9000}, {9500}, {9900}, {9990}}};

template <class... Args>
void line(Lines& lines, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(lines), format, std::forward<Args>(args)...);
  lines.push_back('\n');
}

std::string percentile_name(sim::Percentile p) {
  return "p" + plain(p.hundredths / 100.0, 2);
}

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

/// How a client sees each way to end, with the code that an ALB sends for it.
std::string_view status_words(sim::Status status) {
  switch (status) {
    case sim::Status::kOk:
      return "ok";
    case sim::Status::kFailed:
      return "500, failed in the application";
    case sim::Status::kThrottled:
      return "429, throttled";
    case sim::Status::kRefused:
      return "connection refused";
    case sim::Status::kUnreachable:
      return "no connection";
    case sim::Status::kReset:
      return "connection reset";
    case sim::Status::kTimedOut:
      return "given up by the client";
    case sim::Status::kBadGateway:
      return "502, bad gateway";
    case sim::Status::kUnavailable:
      return "503, nobody to ask";
    case sim::Status::kGatewayTimeout:
      return "504, gateway time-out";
    case sim::Status::kCircuitOpen:
      return "not sent, circuit open";
  }
  return "";
}

/// "mean 4 ms   p50 3 ms   ...   max 90 ms"; not of an empty one.
std::string percentiles_of(const sim::Histogram& histogram) {
  std::string text =
      fmt::format("mean {}   ", latency(histogram.sum() / static_cast<double>(histogram.count())));
  for (const sim::Percentile p : kPercentiles) {
    text += fmt::format("{} {}   ", percentile_name(p), latency(histogram.percentile(p)->value));
  }
  return text + fmt::format("max {}", latency(static_cast<double>(histogram.max())));
}

/// Of clients that retry: what was sent, and what was held back.
void attempts_lines(Lines& lines, const sim::AttemptsReport& attempts) {
  const bool hedged = attempts.hedges > 0;
  line(lines, "  {} attempts, of which {} {}; {} first attempts did not end ok",
       grouped(attempts.attempts), grouped(hedged ? attempts.hedges : attempts.retries),
       hedged ? "hedges" : "retries", grouped(attempts.first_attempt_errors));
  if (attempts.quota_exhausted > 0) {
    line(lines, "  not retried: {} because the retry quota was exhausted",
         grouped(attempts.quota_exhausted));
  }
  if (attempts.budget_exhausted > 0) {
    line(lines, "  not {}: {} because the budget was exhausted", hedged ? "hedged" : "retried",
         grouped(attempts.budget_exhausted));
  }
  if (attempts.not_permitted > 0) {
    line(lines, "  not sent: {} because the circuit was open", grouped(attempts.not_permitted));
  }
  if (attempts.delayed > 0) {
    line(lines, "  sent later: {} because of the rate of mode adaptive", grouped(attempts.delayed));
  }
}

void traffic_lines(Lines& lines, const sim::TrafficReport& traffic, const Terminal& terminal) {
  std::uint64_t ended = 0;
  for (const std::uint64_t count : traffic.by_status) {
    ended += count;
  }
  line(
      lines, "{}  {} requests{}", terminal.bold(traffic.name), grouped(traffic.sent),
      traffic.in_flight > 0 ? fmt::format(", {} still in flight", grouped(traffic.in_flight)) : "");
  for (std::size_t i = 0; i < sim::kStatusCount; ++i) {
    const std::uint64_t count = traffic.by_status[i];
    if (count > 0 || i == 0) {
      line(lines, "  {:<32} {:>14}  {:>12}", status_words(static_cast<sim::Status>(i)),
           grouped(count), percent(share(count, ended)));
    }
  }
  if (traffic.attempts) {
    attempts_lines(lines, *traffic.attempts);
  }
  if (traffic.latency.empty()) {
    return;
  }
  line(lines, "  latency  {}", percentiles_of(traffic.latency));
  line(lines, "  {}",
       terminal.dim(fmt::format("percentiles are within {} of the exact value; every answer counts",
                                percent(sim::Histogram::kRelativeError))));
}

void capacity_lines(Lines& lines, const sim::CapacityReport& fleet, const Terminal& terminal) {
  line(lines, "{}  in service: min {}, mean {}, max {}", terminal.bold(fleet.name),
       plain(fleet.provided_min, 0), plain(fleet.provided_mean, 2), plain(fleet.provided_max, 0));
  line(lines, "  needed: mean {}, peak {}; {} min short of it; {} of {} instance-hours beyond it",
       plain(fleet.needed_mean, 2), plain(fleet.needed_peak, 1), plain(fleet.minutes_short, 0),
       plain(fleet.instance_hours_beyond, 1), plain(fleet.instance_hours, 1));
  line(lines, "  {} changes of the desired capacity, {} launches, {} terminations",
       grouped(fleet.activities), grouped(fleet.launches), grouped(fleet.terminations));
}

void queue_lines(Lines& lines, const sim::QueueReport& queue, const Terminal& terminal) {
  line(lines, "{}  {} messages{}: {} deleted, {} moved to another queue, {} expired",
       terminal.bold(queue.name), grouped(queue.entered),
       queue.deduplicated > 0
           ? fmt::format(" and {} duplicates that were not added", grouped(queue.deduplicated))
           : "",
       grouped(queue.deleted), grouped(queue.moved), grouped(queue.expired));
  line(lines, "  at the end {} visible, {} in flight, {} delayed", grouped(queue.visible),
       grouped(queue.in_flight), grouped(queue.delayed));
}

void work_lines(Lines& lines, const sim::WorkReport& work, const Terminal& terminal) {
  line(lines, "{}  {} messages done; {} failures, {} begun on what had been received before",
       terminal.bold(work.name), grouped(work.processed), grouped(work.failed),
       grouped(work.again));
  if (!work.age.empty()) {
    line(lines, "  from sending to deletion  {}", percentiles_of(work.age));
  }
  for (const sim::SourceAge& source : work.by_source) {
    line(lines, "  of {} ({})  {}", source.name, grouped(source.age.count()),
         percentiles_of(source.age));
  }
}

void function_lines(Lines& lines, const sim::FunctionReport& function, const Terminal& terminal) {
  line(lines, "{}  {} invocations: {} errors, {} cold starts; {} throttled{}",
       terminal.bold(function.name), grouped(function.invocations), grouped(function.errors),
       grouped(function.cold_starts), grouped(function.throttles),
       function.spilled > 0
           ? fmt::format("; {} more than were provisioned", grouped(function.spilled))
           : "");
  if (function.events > 0) {
    line(lines, "  {} events, {} of them given up", grouped(function.events),
         grouped(function.given_up));
  }
}

void service_lines(Lines& lines, const sim::ServiceReport& service, const Terminal& terminal) {
  line(lines, "{}  {} requests: {} errors, {} turned away{}", terminal.bold(service.name),
       grouped(service.requests), grouped(service.errors), grouped(service.throttles),
       service.misses > 0 ? fmt::format(", {} misses", grouped(service.misses)) : "");
  if (!service.latency.empty()) {
    line(lines, "  to the answer  {}", percentiles_of(service.latency));
  }
}

void bill_lines(Lines& lines, const std::vector<sim::BillLine>& bill, const Terminal& terminal) {
  double total = 0;
  for (const sim::BillLine& item : bill) {
    total += item.cost_usd;
  }
  line(lines, "{}  {}", terminal.bold("cost"), money(total));
  for (const sim::BillLine& item : bill) {
    line(lines, "  {:<24} {:<36} {:>12}", item.resource, item.item, money(item.cost_usd));
  }
}

/// What was met, in words. Failed requests count as slower than any bound: without a word on that,
/// the value seems to contradict the latencies of what was answered.
std::string observed(const sim::Slo& slo, double value, bool failures) {
  if (std::isnan(value)) {
    return "nothing: no request has ended";
  }
  switch (slo.subject()) {
    case sim::Slo::LATENCY:
      if (std::isinf(value)) {
        return slo.statistic() == sim::Slo::PERCENTILE
                   ? fmt::format("failures: more than {} of the requests",
                                 percent(1 - slo.percentile() / 100))
                   : "failures, which count as misses";
      }
      return latency(value) + (failures ? " (failed requests count as misses)" : "");
    case sim::Slo::THROUGHPUT:
      return plain(value, 1) + "/s";
    default:
      return percent(value);
  }
}

void slo_lines(Lines& lines, const sim::Report& report, const sim::Plan& plan,
               const Terminal& terminal) {
  line(lines, "{}", terminal.bold("objectives"));
  const auto has_failures = [](const sim::TrafficReport& traffic) {
    return std::any_of(traffic.by_status.begin() + 1, traffic.by_status.end(),
                       [](std::uint64_t count) { return count > 0; });
  };
  const bool failures = std::any_of(report.traffic.begin(), report.traffic.end(), has_failures);
  for (std::size_t i = 0; i < report.slo.size(); ++i) {
    const sim::SloReport& slo = report.slo[i];
    const std::string name = fmt::format("{:<10}", sim::verdict_name(slo.verdict));
    const std::string shown = slo.verdict == sim::Verdict::kPass   ? terminal.green(name)
                              : slo.verdict == sim::Verdict::kFail ? terminal.red(name)
                                                                   : terminal.yellow(name);
    line(lines, "  {} {:<32} observed {}", shown, slo.text,
         observed(plan.slo(static_cast<int>(i)), slo.observed, failures));
  }
}

/// A record with holes must not pass for a whole one.
void dropped_lines(Lines& lines, const sim::RecordsReport& records, const Terminal& terminal) {
  if (records.decisions_dropped > 0) {
    line(lines, "{}  {} of {} decisions are not in the file: its budget was spent",
         terminal.yellow("left out"),
         grouped(static_cast<std::uint64_t>(records.decisions_dropped)),
         grouped(static_cast<std::uint64_t>(records.decisions)));
  }
  if (records.traces_dropped > 0) {
    line(lines, "{}  {} traces and spans are not in the file: its budget was spent",
         terminal.yellow("left out"), grouped(static_cast<std::uint64_t>(records.traces_dropped)));
  }
}

}  // namespace

std::string summary_text(const sim::Report& report, const sim::Plan& plan,
                         const sim::ReportFacts& facts, const Terminal& terminal) {
  Lines lines;
  line(lines, "{}  {} to {} UTC ({} simulated), seed {}, rules {}{}",
       terminal.bold(report.scenario), sim::utc_text(plan.start_unix_ns()),
       sim::utc_text(plan.start_unix_ns() + sim::to_ns(report.simulated)), length(report.simulated),
       report.seed, plan.header().rules(),
       report.complete ? "" : terminal.yellow("  INTERRUPTED: what follows is up to that moment"));
  line(lines, "");
  for (const sim::TrafficReport& traffic : report.traffic) {
    traffic_lines(lines, traffic, terminal);
  }
  for (const sim::CapacityReport& fleet : report.capacity) {
    capacity_lines(lines, fleet, terminal);
  }
  for (const sim::QueueReport& queue : report.queues) {
    queue_lines(lines, queue, terminal);
  }
  for (const sim::WorkReport& work : report.work) {
    work_lines(lines, work, terminal);
  }
  for (const sim::ServiceReport& service : report.services) {
    service_lines(lines, service, terminal);
  }
  for (const sim::FunctionReport& function : report.functions) {
    function_lines(lines, function, terminal);
  }
  if (!report.bill.empty()) {
    bill_lines(lines, report.bill, terminal);
  }
  if (!report.slo.empty()) {
    slo_lines(lines, report, plan, terminal);
  }
  dropped_lines(lines, report.records, terminal);
  line(lines, "");
  if (!facts.output.empty()) {
    line(lines, "results  {}  ({})", facts.output,
         report.complete
             ? "hash " + report.results_hash
             : "up to " + sim::utc_text(plan.start_unix_ns() + sim::to_ns(report.simulated)));
  }
  line(lines, "again    {}", facts.repeat_command);
  return fmt::to_string(lines);
}

}  // namespace updraft::cli
