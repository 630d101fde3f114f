#include "cli/summary.h"

#include <array>
#include <cmath>
#include <iterator>

#include <fmt/format.h>

#include "cli/numbers.h"
#include "sim/study/plan_facts.h"

namespace updraft::cli {

namespace {

using Lines = fmt::memory_buffer;
using nlohmann::ordered_json;

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
  }
  return "";
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
  if (traffic.latency.empty()) {
    return;
  }
  std::string text;
  for (const sim::Percentile p : kPercentiles) {
    text +=
        fmt::format("{} {}   ", percentile_name(p), latency(traffic.latency.percentile(p)->value));
  }
  line(lines, "  latency  mean {}   {}max {}",
       latency(traffic.latency.sum() / static_cast<double>(traffic.latency.count())), text,
       latency(static_cast<double>(traffic.latency.max())));
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

std::string observed(const sim::Slo& slo, double value) {
  switch (slo.subject()) {
    case sim::Slo::LATENCY:
      return latency(value);
    case sim::Slo::THROUGHPUT:
      return plain(value, 1) + "/s";
    default:
      return percent(value);
  }
}

std::string_view verdict_name(sim::Verdict verdict) {
  switch (verdict) {
    case sim::Verdict::kPass:
      return "pass";
    case sim::Verdict::kFail:
      return "fail";
    case sim::Verdict::kCannotTell:
      return "can't tell";
  }
  return "";
}

void slo_lines(Lines& lines, const sim::Report& report, const sim::Plan& plan,
               const Terminal& terminal) {
  line(lines, "{}", terminal.bold("objectives"));
  for (std::size_t i = 0; i < report.slo.size(); ++i) {
    const sim::SloReport& slo = report.slo[i];
    const std::string name = fmt::format("{:<10}", verdict_name(slo.verdict));
    const std::string shown = slo.verdict == sim::Verdict::kPass   ? terminal.green(name)
                              : slo.verdict == sim::Verdict::kFail ? terminal.red(name)
                                                                   : terminal.yellow(name);
    line(lines, "  {} {:<32} observed {}", shown, slo.text,
         observed(plan.slo(static_cast<int>(i)), slo.observed));
  }
}

ordered_json number(double value) {
  return std::isfinite(value) ? ordered_json(value) : ordered_json(nullptr);
}

ordered_json traffic_json(const sim::TrafficReport& traffic) {
  ordered_json json{
      {"name", traffic.name}, {"sent", traffic.sent}, {"in_flight", traffic.in_flight}};
  for (std::size_t i = 0; i < sim::kStatusCount; ++i) {
    json["by_status"][std::string(sim::status_name(static_cast<sim::Status>(i)))] =
        traffic.by_status[i];
  }
  ordered_json latency_json{{"count", traffic.latency.count()}};
  if (!traffic.latency.empty()) {
    latency_json["mean_s"] =
        traffic.latency.sum() / static_cast<double>(traffic.latency.count()) / 1e9;
    latency_json["max_s"] = static_cast<double>(traffic.latency.max()) / 1e9;
    for (const sim::Percentile p : kPercentiles) {
      const auto estimate = *traffic.latency.percentile(p);
      latency_json["percentiles"][percentile_name(p)] = {{"value_s", estimate.value / 1e9},
                                                         {"lower_s", estimate.lower / 1e9},
                                                         {"upper_s", estimate.upper / 1e9}};
    }
  }
  json["latency"] = std::move(latency_json);
  return json;
}

ordered_json capacity_json(const sim::CapacityReport& fleet) {
  return {
      {"name", fleet.name},
      {"needed", {{"mean", fleet.needed_mean}, {"peak", fleet.needed_peak}}},
      {"provided",
       {{"min", fleet.provided_min}, {"mean", fleet.provided_mean}, {"max", fleet.provided_max}}},
      {"minutes_short", fleet.minutes_short},
      {"instance_hours", fleet.instance_hours},
      {"instance_hours_beyond", fleet.instance_hours_beyond},
      {"activities", fleet.activities},
      {"launches", fleet.launches},
      {"terminations", fleet.terminations}};
}

}  // namespace

std::string summary_text(const sim::Report& report, const sim::Plan& plan,
                         const SummaryFacts& facts, const Terminal& terminal) {
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
  if (!report.bill.empty()) {
    bill_lines(lines, report.bill, terminal);
  }
  if (!report.slo.empty()) {
    slo_lines(lines, report, plan, terminal);
  }
  line(lines, "");
  if (!facts.output.empty()) {
    line(lines, "results  {}  (hash {})", facts.output, report.results_hash);
  }
  line(lines, "again    {}", facts.repeat_command);
  return fmt::to_string(lines);
}

ordered_json summary_json(const sim::Report& report, const sim::Plan& plan,
                          const SummaryFacts& facts) {
  ordered_json json{{"version", 1},
                    {"scenario", report.scenario},
                    {"updraft", std::string(sim::version())},
                    {"rules", plan.header().rules()},
                    {"start", sim::utc_text(plan.start_unix_ns()) + "Z"},
                    {"simulated_s", sim::to_seconds(report.simulated)},
                    {"complete", report.complete},
                    {"seed", report.seed},
                    {"replication", report.replication},
                    {"events", report.events},
                    {"trace_hash", fmt::format("{:016x}", report.trace_hash)},
                    {"results_hash", report.results_hash},
                    {"output", facts.output},
                    {"repeat", facts.repeat_command}};
  json["traffic"] = ordered_json::array();
  for (const sim::TrafficReport& traffic : report.traffic) {
    json["traffic"].push_back(traffic_json(traffic));
  }
  json["capacity"] = ordered_json::array();
  for (const sim::CapacityReport& fleet : report.capacity) {
    json["capacity"].push_back(capacity_json(fleet));
  }
  json["bill"] = ordered_json::array();
  double total = 0;
  for (const sim::BillLine& item : report.bill) {
    total += item.cost_usd;
    json["bill"].push_back({{"resource", item.resource},
                            {"item", item.item},
                            {"quantity", item.quantity},
                            {"unit", item.unit},
                            {"price_usd", item.price_usd},
                            {"cost_usd", item.cost_usd}});
  }
  json["cost_usd"] = total;
  json["slo"] = ordered_json::array();
  for (const sim::SloReport& slo : report.slo) {
    json["slo"].push_back({{"text", slo.text},
                           {"observed", number(slo.observed)},
                           {"lower", number(slo.lower)},
                           {"upper", number(slo.upper)},
                           {"verdict", verdict_name(slo.verdict)}});
  }
  return json;
}

}  // namespace updraft::cli
