#include "models/elb/load_balancer.h"

#include <algorithm>

#include <fmt/format.h>

#include "models/elb/dns.h"
#include "sim/build/world.h"

namespace updraft::elb {

using sim::Context;
using sim::FrameHandle;
using sim::Status;
using sim::Time;

namespace {

/// R3.5.3: source ports of a node towards one target, at a time and in a minute.
constexpr std::uint32_t kPorts = 55'000;

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

/// How the client sees an answer that the balancer made up.
Status status_of(std::uint32_t code) {
  switch (code) {
    case 429:
      return Status::kThrottled;
    case 460:  // nobody is there to see it
    case 502:
      return Status::kBadGateway;
    case 503:
      return Status::kUnavailable;
    case 504:
      return Status::kGatewayTimeout;
    default:
      return code < 400 ? Status::kOk : Status::kFailed;
  }
}

ConnectionLimits limits_of(const LoadBalancerParams& params) {
  if (params.type() == NETWORK) {  // R3.5.2
    return {.idle_timeout = sim::Duration{params.tcp_idle_timeout().ns()}};
  }
  return {.idle_timeout = sim::Duration{params.idle_timeout().ns()},  // R3.8.1
          .longest = sim::Duration{params.client_keep_alive().ns()}};
}

}  // namespace

LoadBalancer::LoadBalancer(const sim::Birth& birth, const LoadBalancerParams& params)
    : Model(birth),
      params_(params),
      network_(params.type() == NETWORK),
      idle_timeout_(birth.add_lane(limits_of(params).idle_timeout, sim::Phase::kControllers)),
      choice_stream_(birth.stream("choice")),
      log_stream_(birth.stream("access_log")),
      node_choice_(sim::Distribution::uniform({.min = 0, .max = 1}).value(), choice_stream_),
      counters_(static_cast<std::size_t>(Count::kEnd)),
      units_(network_ ? kNlcuTcp : kLcu) {}

void LoadBalancer::bind(sim::World& world) {
  start_unix_ns_ = world.start_unix_ns();
  for (const std::string& name : params_.availability_zones()) {
    const sim::ZoneId zone = world.zone(name);
    nodes_.push_back({.zone = zone});
  }
  std::sort(nodes_.begin(), nodes_.end(),
            [](const Node& a, const Node& b) { return a.zone < b.zone; });
  for (const Node& node : nodes_) {
    dns_.push_back(static_cast<std::uint32_t>(dns_.size()));
    zones_.push_back(node.zone.index);
  }
  const Listener& listener = params_.listeners(0);
  rules_ = RuleBook::make(listener);
  add_action(world, listener);
  for (const ListenerRule& rule : listener.rules()) {
    add_action(world, rule);
  }
  plain_ = !network_ && rules_.empty() && groups_.size() == 1 &&
           !groups_.front().group->params().has_stickiness();
}

template <class HasAction>
void LoadBalancer::add_action(sim::World& world, const HasAction& written) {
  Action& action = actions_.emplace_back();
  if (written.has_redirect()) {
    action.kind = Action::Kind::kRedirect;
    action.code = written.redirect().status_code();
  } else if (written.has_fixed_response()) {
    action.kind = Action::Kind::kFixedResponse;
    action.code = written.fixed_response().status_code();
  } else {
    std::vector<std::uint32_t> weights;
    for (const NamedGroup& named : groups_of(written.forward())) {
      action.groups.push_back(group_number(world, named.name));
      weights.push_back(named.weight);
    }
    action.split = WeightedSplit(weights);
    action.stickiness = sim::Duration{written.forward().stickiness_duration().ns()};
  }
}

std::uint32_t LoadBalancer::group_number(sim::World& world, const std::string& name) {
  auto& group = world.role<TargetGroup>(name);
  for (std::uint32_t number = 0; number < groups_.size(); ++number) {
    if (groups_[number].group == &group) {
      return number;
    }
  }
  Group& added = groups_.emplace_back();
  added.function = group.params().target_type() == LAMBDA;
  added.group = &group;
  added.name = name;
  for (std::uint32_t number = 0; number < nodes_.size(); ++number) {
    const std::uint32_t there = group.add_node(nodes_[number].zone, *this);
    added.first_node = number == 0 ? there : added.first_node;
  }
  return static_cast<std::uint32_t>(groups_.size() - 1);
}

// --- what is chosen

LoadBalancer::Source& LoadBalancer::source_of(const sim::Request& request) {
  if (last_source_ < sources_.size() && sources_[last_source_].source == request.source)
      [[likely]] {
    return sources_[last_source_];
  }
  for (last_source_ = 0; last_source_ < sources_.size(); ++last_source_) {
    if (sources_[last_source_].source == request.source) {
      return sources_[last_source_];
    }
  }
  sources_.push_back({.source = request.source,
                      .has_sessions = request.source->session_places() > 0,
                      .matches = {},
                      .connections = ClientConnections(limits_of(params_)),
                      .targets = std::vector<CookieJar>(groups_.size()),
                      .target_groups = std::vector<CookieJar>(actions_.size())});
  return sources_.back();
}

std::uint32_t LoadBalancer::choose_node(const sim::Request& request) {
  if (dns_.size() == 1) {
    return dns_.front();
  }
  return node_for_client(dns_, bits_of(node_choice_.sample(request.ordinal, request.attempt)));
}

// R3.1.1: a client asks DNS when it opens a connection, and stays at that node as long as it
// stands.
std::uint32_t LoadBalancer::connect(Source& source, const sim::Request& request, Time now) {
  Connection* open = source.connections.find(request.session, now);
  if (open == nullptr || nodes_[open->node].lost) {
    open = &source.connections.open(request.session, choose_node(request), now);
    count(Count::kNewConnections);
  }
  ++open->in_progress;
  return open->node;
}

// R3.3.1, once for each kind of a source's requests: they all say the same.
std::uint32_t LoadBalancer::choose_action(Source& source, const sim::Request& request) {
  if (source.matches.size() <= request.kind) {
    source.matches.resize(request.kind + 1);
  }
  Match& match = source.matches[request.kind];
  if (match.evaluated == 0) {
    match = rules_.match(request.source->attributes(request.kind));
  }
  if (match.evaluated > kFreeRules) {  // R3.11.1
    count(Count::kRuleEvaluations, match.evaluated - kFreeRules);
  }
  return match.rule == kDefaultRule ? 0 : match.rule + 1;
}

// R3.3.6
std::uint32_t LoadBalancer::choose_group(Source& source, const sim::Request& request,
                                         std::uint32_t number, Time now) {
  const Action& action = actions_[number];
  if (action.groups.size() == 1) {
    return action.groups.front();
  }
  const bool sticky = source.has_sessions && action.stickiness > sim::Duration{};
  CookieJar& cookies = source.target_groups[number];
  const auto known = sticky ? cookies.get(request.session, now) : std::nullopt;
  const std::uint32_t place = known ? *known
                                    : action.split.pick(bits_of(sim::uniform01(
                                          choice_stream_, request.ordinal, request.attempt, 2)));
  if (sticky) {
    cookies.set(request.session, place, now + action.stickiness);
  }
  return action.groups[place];
}

std::optional<TargetGroup::Picked> LoadBalancer::choose_target(
    Source& source, const sim::Request& request, const Group& group, std::uint32_t node,
    std::uint32_t group_number, Time now) {
  TargetGroup& targets = *group.group;
  const bool sticky = targets.params().has_stickiness();
  CookieJar& cookies = source.targets[group_number];
  if (sticky && source.has_sessions) {  // R3.4.1
    const auto known = cookies.get(request.session, now);
    if (known && targets.may_choose(group.first_node + node, *known)) {
      const sim::Duration duration{targets.params().stickiness().duration().ns()};
      cookies.set(request.session, *known, now + duration);
      return targets.assign(group.first_node + node, *known);
    }
  }
  std::uint64_t draw = 0;
  if (targets.draws()) {
    draw = bits_of(sim::uniform01(choice_stream_, request.ordinal, request.attempt, 1));
  }
  const auto picked = targets.pick(group.first_node + node, draw, now);
  if (sticky && picked) {
    targets.not_sticky();
    if (source.has_sessions) {
      const sim::Duration duration{targets.params().stickiness().duration().ns()};
      cookies.set(request.session, picked->target, now + duration);
    }
  }
  return picked;
}

// --- the way of a request

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

void LoadBalancer::forward(Context& ctx, FrameHandle frame, const TargetGroup::Picked& picked,
                           Call call) {
  call.client = frame;
  call.target = picked.target;
  call.sent = ctx.now();
  call.active = true;
  const Group& group = groups_[call.group];
  const sim::Duration latency =
      group.group->latency_varies()
          ? group.group->latency(group.first_node + call.node, picked.target, ctx.request(frame))
          : picked.latency;
  const std::uint32_t index = open_call(call);
  calls_[index].target_frame = ctx.call(ctx.request_of(frame), picked.component,
                                        {.latency = latency,
                                         .parent = frame,
                                         .tag = index,
                                         .step = ctx.frame(frame).step,
                                         .timeout = idle_timeout_});
}

void LoadBalancer::on_arrival(Context& ctx, FrameHandle frame) {
  const sim::Request& request = ctx.request(frame);
  if (request.source != plain_source_) [[unlikely]] {
    if (!is_plain(request)) {
      arrive_by_rules(ctx, frame, request);
      return;
    }
    plain_source_ = request.source;
  }
  count(Count::kNewConnections);
  const std::uint32_t number = choose_node(request);
  const Group& group = groups_.front();
  if (nodes_[number].lost) {
    group.group->turned_away(ctx.demand(frame).cpu);
    ctx.reply(frame, Status::kUnreachable);
    return;
  }
  ctx.begin(frame);
  std::uint64_t draw = 0;
  if (group.group->draws()) {
    draw = bits_of(sim::uniform01(choice_stream_, request.ordinal, request.attempt, 1));
  }
  const auto picked = group.group->pick(group.first_node + number, draw, ctx.now());
  if (!picked) {
    answer_without_target(ctx, frame, {.node = number});
    return;
  }
  const sim::Duration latency =
      group.group->latency_varies()
          ? group.group->latency(group.first_node + number, picked->target, request)
          : picked->latency;
  const std::uint32_t call = open_call({.client = frame,
                                        .target = picked->target,
                                        .node = number,
                                        .sent = ctx.now(),
                                        .active = true});
  calls_[call].target_frame = ctx.call(ctx.request_of(frame), picked->component,
                                       {.latency = latency,
                                        .parent = frame,
                                        .tag = call,
                                        .step = ctx.frame(frame).step,
                                        .timeout = idle_timeout_});
}

bool LoadBalancer::is_plain(const sim::Request& request) {
  return plain_ && !source_of(request).has_sessions;
}

void LoadBalancer::arrive_by_rules(Context& ctx, FrameHandle frame, const sim::Request& request) {
  if (network_) {
    arrive_at_flow(ctx, frame);
    return;
  }
  Source& source = source_of(request);
  Call call{.session = source.has_sessions};
  if (source.has_sessions) {
    call.node = connect(source, request, ctx.now());
  } else {
    count(Count::kNewConnections);
    call.node = choose_node(request);
  }
  call.action = rules_.empty() ? 0 : choose_action(source, request);
  const Node& node = nodes_[call.node];
  if (actions_[call.action].kind != Action::Kind::kForward) {
    if (node.lost) {
      ctx.reply(frame, Status::kUnreachable);
    } else {
      answer_by_action(ctx, frame, call);
    }
    return;
  }
  call.group = choose_group(source, request, call.action, ctx.now());
  const Group& group = groups_[call.group];
  if (node.lost) {  // the address is still cached; nobody answers there
    group.group->turned_away(ctx.demand(frame).cpu);
    ctx.reply(frame, Status::kUnreachable);
    return;
  }
  ctx.begin(frame);
  if (const auto picked = choose_target(source, request, group, call.node, call.group, ctx.now())) {
    forward(ctx, frame, *picked, call);
  } else {
    answer_without_target(ctx, frame, call);
  }
}

// R3.9.T1: no registered target, or all unused.
void LoadBalancer::answer_without_target(Context& ctx, FrameHandle frame, const Call& call) {
  groups_[call.group].group->turned_away(ctx.demand(frame).cpu);
  const Answer made = answer(Ending::kNoTargets);
  count(made);
  if (logs_ != nullptr) {
    log(ctx, call, frame, made);
  }
  if (call.session) {
    leave_connection(ctx.request(frame), ctx.now());
  }
  answer_client(ctx, frame, Ending::kNoTargets, made, Status::kUnavailable);
}

// R3.3.7: no target is asked.
void LoadBalancer::answer_by_action(Context& ctx, FrameHandle frame, const Call& call) {
  const Action& action = actions_[call.action];
  ctx.begin(frame);
  const Answer made = answer(Ending::kAction, action.code);
  count(made);
  count(action.kind == Action::Kind::kRedirect ? Count::kRedirects : Count::kFixedResponses);
  if (logs_ != nullptr) {
    log(ctx, call, frame, made);
  }
  if (call.session) {
    leave_connection(ctx.request(frame), ctx.now());
  }
  answer_client(ctx, frame, Ending::kAction, made, Status::kOk);
}

void LoadBalancer::on_reply(Context& ctx, FrameHandle frame) {
  const auto call = static_cast<std::uint32_t>(ctx.frame(frame).tag);
  const Status status = ctx.frame(frame).status;
  if (network_) {
    end_flow(ctx, call, status);
    return;
  }
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
      end_call(ctx, call, ending_of(ctx, call, status), status);
  }
}

