// What a function counts, and what it costs.
#include "models/lambda/cpu.h"
#include "models/lambda/function.h"
#include "sim/build/metric_schema.h"

namespace updraft::lambda {

using sim::Context;
using sim::Time;

namespace {
constexpr double kMbOfGb = 1024;
constexpr double kMsOfSecond = 1000;
constexpr std::uint32_t kFreeStorage = 512;  // MB, R28.3
}  // namespace

void Function::on_start(Context& ctx) {
  for (const char* name :
       {"Invocations", "Errors", "Throttles", "Duration", "ConcurrentExecutions",
        "ProvisionedConcurrentExecutions", "ProvisionedConcurrencyUtilization",
        "ProvisionedConcurrencyInvocations", "ProvisionedConcurrencySpilloverInvocations",
        "AsyncEventsReceived", "AsyncEventAge", "AsyncEventsDropped", "DeadLetterErrors",
        "DestinationDeliveryFailures", "RecursiveInvocationsDropped", "ColdStarts",
        "Environments"}) {
    metrics_.emplace(name, sim::declare_metric<FunctionParams>(ctx, name));
  }
  ctx.simulation().roll_up_with(*this);
}

std::optional<sim::MetricId> Function::metric(std::string_view name) const {
  const auto found = metrics_.find(name);
  return found == metrics_.end() ? std::nullopt : std::optional(found->second);
}

std::uint32_t Function::provisioned() const {
  std::uint32_t sum = 0;
  for (const Version* version : versions_) {
    sum += version->provisioned();
  }
  return sum;
}

void Function::environments_changed(Time now) {
  std::uint32_t sum = 0;
  for (const Version* version : versions_) {
    sum += version->environments();
  }
  environments_.set(now, sum);
}

// R5.7.1: throttles are not among them.
void Function::invocation_began(Context& ctx, bool provisioned, bool cold, bool spilled) {
  invocations_.add();
  running_.add(ctx.now(), 1);
  limits_->count(ctx.now(), 1, limits_->ledger().reserved(ledger_id_).has_value());
  if (provisioned) {
    on_provisioned_.add();
    provisioned_running_.add(ctx.now(), 1);
  }
  if (cold) {
    cold_starts_.add();
    environments_changed(ctx.now());
  }
  if (spilled) {
    spilled_.add();
  }
}

void Function::invocation_ended(Context& ctx, const Ended& ended) {
  running_.add(ctx.now(), -1);
  limits_->count(ctx.now(), -1, limits_->ledger().reserved(ledger_id_).has_value());
  if (ended.provisioned) {
    provisioned_running_.add(ctx.now(), -1);
  } else {
    limits_->ledger().leave(ledger_id_);
  }
  if (ended.failed) {
    errors_.add();
  }
  durations_.record(sim::to_seconds(ended.duration) * kMsOfSecond);
  // R5.6.2
  (ended.provisioned ? provisioned_billed_ms_ : billed_ms_) +=
      static_cast<std::uint64_t>(billed_ms(ended.billed));
}

void Function::init_billed(sim::Duration init, bool provisioned) {
  if (params_.bills_init()) {
    (provisioned ? provisioned_billed_ms_ : billed_ms_) +=
        static_cast<std::uint64_t>(billed_ms(init));
  }
}

void Function::publish(Context& ctx, const char* name, Time start, const sim::StatisticSet& set) {
  ctx.metrics().publish(metrics_.find(name)->second, start, set);
}

// R5.7.1
void Function::on_roll_up(Context& ctx, Time start, Time end) {
  environments_changed(end);
  const bool quiet = invocations_.in_period() == 0 && throttles_.in_period() == 0 &&
                     errors_.in_period() == 0 && running_.level() == 0;
  const sim::StatisticSet errors = errors_.close_period(start, end);
  const sim::StatisticSet throttles = throttles_.close_period(start, end);
  const sim::StatisticSet cold = cold_starts_.close_period(start, end);
  const sim::StatisticSet spilled = spilled_.close_period(start, end);
  const sim::StatisticSet running = running_.close_period(start, end);
  const sim::StatisticSet provisioned_running = provisioned_running_.close_period(start, end);
  publish(ctx, "Invocations", start, invocations_.close_period(start, end));
  publish(ctx, "Duration", start, durations_.close_period(start, end));
  publish(ctx, "Environments", start, environments_.close_period(start, end));
  publish(ctx, "AsyncEventsReceived", start, received_.close_period(start, end));
  publish(ctx, "AsyncEventAge", start, ages_.close_period(start, end));
  publish(ctx, "AsyncEventsDropped", start, dropped_.close_period(start, end));
  publish(ctx, "DeadLetterErrors", start, dead_letter_errors_.close_period(start, end));
  publish(ctx, "DestinationDeliveryFailures", start,
          destination_failures_.close_period(start, end));
  publish(ctx, "RecursiveInvocationsDropped", start, recursions_.close_period(start, end));
  publish(ctx, "ProvisionedConcurrencyInvocations", start,
          on_provisioned_.close_period(start, end));
  if (const std::uint32_t capacity = provisioned(); capacity > 0) {
    publish(ctx, "ProvisionedConcurrentExecutions", start, provisioned_running);
    sim::StatisticSet share = provisioned_running;
    share.sum /= capacity;
    share.min /= capacity;
    share.max /= capacity;
    publish(ctx, "ProvisionedConcurrencyUtilization", start, share);
    publish(ctx, "ProvisionedConcurrencySpilloverInvocations", start, spilled);
  }
  if (!quiet) {  // a function that is not invoked has no datapoints
    publish(ctx, "Errors", start, errors);
    publish(ctx, "Throttles", start, throttles);
    publish(ctx, "ColdStarts", start, cold);
    publish(ctx, "ConcurrentExecutions", start, running);
  }
}

void Function::report(Context& /*ctx*/, sim::Report& report) {
  report.functions.push_back({.name = path(),
                              .invocations = invocations_.total(),
                              .errors = errors_.total(),
                              .throttles = throttles_.total(),
                              .cold_starts = cold_starts_.total(),
                              .spilled = spilled_.total(),
                              .events = received_.total(),
                              .given_up = dropped_.total()});
}

// R5.6.2, R28.3
std::vector<roles::Usage> Function::usage(Time now) const {
  std::vector<roles::Usage> usages;
  const double gb = params_.memory_size() / kMbOfGb;
  const char* kind = params_.architecture() == ARM64 ? "arm64" : "x86_64";
  const auto add = [&](const std::string& item, double quantity, const char* unit) {
    if (quantity > 0) {
      usages.push_back({.resource = path(), .item = item, .quantity = quantity, .unit = unit});
    }
  };
  const double seconds = static_cast<double>(billed_ms_) / kMsOfSecond;
  const double on_provisioned = static_cast<double>(provisioned_billed_ms_) / kMsOfSecond;
  double allocated = 0;
  for (const Version* version : versions_) {
    allocated += version->provisioned_ns(now) / 1e9;
  }
  add("lambda/requests", static_cast<double>(invocations_.total()), "request");
  add(std::string("lambda/duration/") + kind, seconds * gb, "GB-s");
  add(std::string("lambda/provisioned-duration/") + kind, on_provisioned * gb, "GB-s");
  add(std::string("lambda/provisioned/") + kind, allocated * gb, "GB-s");
  const double storage = (params_.ephemeral_storage() - kFreeStorage) / kMbOfGb;
  add("lambda/storage", (seconds + on_provisioned) * storage, "GB-s");
  return usages;
}

}  // namespace updraft::lambda
