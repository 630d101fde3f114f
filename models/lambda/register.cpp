// Lambda in the registry, and what one field alone cannot say.
#include <fmt/format.h>

#include "models/lambda/account.h"
#include "models/lambda/event_source_mapping.h"
#include "models/lambda/function.h"
#include "models/lambda/qualifiers.h"
#include "models/program/check.h"
#include "sim/build/registry.h"

namespace updraft::lambda {

namespace {

using google::protobuf::Message;

std::uint32_t account_limit(const sim::Checker& check) {
  for (const std::string& name : check.resource_names()) {
    if (const auto* account = dynamic_cast<const LambdaAccountParams*>(check.params_of(name))) {
      return account->concurrent_executions();
    }
  }
  return kAccountConcurrency;
}

/// All that the scenario's functions reserve.
std::uint64_t reserved_in_all(const sim::Checker& check) {
  std::uint64_t sum = 0;
  for (const std::string& name : check.resource_names()) {
    if (const auto* function = dynamic_cast<const FunctionParams*>(check.params_of(name))) {
      sum += function->reserved_concurrent_executions();
    }
  }
  return sum;
}

void check_code(const Code& code, sim::Checker& check) {
  if (!code.has_program()) {
    return;
  }
  for (const char* field : {"code.duration", "code.wait"}) {
    if (check.was_written(field)) {
      check.error(
          field, fmt::format("{} has no meaning beside a program, which says what is done", field));
    }
  }
  program::check_program(code.program(), "code.program", check);
}

void check_function(const Message& message, sim::Checker& check) {
  const auto& params = static_cast<const FunctionParams&>(message);
  check_code(params.code(), check);
  const std::uint64_t reserved = reserved_in_all(check);
  const std::uint32_t limit = account_limit(check);
  if (params.reserved_concurrent_executions() > 0 && reserved + kUnreservedMinimum > limit) {
    check.error(
        "reserved_concurrent_executions",
        fmt::format("reserved_concurrent_executions is {}; {} are reserved in all, and of "
                    "the account's {} at least {} must stay unreserved",
                    params.reserved_concurrent_executions(), reserved, limit, kUnreservedMinimum));
  }
}

// R5.1.6, LAM-07
void check_provisioned(const ProvisionedConcurrency& wanted, const std::string& function,
                       sim::Checker& check) {
  const auto* params = dynamic_cast<const FunctionParams*>(check.params_of(function));
  if (params == nullptr || !params->has_reserved_concurrent_executions()) {
    return;
  }
  if (wanted.provisioned_concurrent_executions() > params->reserved_concurrent_executions()) {
    check.error("provisioned_concurrency",
                fmt::format("{} environments are provisioned; the function reserves {}, and it "
                            "must not be more",
                            wanted.provisioned_concurrent_executions(),
                            params->reserved_concurrent_executions()));
  }
}

void check_version(const Message& message, sim::Checker& check) {
  const auto& params = static_cast<const FunctionVersionParams&>(message);
  check_code(params.code(), check);
  check_provisioned(params.provisioned_concurrency(), params.function_name(), check);
}

void check_alias(const Message& message, sim::Checker& check) {
  const auto& params = static_cast<const FunctionAliasParams&>(message);
  const auto version = [&](const std::string& name) {
    return dynamic_cast<const FunctionVersionParams*>(check.params_of(name));
  };
  const FunctionVersionParams* main = version(params.function_version());
  if (main == nullptr) {
    return;
  }
  if (params.has_provisioned_concurrency()) {
    check_provisioned(params.provisioned_concurrency(), main->function_name(), check);
    if (main->has_provisioned_concurrency()) {
      check.error("provisioned_concurrency",
                  fmt::format("version \"{}\" has provisioned concurrency itself; it stands at the "
                              "alias or at the version",
                              params.function_version()));
    }
  }
  if (!params.has_additional_version_weight()) {
    return;
  }
  const std::string& name = params.additional_version_weight().function_version();
  const FunctionVersionParams* additional = version(name);
  if (name == params.function_version()) {
    check.error("additional_version_weight.function_version",
                fmt::format("function_version is \"{}\", which the alias points to already", name));
  } else if (additional != nullptr && additional->function_name() != main->function_name()) {
    check.error("additional_version_weight.function_version",
                fmt::format("\"{}\" is a version of \"{}\"; both must be of one function, \"{}\"",
                            name, additional->function_name(), main->function_name()));
  }
}

// R5.3.3, R5.3.2
void check_mapping(const Message& message, sim::Checker& check) {
  const auto& params = static_cast<const EventSourceMappingParams&>(message);
  constexpr std::uint32_t kWithoutWindow = 10;
  if (params.batch_size() > kWithoutWindow &&
      params.maximum_batching_window().ns() < sim::to_ns(sim::Duration{std::chrono::seconds{1}})) {
    check.error("batch_size",
                fmt::format("batch_size is {}; more than {} need a maximum_batching_window of at "
                            "least 1 s",
                            params.batch_size(), kWithoutWindow));
  }
  if (params.has_provisioned_poller_config()) {
    const ProvisionedPollers& pollers = params.provisioned_poller_config();
    if (params.has_maximum_concurrency()) {
      check.error("maximum_concurrency",
                  "maximum_concurrency and provisioned_poller_config exclude each other");
    }
    if (pollers.minimum_pollers() > pollers.maximum_pollers()) {
      check.error("provisioned_poller_config.minimum_pollers",
                  fmt::format("minimum_pollers is {}; it must not be above maximum_pollers, {}",
                              pollers.minimum_pollers(), pollers.maximum_pollers()));
    }
  }
}

void check_account(const Message& /*message*/, sim::Checker& check) {
  for (const std::string& name : check.resource_names()) {
    if (name < check.name() && check.type_of(name) == check.type_of(check.name())) {
      check.error("concurrent_executions",
                  fmt::format("there is one lambda_account in a scenario, and it is \"{}\"", name));
      return;
    }
  }
}

}  // namespace

void register_models(sim::ModelRegistry& registry) {
  registry.add_resource<Account, LambdaAccountParams>(check_account);
  registry.add_resource<Function, FunctionParams, FunctionInitial>(check_function);
  registry.add_resource<FunctionVersion, FunctionVersionParams, ProvisionedInitial>(check_version);
  registry.add_resource<FunctionAlias, FunctionAliasParams, ProvisionedInitial>(check_alias);
  registry.add_resource<EventSourceMapping, EventSourceMappingParams>(check_mapping);
  registry.add_telling(
      {.kind = "throttle",
       .says = "{requests_per_s} requests a second may come; {in_use} are in use"});
  registry.add_telling({.kind = "throttle", .says = "{in_use} are in use, the limit is {limit}"});
  registry.add_telling({.kind = "cold start",
                        .says = "{creation_s} s to create it and to load the code, {init_s} s of "
                                "init phase"});
  registry.add_telling(
      {.kind = "event",
       .says = "{invocations} failed invocations and {throttles} throttles in {age_s} s"});
  registry.add_telling({.kind = "batch",
                        .says = "{messages} messages, received {receive_count} times by now, come "
                                "back when their visibility timeout ends"});
  registry.add_consumer({.type = "event_source_mapping",
                         .takes_from = "event_source",
                         .unit = "batches at a time",
                         .busy = "ConcurrentBatches",
                         .allowed = "BatchesAllowed",
                         .refused = "ThrottledBatches",
                         .refused_say = "the function refuses {} a minute, whose messages wait for "
                                        "their visibility timeout (R5.3.5)",
                         .caps = {"maximum_concurrency", "most_batches"},
                         .grows = "batches_added_per_minute"});
}

}  // namespace updraft::lambda