// R3.9.T1: what a function does wrong is no answer of its own; nor is one of more than 1 MB.
Ending LoadBalancer::ending_of(Context& ctx, std::uint32_t index, Status status) const {
  const Call& call = calls_[index];
  if (!groups_[call.group].function) {
    return Ending::kAnswered;
  }
  constexpr std::int64_t kMostOfAnAnswer = std::int64_t{1024} * 1024;
  const bool answered =
      status == Status::kOk && ctx.request(call.client).response_bytes <= kMostOfAnAnswer;
  return answered ? Ending::kAnswered : Ending::kFunctionFailed;
}

void LoadBalancer::on_timeout(Context& ctx, FrameHandle frame) {
  const auto call = static_cast<std::uint32_t>(ctx.frame(frame).tag);
  if (network_) {  // R3.5.2: the flow is forgotten; nobody tells the client
    ctx.begin(calls_[call].client);
    end_flow(ctx, call, Status::kUnreachable);
    return;
  }
  end_call(ctx, call, Ending::kTargetSilent, Status::kGatewayTimeout);
}

void LoadBalancer::on(Context& ctx, const ConnectGivenUp& message) {
  const Call& call = calls_[message.call];
  if (call.active && call.connecting && call.serial == message.serial) {
    end_call(ctx, message.call, Ending::kConnectTimedOut, Status::kGatewayTimeout);
  }
}

