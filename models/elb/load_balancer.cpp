#include "models/elb/load_balancer.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "models/elb/dns.h"
#include "sim/build/metric_schema.h"
#include "sim/build/world.h"

namespace updraft::elb {

using sim::Context;
using sim::FrameHandle;
using sim::Status;

namespace {

enum CounterIndex : std::size_t {
  kRequestCount,
  kTarget2xx,
  kTarget4xx,
  kTarget5xx,
  kElb4xx,
  kElb5xx,
  kElb502,
  kElb503,
  kElb504,
  kConnectionErrors,
  kCounterCount
};

constexpr std::array<const char*, kCounterCount> kCounterNames{"RequestCount",
                                                               "HTTPCode_Target_2XX_Count",
                                                               "HTTPCode_Target_4XX_Count",
                                                               "HTTPCode_Target_5XX_Count",
                                                               "HTTPCode_ELB_4XX_Count",
                                                               "HTTPCode_ELB_5XX_Count",
                                                               "HTTPCode_ELB_502_Count",
                                                               "HTTPCode_ELB_503_Count",
                                                               "HTTPCode_ELB_504_Count",
                                                               "TargetConnectionErrorCount"};

/// 64 uniform bits out of 53; only the upper 32 choose a place.
std::uint64_t bits_of(double uniform) {
  return static_cast<std::uint64_t>(uniform * 9007199254740992.0) << 11U;
}

/// What an application's way to end means in HTTP.
std::uint32_t http_code(Status status) {
  switch (status) {
    case Status::kFailed:
      return 500;
    case Status::kThrottled:
      return 429;
    default:
      return 200;
  }
}

}  // namespace

LoadBalancer::LoadBalancer(const sim::Birth& birth, const LoadBalancerParams& params)
    : Model(birth),
      params_(params),
      idle_timeout_(
          birth.add_lane(sim::Duration{params.idle_timeout().ns()}, sim::Phase::kControllers)),
      choice_stream_(birth.stream("choice")),
      node_choice_(sim::Distribution::uniform({.min = 0, .max = 1}).value(), choice_stream_) {
  for (const char* name : kCounterNames) {
    counters_.push_back({.name = name, .counter = sim::Counter{}});
  }
}

void LoadBalancer::bind(sim::World& world) {
  group_ = &world.role<TargetGroup>(params_.listeners(0).forward());
  for (const std::string& name : params_.availability_zones()) {
    const sim::ZoneId zone = world.zone(name);
    nodes_.push_back({.zone = zone});
  }
  std::sort(nodes_.begin(), nodes_.end(),
            [](const Node& a, const Node& b) { return a.zone < b.zone; });
  for (Node& node : nodes_) {
    node.number_in_group = group_->add_node(node.zone, *this);
    dns_.push_back(static_cast<std::uint32_t>(dns_.size()));
    zones_.push_back(node.zone.index);
  }
}

void LoadBalancer::on_start(Context& ctx) {
  for (Counted& counted : counters_) {
    counted.metric = sim::declare_metric<LoadBalancerParams>(ctx, counted.name);
  }
  response_time_metric_ = sim::declare_metric<LoadBalancerParams>(ctx, "TargetResponseTime");
  ctx.simulation().roll_up_with(*this);
}

std::uint32_t LoadBalancer::choose_node(Context& ctx, FrameHandle frame) {
  if (dns_.size() == 1) {
    return dns_.front();
  }
  const sim::Request& request = ctx.request(frame);
  return node_for_client(dns_, bits_of(node_choice_.sample(request.ordinal, request.attempt)));
}

std::uint32_t LoadBalancer::open_call(const Call& call) {
  if (free_calls_.empty()) {
    calls_.push_back(call);
    return static_cast<std::uint32_t>(calls_.size() - 1);
  }
  const std::uint32_t index = free_calls_.back();
  free_calls_.pop_back();
  const std::uint32_t serial = calls_[index].serial + 1;
  calls_[index] = call;
  calls_[index].serial = serial;
  return index;
}

void LoadBalancer::on_arrival(Context& ctx, FrameHandle frame) {
  const std::uint32_t number = choose_node(ctx, frame);
  const Node& node = nodes_[number];
  if (node.lost) {  // the address is still cached; nobody answers there
    group_->turned_away(ctx.demand(frame).cpu);
    ctx.reply(frame, Status::kUnreachable);
    return;
  }
  ctx.begin(frame);
  const sim::RequestHandle request = ctx.request_of(frame);
  std::uint64_t draw = 0;
  if (group_->draws()) {
    const sim::Request& asked = ctx.request(request);
    draw = bits_of(sim::uniform01(choice_stream_, asked.ordinal, asked.attempt, 1));
  }
  const auto picked = group_->pick(node.number_in_group, draw);
  if (!picked) {  // R3.9.T1: no registered target, or all unused
    group_->turned_away(ctx.demand(frame).cpu);
    const Answer made = answer(Ending::kNoTargets);
    count(made);
    answer_client(ctx, frame, Ending::kNoTargets, made, Status::kUnavailable);
    return;
  }
  const sim::Duration latency =
      group_->latency_varies()
          ? group_->latency(node.number_in_group, picked->target, ctx.request(request))
          : picked->latency;
  const std::uint32_t call = open_call({.client = frame,
                                        .target = picked->target,
                                        .node = number,
                                        .sent = ctx.now(),
                                        .active = true});
  calls_[call].target_frame =
      ctx.call(request, picked->component,
               {.latency = latency, .parent = frame, .tag = call, .timeout = idle_timeout_});
}

void LoadBalancer::on_reply(Context& ctx, FrameHandle frame) {
  const auto call = static_cast<std::uint32_t>(ctx.frame(frame).tag);
  const Status status = ctx.frame(frame).status;
  switch (status) {
    case Status::kRefused:
      end_call(ctx, call, Ending::kConnectionRefused, status);
      return;
    case Status::kReset:
      end_call(ctx, call, Ending::kTargetClosed, status);
      return;
    case Status::kUnreachable:  // R3.8.1: the node goes on trying until the connect time-out
      calls_[call].connecting = true;
      at(ctx, std::max(ctx.now(), calls_[call].sent + kConnectTimeout),
         ConnectGivenUp{call, calls_[call].serial});
      return;
    default:
      if (ctx.frame(calls_[call].client).state != sim::Frame::State::kAbandoned) {
        response_time_.record(ctx.now() - calls_[call].sent);
      }
      end_call(ctx, call, Ending::kAnswered, status);
  }
}

void LoadBalancer::on_timeout(Context& ctx, FrameHandle frame) {
  end_call(ctx, static_cast<std::uint32_t>(ctx.frame(frame).tag), Ending::kTargetSilent,
           Status::kGatewayTimeout);
}

void LoadBalancer::on(Context& ctx, const ConnectGivenUp& message) {
  const Call& call = calls_[message.call];
  if (call.active && call.connecting && call.serial == message.serial) {
    end_call(ctx, message.call, Ending::kConnectTimedOut, Status::kGatewayTimeout);
  }
}

void LoadBalancer::end_call(Context& ctx, std::uint32_t index, Ending ending,
                            Status target_status) {
  Call& call = calls_[index];
  SIM_CHECK(call.active);
  call.active = false;
  free_calls_.push_back(index);
  const FrameHandle client = call.client;
  const std::uint32_t node = nodes_[call.node].number_in_group;
  const std::uint32_t target = call.target;
  const bool left = ctx.frame(client).state == sim::Frame::State::kAbandoned;
  const Answer made = answer(left ? Ending::kClientLeft : ending, http_code(target_status));
  count(made);
  answer_client(ctx, client, ending, made, target_status);
  group_->ended(ctx, node, target);
}

void LoadBalancer::count(const Answer& made) {
  const auto add = [&](CounterIndex index) { counters_[index].counter.add(); };
  if (made.target_chosen) {
    add(kRequestCount);  // R3.10.1
  }
  if (!made.connected) {
    add(kConnectionErrors);
  }
  if (made.by_target) {
    add(made.code < 400 ? kTarget2xx : made.code < 500 ? kTarget4xx : kTarget5xx);
    return;
  }
  add(made.code < 500 ? kElb4xx : kElb5xx);
  if (made.code == 502) {
    add(kElb502);
  } else if (made.code == 503) {
    add(kElb503);
  } else if (made.code == 504) {
    add(kElb504);
  }
}

void LoadBalancer::answer_client(Context& ctx, FrameHandle client, Ending ending,
                                 const Answer& made, Status target_status) {
  if (ending == Ending::kAnswered) {
    ctx.reply(client, target_status);
    return;
  }
  ctx.reply(client, made.code == 503   ? Status::kUnavailable
                    : made.code == 504 ? Status::kGatewayTimeout
                                       : Status::kBadGateway);
}

void LoadBalancer::cut_off(Context& ctx, const TargetGroup& group, std::uint32_t target) {
  Context own = ctx.as(*this);
  if (&group != group_) {
    return;
  }
  for (std::uint32_t index = 0; index < calls_.size(); ++index) {
    Call& call = calls_[index];
    if (call.active && call.target == target) {
      if (!call.connecting) {
        own.abandon(call.target_frame);
      }
      end_call(own, index, Ending::kDrainingEnded, Status::kBadGateway);
    }
  }
}

// --- zones
// -----------------------------------------------------------------------------------------------------

void LoadBalancer::lose_zone(Context& ctx, sim::ZoneId zone, sim::DecisionId caused_by) {
  Context own = ctx.as(*this);
  for (std::uint32_t number = 0; number < nodes_.size(); ++number) {
    Node& node = nodes_[number];
    if (node.zone != zone || node.lost) {
      continue;
    }
    node.lost = true;
    for (std::uint32_t index = 0; index < calls_.size();
         ++index) {  // its connections die without a word
      Call& call = calls_[index];
      if (call.active && call.node == number) {
        call.active = false;
        free_calls_.push_back(index);
        if (!call.connecting) {
          own.abandon(call.target_frame);
        }
        group_->ended(own, node.number_in_group, call.target);
        own.reply(call.client, Status::kUnreachable);
      }
    }
    update_dns(own, number, "its zone is lost", "R3.1.1", caused_by);
  }
}

void LoadBalancer::restore_zone(Context& ctx, sim::ZoneId zone, sim::DecisionId caused_by) {
  Context own = ctx.as(*this);
  for (std::uint32_t number = 0; number < nodes_.size(); ++number) {
    if (nodes_[number].zone == zone && nodes_[number].lost) {
      nodes_[number].lost = false;
      update_dns(own, number, "its zone is back", "R3.1.1", caused_by);
    }
  }
}

// R3.1.3: without cross-zone balancing, a zone with too few healthy targets leaves DNS; when all
// would, all stay.
void LoadBalancer::health_changed(Context& ctx, const TargetGroup& group,
                                  sim::DecisionId caused_by) {
  Context own = ctx.as(*this);
  const std::vector<std::uint32_t> standing = group.zones_in_dns(zones_);
  for (std::uint32_t number = 0; number < nodes_.size(); ++number) {
    Node& node = nodes_[number];
    const bool failed_over = !std::binary_search(standing.begin(), standing.end(), node.zone.index);
    if (failed_over != node.failed_over) {
      node.failed_over = failed_over;
      update_dns(own, number,
                 failed_over ? "too few healthy targets in its zone"
                             : "enough healthy targets in its zone, or too few in every zone",
                 "R3.1.3", caused_by);
    }
  }
}

void LoadBalancer::update_dns(Context& ctx, std::uint32_t number, std::string_view why,
                              std::string_view rule, sim::DecisionId caused_by) {
  Node& node = nodes_[number];
  const bool out = node.lost || node.failed_over;
  if (out == (node.withdrawn != sim::kNever)) {
    return;
  }
  ctx.decide(
      {.who = path(),
       .kind = "dns",
       .what = fmt::format("the node in {} {} DNS", ctx.simulation().zones()[node.zone.index],
                           out ? "leaves" : "is back in"),
       .reason = why,
       .rule = rule,
       .cause = sim::Cause::decision(caused_by),
       .repeats = false});
  if (out) {  // R3.1.1: its address stays in clients' caches for up to 60 s
    node.withdrawn = ctx.now();
    after(ctx, kDnsTimeToLive, DnsExpired{number});
  } else {
    node.withdrawn = sim::kNever;
    node.in_dns = true;
    refresh_dns();
  }
}

void LoadBalancer::on(Context& ctx, const DnsExpired& message) {
  Node& node = nodes_[message.node];
  if (node.withdrawn != sim::kNever && ctx.now() >= node.withdrawn + kDnsTimeToLive) {
    node.in_dns = false;
    refresh_dns();
  }
}

// All gone: every address is returned again (R3.1.3).
void LoadBalancer::refresh_dns() {
  dns_.clear();
  for (std::uint32_t number = 0; number < nodes_.size(); ++number) {
    if (nodes_[number].in_dns) {
      dns_.push_back(number);
    }
  }
  if (dns_.empty()) {
    for (std::uint32_t number = 0; number < nodes_.size(); ++number) {
      dns_.push_back(number);
    }
  }
}

// --- metrics and bill
// ----------------------------------------------------------------------------------------

void LoadBalancer::on_roll_up(Context& ctx, sim::Time period_start, sim::Time period_end) {
  for (Counted& counted : counters_) {
    ctx.metrics().publish(counted.metric, period_start,
                          counted.counter.close_period(period_start, period_end));
  }
  ctx.metrics().publish(response_time_metric_, period_start,
                        response_time_.close_period(period_start, period_end),
                        &response_time_.closed_period());
}

std::optional<sim::MetricId> LoadBalancer::metric(std::string_view name) const {
  if (name == "TargetResponseTime") {
    return response_time_metric_;
  }
  for (const Counted& counted : counters_) {
    if (name == counted.name) {
      return counted.metric;
    }
  }
  return std::nullopt;
}

// R28.1: a balancer costs by the hour, started hours counted in full.
std::vector<roles::Usage> LoadBalancer::usage(sim::Time now) const {
  const double hours = std::ceil(sim::to_seconds(now) / 3600.0);
  return {{.resource = path(), .item = "elb/application", .quantity = hours, .unit = "h"}};
}

}  // namespace updraft::elb
