#include "models/program/program.h"

#include <fmt/format.h>

#include "models/common/wildcard.h"
#include "sim/build/sampler.h"

namespace updraft::program {

namespace {

/// What stays the same for a customer: the group, or else the session.
std::uint64_t key_of_customer(const sim::Request& request) {
  return request.message_group != 0 ? request.message_group : request.session;
}

bool holds(const ChooseStep::Option& option, const sim::Request& request, double chance,
           double key) {
  switch (option.by) {
    case ChooseStep::Option::By::kChance:
      return chance < option.up_to;
    case ChooseStep::Option::By::kKey:
      return key < option.up_to;
    case ChooseStep::Option::By::kPath:
      return request.source != nullptr &&
             common::wildcard_match(option.path, request.source->attributes(request.kind).path,
                                    /*case_sensitive=*/true);
    case ChooseStep::Option::By::kAlways:
      return true;
  }
  return false;
}

/// Writes instructions, from the last step to the first: each knows where it leads.
class Compiler {
 public:
  Compiler(const sim::Birth& birth, const std::vector<ClientRules>& clients,
           std::vector<Instruction>& out)
      : birth_(birth), clients_(clients), out_(out) {}

  using Steps = google::protobuf::RepeatedPtrField<Step>;
  Place compile(const Steps& steps, const std::string& path, Place next) {
    for (int i = steps.size(); i-- > 0;) {
      next = add(steps[i], fmt::format("{}.{}", path, i), next);
    }
    return next;
  }

 private:
  Place add(const Step& step, const std::string& path, Place next) {
    Instruction out;
    out.stream = birth_.stream(path);
    out.next = next;
    switch (step.what_case()) {
      case Step::kCompute:
        out.what = ComputeStep{sim::make_sampler(step.compute())};
        break;
      case Step::kWait:
        out.what = WaitStep{sim::make_sampler(step.wait())};
        break;
      case Step::kDemand:
        out.what = DemandStep{step.demand().factor()};
        break;
      case Step::kCall:
        add_call(out, step.call(), path, next);
        break;
      case Step::kSend:
        out.what = SendStep{.to = step.send().to(),
                            .latency = sim::make_sampler(step.send().latency()),
                            .on_failure = step.send().ignore_failure() ? next : kFail};
        break;
      case Step::kChoose:
        add_choose(out, step.choose(), path, next);
        break;
      case Step::kParallel:
        add_parallel(out, step.parallel(), path);
        break;
      case Step::kFail:
        out.what = FailStep{step.fail().probability()};
        break;
      case Step::WHAT_NOT_SET:
        SIM_CHECK(false, "the loader lets no step through that says nothing");
    }
    out_.push_back(std::move(out));
    return static_cast<Place>(out_.size() - 1);
  }

  void add_call(Instruction& out, const Call& call, const std::string& path, Place next) {
    CallStep step{.to = call.to()};
    for (std::uint32_t i = 0; i < clients_.size(); ++i) {
      step.client = clients_[i].to == call.to() ? i : step.client;
    }
    if (call.timeout().ns() > 0) {
      step.timeout = birth_.add_lane(sim::Duration{call.timeout().ns()}, sim::Phase::kControllers);
    }
    step.on_miss = compile(call.on_miss(), path + ".on_miss", next);
    if (call.if_failed_size() > 0) {
      step.on_failure = compile(call.if_failed(), path + ".if_failed", next);
    } else if (call.ignore_failure()) {
      step.on_failure = next;
    }
    out.next = compile(call.on_hit(), path + ".on_hit", next);
    out.what = std::move(step);
  }

  void add_choose(Instruction& out, const Choose& choose, const std::string& path, Place next) {
    ChooseStep step;
    double chance = 0;
    double keys = 0;
    for (int i = 0; i < choose.branches_size(); ++i) {
      const Branch& branch = choose.branches(i);
      ChooseStep::Option& option = step.options.emplace_back();
      switch (branch.condition_case()) {
        case Branch::kProbability:
          option.by = ChooseStep::Option::By::kChance;
          option.up_to = chance += branch.probability();
          break;
        case Branch::kShareOfKeys:
          option.by = ChooseStep::Option::By::kKey;
          option.up_to = keys += branch.share_of_keys();
          break;
        case Branch::kPath:
          option.by = ChooseStep::Option::By::kPath;
          option.path = branch.path();
          break;
        case Branch::CONDITION_NOT_SET:
          break;
      }
      option.place = compile(branch.do_(), fmt::format("{}.{}", path, i), next);
    }
    out.what = std::move(step);
  }

  void add_parallel(Instruction& out, const Parallel& parallel, const std::string& path) {
    ParallelStep step;
    for (int i = 0; i < parallel.branches_size(); ++i) {
      step.branches.push_back(
          compile(parallel.branches(i).do_(), fmt::format("{}.{}", path, i), kEnd));
    }
    step.need = parallel.has_need() ? parallel.need()
                                    : static_cast<std::uint32_t>(parallel.branches_size());
    out.what = std::move(step);
  }

  const sim::Birth& birth_;
  const std::vector<ClientRules>& clients_;
  std::vector<Instruction>& out_;
};

}  // namespace

Compiled::Compiled(const Program& program, const sim::Birth& birth)
    : stops_on_disconnect_(program.on_disconnect() == STOP),
      honours_deadline_(program.honour_deadline()) {
  for (const Client& client : program.clients()) {
    clients_.push_back(rules_of(client, birth));
  }
  begin_ = Compiler(birth, clients_, instructions_).compile(program.steps(), "program", kEnd);
}

void Compiled::bind(const sim::World& world) {
  for (Instruction& each : instructions_) {
    if (auto* call = std::get_if<CallStep>(&each.what)) {
      call->callee = world.component(call->to).id();
    } else if (auto* send = std::get_if<SendStep>(&each.what)) {
      send->sink = &world.role<roles::MessageSink>(send->to);
    }
  }
}

Place Compiled::choose(const Instruction& step, const sim::Request& request, std::uint32_t sub) {
  const sim::StreamKey key = key_of(step, request);
  const double chance = sim::uniform01(key, request.ordinal, sub, 0);
  // The same for all requests of a customer, wherever they come from and how often.
  const double of_customer = sim::uniform01(step.stream, key_of_customer(request), 0, 2);
  for (const ChooseStep::Option& option : std::get<ChooseStep>(step.what).options) {
    if (holds(option, request, chance, of_customer)) {
      return option.place;
    }
  }
  return step.next;
}

}  // namespace updraft::program