void LoadBalancer::end_call(Context& ctx, std::uint32_t index, Ending ending,
                            Status target_status) {
  const Call& call = calls_[index];
  const FrameHandle client = call.client;
  const bool left = ctx.frame(client).state == sim::Frame::State::kAbandoned;
  const Answer made = answer(left ? Ending::kClientLeft : ending, http_code(target_status));
  count(made);
  if (logs_ != nullptr) {
    log(ctx, call, client, made);
  }
  if (call.session) {
    leave_connection(ctx.request(client), ctx.now());
  }
  answer_client(ctx, client, ending, made, target_status);
  release(ctx, index, !made.connected || (made.by_target && made.code >= 500));
}

void LoadBalancer::leave_connection(const sim::Request& request, Time now) {
  Connection* row = source_of(request).connections.row_of(request.session);
  if (row != nullptr && row->in_progress > 0) {
    --row->in_progress;
    row->last_used = now;
  }
}

void LoadBalancer::answer_client(Context& ctx, FrameHandle client, Ending ending,
                                 const Answer& made, Status target_status) {
  const sim::Request& request = ctx.request(client);
  if (ending == Ending::kAnswered) [[likely]] {
    count(Count::kProcessedBytes,
          static_cast<std::uint64_t>(request.size_bytes + request.response_bytes));
    ctx.reply(client, target_status);
    return;
  }
  count(Count::kProcessedBytes, static_cast<std::uint64_t>(request.size_bytes));
  ctx.reply(client, status_of(made.code));
}

