#include "sim/study/report_json.h"

#include <array>
#include <cmath>

#include <fmt/format.h>

#include "sim/study/plan_facts.h"

namespace updraft::sim {

namespace {

using nlohmann::ordered_json;

struct NamedPercentile {
  Percentile percentile;
  const char* name;
};
constexpr std::array<NamedPercentile, 5> kPercentiles{
    {{{5000}, "p50"}, {{9000}, "p90"}, {{9500}, "p95"}, {{9900}, "p99"}, {{9990}, "p99.9"}}};

ordered_json number(double value) {
  return std::isfinite(value) ? ordered_json(value) : ordered_json(nullptr);
}

ordered_json histogram_json(const Histogram& histogram) {
  ordered_json json{{"count", histogram.count()}};
  if (!histogram.empty()) {
    json["mean_s"] = histogram.sum() / static_cast<double>(histogram.count()) / 1e9;
    json["max_s"] = static_cast<double>(histogram.max()) / 1e9;
    for (const auto& [percentile, name] : kPercentiles) {
      const auto estimate = *histogram.percentile(percentile);
      json["percentiles"][name] = {{"value_s", estimate.value / 1e9},
                                   {"lower_s", estimate.lower / 1e9},
                                   {"upper_s", estimate.upper / 1e9}};
    }
  }
  return json;
}

ordered_json traffic_json(const TrafficReport& traffic) {
  ordered_json json{
      {"name", traffic.name}, {"sent", traffic.sent}, {"in_flight", traffic.in_flight}};
  for (std::size_t i = 0; i < kStatusCount; ++i) {
    json["by_status"][std::string(status_name(static_cast<Status>(i)))] = traffic.by_status[i];
  }
  json["latency"] = histogram_json(traffic.latency);
  if (traffic.attempts) {
    json["attempts"] = {{"sent", traffic.attempts->attempts},
                        {"retries", traffic.attempts->retries},
                        {"hedges", traffic.attempts->hedges},
                        {"first_attempt_errors", traffic.attempts->first_attempt_errors},
                        {"quota_exhausted", traffic.attempts->quota_exhausted},
                        {"budget_exhausted", traffic.attempts->budget_exhausted},
                        {"not_permitted", traffic.attempts->not_permitted},
                        {"delayed", traffic.attempts->delayed}};
  }
  return json;
}

ordered_json queue_json(const QueueReport& queue) {
  return {{"name", queue.name},
          {"entered", queue.entered},
          {"deduplicated", queue.deduplicated},
          {"deleted", queue.deleted},
          {"expired", queue.expired},
          {"moved", queue.moved},
          {"visible", queue.visible},
          {"in_flight", queue.in_flight},
          {"delayed", queue.delayed}};
}

ordered_json work_json(const WorkReport& work) {
  ordered_json json{{"name", work.name},
                    {"processed", work.processed},
                    {"failed", work.failed},
                    {"again", work.again},
                    {"age", histogram_json(work.age)},
                    {"by_source", ordered_json::array()}};
  for (const SourceAge& source : work.by_source) {
    json["by_source"].push_back({{"name", source.name}, {"age", histogram_json(source.age)}});
  }
  return json;
}

ordered_json service_json(const ServiceReport& service) {
  return {{"name", service.name},     {"requests", service.requests},
          {"errors", service.errors}, {"throttles", service.throttles},
          {"misses", service.misses}, {"latency", histogram_json(service.latency)}};
}

ordered_json capacity_json(const CapacityReport& fleet) {
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

std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPass:
      return "pass";
    case Verdict::kFail:
      return "fail";
    case Verdict::kCannotTell:
      return "can't tell";
  }
  return "";
}

ordered_json report_json(const Report& report, const Plan& plan, const ReportFacts& facts) {
  ordered_json json{{"version", 1},
                    {"scenario", report.scenario},
                    {"updraft", std::string(version())},
                    {"rules", plan.header().rules()},
                    {"start", utc_text(plan.start_unix_ns()) + "Z"},
                    {"simulated_s", to_seconds(report.simulated)},
                    {"complete", report.complete},
                    {"seed", report.seed},
                    {"replication", report.replication},
                    {"events", report.events},
                    {"trace_hash", fmt::format("{:016x}", report.trace_hash)},
                    {"results_hash", report.results_hash},
                    {"output", facts.output},
                    {"repeat", facts.repeat_command}};
  json["traffic"] = ordered_json::array();
  for (const TrafficReport& traffic : report.traffic) {
    json["traffic"].push_back(traffic_json(traffic));
  }
  json["capacity"] = ordered_json::array();
  for (const CapacityReport& fleet : report.capacity) {
    json["capacity"].push_back(capacity_json(fleet));
  }
  json["queues"] = ordered_json::array();
  for (const QueueReport& queue : report.queues) {
    json["queues"].push_back(queue_json(queue));
  }
  json["work"] = ordered_json::array();
  for (const WorkReport& work : report.work) {
    json["work"].push_back(work_json(work));
  }
  json["services"] = ordered_json::array();
  for (const ServiceReport& service : report.services) {
    json["services"].push_back(service_json(service));
  }
  json["functions"] = ordered_json::array();
  for (const FunctionReport& function : report.functions) {
    json["functions"].push_back({{"name", function.name},
                                 {"invocations", function.invocations},
                                 {"errors", function.errors},
                                 {"throttles", function.throttles},
                                 {"cold_starts", function.cold_starts},
                                 {"spilled", function.spilled},
                                 {"events", function.events},
                                 {"given_up", function.given_up}});
  }
  json["bill"] = ordered_json::array();
  double total = 0;
  for (const BillLine& item : report.bill) {
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
  for (const SloReport& slo : report.slo) {
    json["slo"].push_back({{"text", slo.text},
                           {"observed", number(slo.observed)},
                           {"lower", number(slo.lower)},
                           {"upper", number(slo.upper)},
                           {"verdict", verdict_name(slo.verdict)}});
  }
  json["records"] = {
      {"decisions", report.records.decisions},
      {"decision_rows", report.records.decision_rows},
      {"decisions_dropped", report.records.decisions_dropped},
      {"traces", report.records.traces},
      {"traces_dropped", report.records.traces_dropped},
  };
  return json;
}

}  // namespace updraft::sim
