// Metrics that come late, or not at all, for a while.
#pragma once

#include "models/cloudwatch/cloudwatch.pb.h"
#include "sim/build/resource.h"

namespace updraft::cloudwatch {

class DelayMetricsFault final : public sim::Fault {
 public:
  DelayMetricsFault(const DelayMetrics& message, std::uint64_t ordinal)
      : message_(message), ordinal_(ordinal) {}
  void begin(sim::Context& ctx, sim::World& world, sim::DecisionId caused_by) override;
  void end(sim::Context& ctx, sim::World& world, sim::DecisionId caused_by) override;

 private:
  DelayMetrics message_;
  std::uint64_t ordinal_;
};

class DropMetricsFault final : public sim::Fault {
 public:
  DropMetricsFault(const DropMetrics& message, std::uint64_t ordinal)
      : message_(message), ordinal_(ordinal) {}
  void begin(sim::Context& ctx, sim::World& world, sim::DecisionId caused_by) override;
  void end(sim::Context& ctx, sim::World& world, sim::DecisionId caused_by) override;

 private:
  DropMetrics message_;
  std::uint64_t ordinal_;
};

}  // namespace updraft::cloudwatch
