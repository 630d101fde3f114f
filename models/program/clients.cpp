#include "models/program/clients.h"

#include "sim/build/sampler.h"
#include "sim/client/rules_of.h"
#include "sim/core/check.h"

namespace updraft::program {

ClientRules rules_of(const Client& client, const sim::Birth& birth) {
  ClientRules rules{.to = client.to(),
                    .connections = {},
                    .connection_timeout = sim::Duration{client.connection_timeout().ns()},
                    .retry = {},
                    .breaker = {},
                    .latency = {},
                    .latency_stream = birth.stream("program.clients." + client.to() + ".latency"),
                    .jitter = birth.stream("program.clients." + client.to() + ".jitter")};
  if (client.has_connections()) {
    rules.connections = client.connections();
  }
  if (client.has_retry()) {
    rules.retry = sim::rules_of(client.retry());
  }
  if (client.has_circuit_breaker()) {
    rules.breaker = sim::rules_of(client.circuit_breaker());
  }
  const sim::Distribution latency = sim::make_sampler(client.latency());
  if (latency.law() != sim::Law::kConstant || latency.sample(rules.latency_stream, 0) > 0) {
    rules.latency = latency;
  }
  return rules;
}

ClientState::ClientState(const ClientRules& rules)
    : pool(rules.connections), policy(rules.retry.value_or(sim::RetryRules{})) {
  if (rules.breaker) {
    breaker.emplace(*rules.breaker);
  }
}

bool ConnectionPool::take() {
  if (size_ && (in_use_ >= *size_ || waiting_ > 0)) {
    return false;
  }
  ++in_use_;
  return true;
}

void ConnectionPool::give_back() {
  SIM_CHECK(in_use_ > 0, "a connection was given back that nobody had");
  --in_use_;
}

}  // namespace updraft::program
