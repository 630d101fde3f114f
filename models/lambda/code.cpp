#include "models/lambda/code.h"

#include "models/lambda/cpu.h"
#include "sim/build/sampler.h"

namespace updraft::lambda {

CodeDraws::CodeDraws(const sim::Birth& birth, const Code& code,
                     const sim::DistributionValue& lifetime, double speed)
    : speed_(speed),
      failure_probability_(code.failure_probability()),
      init_failure_probability_(code.init_failure_probability()),
      duration_(sim::make_sampler(code.duration())),
      wait_(sim::make_sampler(code.wait())),
      creation_(sim::make_sampler(code.creation())),
      init_(sim::make_sampler(code.init())),
      lifetime_(sim::make_sampler(lifetime)),
      duration_stream_(birth.stream("duration")),
      wait_stream_(birth.stream("wait")),
      failure_stream_(birth.stream("failure")),
      creation_stream_(birth.stream("creation")),
      init_stream_(birth.stream("init")),
      init_failure_stream_(birth.stream("init_failure")),
      lifetime_stream_(birth.stream("lifetime")),
      allocation_stream_(birth.stream("allocation")) {}

// R5.6.1: memory decides how fast the CPU work goes, and not how long the code waits.
sim::Duration CodeDraws::handler(const Key& key, const sim::Demand& demand) const {
  const sim::Duration own = duration_.sample_duration(duration_stream_, key.ordinal, key.sub);
  const sim::Duration waits = wait_.sample_duration(wait_stream_, key.ordinal, key.sub);
  return time_at(own + demand.cpu, speed_) + waits + demand.wait;
}

bool CodeDraws::fails(const Key& key) const {
  return failure_probability_ > 0 &&
         sim::uniform01(failure_stream_, key.ordinal, key.sub) < failure_probability_;
}

bool CodeDraws::init_fails(std::uint64_t environment, std::uint32_t time) const {
  return init_failure_probability_ > 0 &&
         sim::uniform01(init_failure_stream_, environment, time) < init_failure_probability_;
}

CodeDraws::Start CodeDraws::start(std::uint64_t environment) const {
  return {.creation = creation_.sample_duration(creation_stream_, environment),
          .init = init_.sample_duration(init_stream_, environment),
          .fails = init_fails(environment, 0),
          .lifetime = lifetime_.sample_duration(lifetime_stream_, environment)};
}

CodeDraws::Start CodeDraws::again(std::uint64_t environment, std::uint32_t time) const {
  Start start;
  start.init = init_.sample_duration(init_stream_, environment, time);
  start.fails = init_fails(environment, time);
  return start;
}

sim::Duration CodeDraws::allocation_delay(const sim::DistributionValue& law,
                                          std::uint64_t allocation) const {
  return sim::make_sampler(law).sample_duration(allocation_stream_, allocation);
}

}  // namespace updraft::lambda
