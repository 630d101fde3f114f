// Provisioned environments of a version (R5.1.6): asked for, allocated some time later, kept.
#include <algorithm>

#include <fmt/format.h>

#include "models/lambda/function.h"
#include "models/lambda/version.h"

namespace updraft::lambda {

using sim::Context;

namespace {

constexpr std::uint64_t kProvisionedOrdinals = std::uint64_t{1} << 63U;
constexpr sim::Duration kProvisionedInitLimit = std::chrono::seconds{130};  // R5.5.1

const char* why_not(Change change) {
  switch (change) {
    case Change::kDone:
      break;
    case Change::kUnreservedTooLow:
      return "fewer than 100 of the account's concurrency would stay unreserved";
    case Change::kBelowProvisioned:
      return "it would be below the provisioned concurrency";
    case Change::kAboveReserved:
      return "it would be above the reserved concurrency";
  }
  return "";
}

}  // namespace

bool Version::provision(Context& ctx, const ProvisionedConcurrency& wanted, bool standing,
                        sim::DecisionId caused_by) {
  Context own = ctx.as(*this);
  const std::uint32_t target = wanted.provisioned_concurrent_executions();
  const Change change =
      function_.provision(own.now(), std::int64_t{target} - std::int64_t{wanted_});
  const sim::DecisionId decided = own.decide(
      {.who = path(),
       .kind = "provisioned concurrency",
       .outcome = change == Change::kDone ? sim::Outcome::kDecided : sim::Outcome::kBlocked,
       .what = fmt::format("provision {} environments", target),
       .reason = change == Change::kDone ? "asked for" : why_not(change),
       .rule = "R5.1.6",
       .values = {{{"provisioned", static_cast<double>(target)},
                   {"allocated", static_cast<double>(usable_)}}},
       .cause = sim::Cause::decision(caused_by),
       .repeats = false});
  if (change != Change::kDone) {
    return false;
  }
  wanted_ = target;
  allocation_cause_ = decided;
  ++allocation_;
  if (wanted_ <= usable_ || standing) {
    while (provisioned_.alive() > wanted_ && provisioned_.idle() > 0) {
      provisioned_.end(*provisioned_.take(own.now()));
    }
    set_usable(own);
    return true;
  }
  const sim::Duration delay = draws_.allocation_delay(wanted.allocation_delay(), allocation_);
  const sim::Duration limit = std::max(kProvisionedInitLimit, function_.timeout());
  sim::Duration complete{};
  bool failed = false;
  for (std::uint32_t i = 0; i < wanted_ - usable_; ++i) {
    const CodeDraws::Start start = draws_.start(kProvisionedOrdinals + provisioned_.created() + i);
    const sim::Duration begun =
        delay + sim::Duration{std::chrono::minutes{1}} * i / wanted.allocation_rate();
    complete = std::max(complete, begun + start.creation + std::min(start.init, limit));
    failed |= start.fails || start.init > limit;  // R5.5.1
  }
  after(own, complete, Allocated{allocation_, failed ? 1U : 0U});
  return true;
}

void Version::unprovision(Context& ctx) {
  ProvisionedConcurrency none;
  none.set_provisioned_concurrent_executions(0);
  provision(ctx, none, false, sim::DecisionId::kNone);
}

// R5.1.6: all serve, or none of the new ones.
void Version::on(Context& ctx, const Allocated& message) {
  if (message.allocation != allocation_) {
    return;  // asked for anew
  }
  const bool failed = message.failed != 0;
  ctx.decide({.who = path(),
              .kind = "provisioned concurrency",
              .outcome = failed ? sim::Outcome::kBlocked : sim::Outcome::kDecided,
              .what = fmt::format("allocate {} environments", wanted_),
              .reason = failed ? "FAILED: the init phase of an environment has failed"
                               : "READY: all of them are there",
              .rule = "R5.1.6",
              .cause = sim::Cause::decision(allocation_cause_),
              .repeats = false});
  if (failed) {
    function_.provision(ctx.now(), std::int64_t{usable_} - std::int64_t{wanted_});
    wanted_ = usable_;
    return;
  }
  set_usable(ctx);
}

void Version::set_usable(Context& ctx) {
  if (provisioned_.alive() < wanted_) {
    make_provisioned(ctx, wanted_ - provisioned_.alive());
  }
  usable_ = wanted_;
  allocated_.set(ctx.now(), usable_);
  provisioned_requests_.set(ctx.now(), request_rate(usable_));
  function_.environments_changed(ctx.now());
}

void Version::make_provisioned(Context& ctx, std::uint32_t count) {
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::uint32_t place = provisioned_.create(sim::kNever);
    const CodeDraws::Start start = draws_.start(kProvisionedOrdinals + provisioned_[place].ordinal);
    provisioned_[place].ends_at = ctx.now() + start.lifetime;
    function_.init_billed(start.init, true);  // R5.6.2
    provisioned_.release(ctx.now(), place);
  }
}

void Version::on(Context& ctx, const Replaced& message) {
  const std::uint32_t missing = usable_ > provisioned_.alive() ? usable_ - provisioned_.alive() : 0;
  make_provisioned(ctx, std::min(missing, message.count));
  function_.environments_changed(ctx.now());
}

}  // namespace updraft::lambda