// --- flows of a Network Load Balancer

// R3.5.1: a connection that stands goes on to its target; the hash of a new one chooses.
std::optional<TargetGroup::Picked> LoadBalancer::choose_flow(Source& source,
                                                             const sim::Request& request,
                                                             std::uint32_t* node_number, Time now) {
  const Group& group = groups_.front();
  if (source.has_sessions) {
    Connection* open = source.connections.find(request.session, now);
    if (open != nullptr && !nodes_[open->node].lost) {
      ++open->in_progress;
      *node_number = open->node;
      return group.group->assign(group.first_node + open->node, open->target);
    }
  }
  *node_number = choose_node(request);
  Node& node = nodes_[*node_number];
  if (node.lost) {
    return std::nullopt;
  }
  const std::uint64_t hash =
      bits_of(sim::uniform01(choice_stream_, request.ordinal, request.attempt, 1));
  const auto picked = group.group->pick_flow(group.first_node + *node_number, hash);
  if (!picked) {
    return std::nullopt;
  }
  count(Count::kNewFlows);
  if (picked->target >= node.new_flows.size()) {
    node.new_flows.resize(picked->target + 1);
    node.open_flows.resize(picked->target + 1);
  }
  ++node.new_flows[picked->target];
  if (source.has_sessions) {
    Connection& opened = source.connections.open(request.session, *node_number, now);
    opened.target = picked->target;
    opened.in_progress = 1;
  }
  return picked;
}

