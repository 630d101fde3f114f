// What a version's code does, drawn by key: the work of an invocation belongs to its request, the
// start of an environment to the environment.
#pragma once

#include <cstdint>

#include "models/lambda/lambda.pb.h"
#include "sim/engine/component.h"
#include "sim/engine/request.h"
#include "sim/random/distribution.h"

namespace updraft::lambda {

/// R5.5.1: of the init phase of an environment on demand.
inline constexpr sim::Duration kInitLimit = std::chrono::seconds{10};

class CodeDraws {
 public:
  CodeDraws(const sim::Birth& birth, const Code& code, const sim::DistributionValue& lifetime,
            double speed);

  /// Which request: its source and ordinal, and its attempt.
  struct Key {
    std::uint64_t ordinal = 0;
    std::uint32_t sub = 0;
  };
  /// The time of the handler with a request that asks for `demand`.
  [[nodiscard]] sim::Duration handler(const Key& key, const sim::Demand& demand) const;
  [[nodiscard]] bool fails(const Key& key) const;

  struct Start {
    sim::Duration creation{};
    sim::Duration init{};
    bool fails = false;
    sim::Duration lifetime{};
  };
  [[nodiscard]] Start start(std::uint64_t environment) const;
  /// The init phase once more, for the n-th time (R5.5.2).
  [[nodiscard]] Start again(std::uint64_t environment, std::uint32_t time) const;
  [[nodiscard]] sim::Duration allocation_delay(const sim::DistributionValue& law,
                                               std::uint64_t allocation) const;

 private:
  [[nodiscard]] bool init_fails(std::uint64_t environment, std::uint32_t time) const;

  double speed_;
  double failure_probability_;
  double init_failure_probability_;
  sim::Distribution duration_;
  sim::Distribution wait_;
  sim::Distribution creation_;
  sim::Distribution init_;
  sim::Distribution lifetime_;
  sim::StreamKey duration_stream_;
  sim::StreamKey wait_stream_;
  sim::StreamKey failure_stream_;
  sim::StreamKey creation_stream_;
  sim::StreamKey init_stream_;
  sim::StreamKey init_failure_stream_;
  sim::StreamKey lifetime_stream_;
  sim::StreamKey allocation_stream_;
};

}  // namespace updraft::lambda
