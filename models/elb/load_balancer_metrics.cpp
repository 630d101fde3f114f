// What a balancer counts, writes into its access log, and costs.
#include <array>
#include <cmath>

#include "models/elb/access_log.h"
#include "models/elb/load_balancer.h"
#include "sim/build/metric_schema.h"

namespace updraft::elb {

using sim::Context;
using sim::FrameHandle;
using sim::Time;

namespace {

enum class Of : std::uint8_t { kApplication, kNetwork, kBoth };
struct Named {
  const char* name;
  Of of;
};
constexpr std::array<Named, static_cast<std::size_t>(Count::kEnd)> kCounterNames{{
    {"RequestCount", Of::kApplication},
    {"HTTPCode_Target_2XX_Count", Of::kApplication},
    {"HTTPCode_Target_4XX_Count", Of::kApplication},
    {"HTTPCode_Target_5XX_Count", Of::kApplication},
    {"HTTPCode_ELB_3XX_Count", Of::kApplication},
    {"HTTPCode_ELB_4XX_Count", Of::kApplication},
    {"HTTPCode_ELB_5XX_Count", Of::kApplication},
    {"HTTPCode_ELB_502_Count", Of::kApplication},
    {"HTTPCode_ELB_503_Count", Of::kApplication},
    {"HTTPCode_ELB_504_Count", Of::kApplication},
    {"TargetConnectionErrorCount", Of::kApplication},
    {"HTTP_Fixed_Response_Count", Of::kApplication},
    {"HTTP_Redirect_Count", Of::kApplication},
    {"NewConnectionCount", Of::kApplication},
    {"ActiveConnectionCount", Of::kApplication},
    {"RuleEvaluations", Of::kApplication},
    {"ProcessedBytes", Of::kBoth},
    {"NewFlowCount", Of::kNetwork},  // R3.10.3, from here on
    {"TCP_Client_Reset_Count", Of::kNetwork},
    {"TCP_ELB_Reset_Count", Of::kNetwork},
    {"TCP_Target_Reset_Count", Of::kNetwork},
    {"PortAllocationErrorCount", Of::kNetwork},
}};

}  // namespace

void LoadBalancer::on_start(Context& ctx) {
  for (std::size_t i = 0; i < counters_.size(); ++i) {
    counters_[i].name = kCounterNames[i].name;
    const Of other = network_ ? Of::kApplication : Of::kNetwork;
    if (kCounterNames[i].of != other) {
      counters_[i].declared = true;
      counters_[i].metric = sim::declare_metric<LoadBalancerParams>(ctx, counters_[i].name);
    }
  }
  units_metric_ = sim::declare_metric<LoadBalancerParams>(ctx, "ConsumedLCUs");
  if (network_) {
    active_flows_metric_ = sim::declare_metric<LoadBalancerParams>(ctx, "ActiveFlowCount");
  } else {
    response_time_metric_ = sim::declare_metric<LoadBalancerParams>(ctx, "TargetResponseTime");
  }
  logs_ = params_.has_access_logs() ? ctx.simulation().options().logs : nullptr;
  ctx.simulation().roll_up_with(*this);
}

void LoadBalancer::count(const Answer& made) {
  if (made.target_chosen) {
    count(Count::kRequests);  // R3.10.1
  }
  if (!made.connected) {
    count(Count::kConnectionErrors);
  }
  if (made.by_target) {
    count(made.code < 400   ? Count::kTarget2xx
          : made.code < 500 ? Count::kTarget4xx
                            : Count::kTarget5xx);
    return;
  }
  if (made.code < 300) {  // a fixed response; no counter has it
    return;
  }
  count(made.code < 400 ? Count::kElb3xx : made.code < 500 ? Count::kElb4xx : Count::kElb5xx);
  if (made.code == 502) {
    count(Count::kElb502);
  } else if (made.code == 503) {
    count(Count::kElb503);
  } else if (made.code == 504) {
    count(Count::kElb504);
  }
}

void LoadBalancer::log(Context& ctx, const Call& call, FrameHandle client, const Answer& made) {
  const sim::Request& request = ctx.request(client);
  if (sim::uniform01(log_stream_, request.ordinal, request.attempt) >=
      params_.access_logs().share()) {
    return;
  }
  const Action& action = actions_[call.action];
  LogEntry entry;
  entry.balancer = path();
  entry.request = &request.source->attributes(request.kind);
  entry.port = params_.listeners(0).port();
  // A port of the ephemeral range; the same for all requests of a session.
  const bool session = source_of(request).has_sessions;
  entry.client_port =
      1024 + static_cast<std::uint32_t>((session ? request.session : request.ordinal) % 64512);
  entry.received = ctx.frame(client).begun;
  entry.ended = ctx.now();
  entry.answer = made;
  entry.received_bytes = request.size_bytes;
  entry.sent_bytes = made.by_target ? request.response_bytes : 0;
  entry.ordinal = request.ordinal;
  entry.rule_priority =
      call.action == 0 ? 0
                       : params_.listeners(0).rules(static_cast<int>(call.action) - 1).priority();
  entry.action = action.kind == Action::Kind::kForward    ? "forward"
                 : action.kind == Action::Kind::kRedirect ? "redirect"
                                                          : "fixed-response";
  if (action.kind == Action::Kind::kForward) {
    entry.target_group = groups_[call.group].name;
  }
  if (call.active) {
    entry.target = groups_[call.group].group->target_name(call.target);
    if (made.connected) {
      entry.request_time = call.sent - entry.received;
    }
    if (made.by_target) {
      entry.target_time = ctx.now() - call.sent;
      entry.response_time = sim::Duration{};
    }
  }
  logs_->write(path(), log_line(entry, start_unix_ns_));
}

void LoadBalancer::on_roll_up(Context& ctx, Time period_start, Time period_end) {
  const auto counted = [&](Count what) -> sim::Counter& {
    return counters_[static_cast<std::size_t>(what)].counter;
  };
  const Count opened = network_ ? Count::kNewFlows : Count::kNewConnections;
  // Those of clients without a session stand for one request: new in the period, or still here.
  std::uint64_t active = 0;
  bool sessions = false;
  for (const Source& source : sources_) {
    active += source.has_sessions ? source.connections.active_since(period_start) : 0;
    sessions = sessions || source.has_sessions;
  }
  if (!sessions) {
    active = counted(opened).in_period() + calls_.size() - free_calls_.size();
  }
  const UnitUse use{
      .seconds = sim::to_seconds(period_end - period_start),
      .new_connections = static_cast<double>(counted(opened).in_period()),
      .active_connection_seconds =
          static_cast<double>(active) * sim::to_seconds(period_end - period_start),
      .bytes = static_cast<double>(counted(Count::kProcessedBytes).in_period()),
      .rule_evaluations = static_cast<double>(counted(Count::kRuleEvaluations).in_period())};
  units_.add(use);
  if (active > 0) {
    counted(Count::kActiveConnections).add(active);
    ctx.metrics().publish(units_metric_, period_start,
                          sim::StatisticSet::one(units(use, units_.sizes())));
    if (network_) {
      ctx.metrics().publish(active_flows_metric_, period_start,
                            sim::StatisticSet::one(static_cast<double>(active)));
    }
  }
  for (Counted& one : counters_) {
    if (one.declared) {
      ctx.metrics().publish(one.metric, period_start,
                            one.counter.close_period(period_start, period_end));
    }
  }
  for (Node& node : nodes_) {  // R3.5.3: in a minute
    std::fill(node.new_flows.begin(), node.new_flows.end(), 0);
  }
  if (!network_) {
    ctx.metrics().publish(response_time_metric_, period_start,
                          response_time_.close_period(period_start, period_end),
                          &response_time_.closed_period());
  }
}

std::optional<sim::MetricId> LoadBalancer::metric(std::string_view name) const {
  if (name == "TargetResponseTime" && !network_) {
    return response_time_metric_;
  }
  if (name == "ConsumedLCUs") {
    return units_metric_;
  }
  if (name == "ActiveFlowCount" && network_) {
    return active_flows_metric_;
  }
  for (const Counted& counted : counters_) {
    if (counted.declared && name == counted.name) {
      return counted.metric;
    }
  }
  return std::nullopt;
}

// R28.1: a balancer costs by the hour, started hours counted in full; R3.11.1, R3.11.2: and by its
// capacity units. R28.10: bytes of an NLB between zones cost each way, an ALB's nothing.
std::vector<roles::Usage> LoadBalancer::usage(Time now) const {
  const double hours = std::ceil(sim::to_seconds(now) / 3600.0);
  const char* kind = network_ ? "elb/network" : "elb/application";
  std::vector<roles::Usage> used{{.resource = path(), .item = kind, .quantity = hours, .unit = "h"},
                                 {.resource = path(),
                                  .item = network_ ? "elb/network/nlcu" : "elb/application/lcu",
                                  .quantity = units_.unit_hours(),
                                  .unit = network_ ? "NLCU-h" : "LCU-h"}};
  if (cross_zone_bytes_ > 0) {
    used.push_back({.resource = path(),
                    .item = "data-transfer/inter-az",
                    .quantity = 2 * cross_zone_bytes_ / 1e9,
                    .unit = "GB"});
  }
  return used;
}

}  // namespace updraft::elb