void LoadBalancer::arrive_at_flow(Context& ctx, FrameHandle frame) {
  const sim::Request& request = ctx.request(frame);
  Source& source = source_of(request);
  std::uint32_t number = 0;
  const auto picked = choose_flow(source, request, &number, ctx.now());
  Node& node = nodes_[number];
  if (!picked) {
    groups_.front().group->turned_away(ctx.demand(frame).cpu);
    if (!node.lost) {  // R3.5.5
      count(Count::kElbResets);
    }
    ctx.reply(frame, node.lost ? Status::kUnreachable : Status::kRefused);
    return;
  }
  ++node.open_flows[picked->target];
  if (node.open_flows[picked->target] > kPorts || node.new_flows[picked->target] > kPorts) {
    count(Count::kPortAllocationErrors);  // R3.5.3
    --node.open_flows[picked->target];
    const Group& group = groups_.front();
    group.group->ended(ctx, group.first_node + number, picked->target, false);
    ctx.reply(frame, Status::kRefused);
    return;
  }
  forward(ctx, frame, *picked, {.node = number});
}

// R3.5.5: what the target says is handed on; the balancer adds nothing.
void LoadBalancer::end_flow(Context& ctx, std::uint32_t index, Status status) {
  const Call call = calls_[index];
  const FrameHandle client = call.client;
  const sim::Request& request = ctx.request(client);
  const bool broken =
      status == Status::kRefused || status == Status::kReset || status == Status::kUnreachable;
  if (status == Status::kRefused || status == Status::kReset) {
    count(Count::kTargetResets);
  } else if (ctx.frame(client).state == sim::Frame::State::kAbandoned) {
    count(Count::kClientResets);
  }
  const std::int64_t bytes = request.size_bytes + (broken ? 0 : request.response_bytes);
  count(Count::kProcessedBytes, static_cast<std::uint64_t>(bytes));
  const Group& group = groups_.front();
  if (group.group->target_zone(call.target) != nodes_[call.node].zone) {
    cross_zone_bytes_ += static_cast<double>(bytes);  // ELB.inter_zone_bytes
  }
  Source& source = source_of(request);
  if (source.has_sessions) {
    if (Connection* row = source.connections.row_of(request.session); row != nullptr) {
      row->in_progress -= row->in_progress > 0 ? 1 : 0;
      row->last_used = ctx.now();
      row->standing = row->standing && !broken;
    }
  }
  ctx.reply(client, status);
  release(ctx, index, false);
}

// R3.5.4
void LoadBalancer::reset_flows(Context& ctx, std::uint32_t node, std::uint32_t target) {
  for (Source& source : sources_) {
    source.connections.close_if([&](const Connection& row) {
      const bool here = row.node == node && row.target == target;
      count(Count::kElbResets, here && row.in_progress == 0 ? 1 : 0);
      return here;
    });
  }
  for (std::uint32_t index = 0; index < calls_.size(); ++index) {
    const Call call = calls_[index];
    if (call.active && call.node == node && call.target == target) {
      ctx.abandon(call.target_frame);
      count(Count::kElbResets);
      ctx.reply(call.client, Status::kReset);
      release(ctx, index, false);
    }
  }
}

}  // namespace updraft::elb
