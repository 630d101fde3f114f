// Declares the metrics that a resource type's schema lists, so that names, units and meanings are
// written once.
//
//   requests_ = declare_metric<LoadBalancerParams>(ctx, "RequestCount");
#pragma once

#include <string_view>

#include "sim/engine/context.h"
#include "sim/metrics/series.h"
#include "sim/schema/options.pb.h"

namespace updraft::sim {

/// The declaration of a metric that a message's (model) option lists. Distributions keep p50, p90,
/// p99 and Maximum beside the meant statistic, and their histograms; gauges keep Minimum and
/// Maximum. Asking for a metric that is not listed breaks an invariant.
MetricDeclaration metric_declaration(const google::protobuf::Descriptor& message,
                                     std::string_view resource, std::string_view metric);

template <class Params>
MetricId declare_metric(Context& ctx, std::string_view metric) {
  return ctx.metrics().declare(
      metric_declaration(*Params::descriptor(), ctx.self().path(), metric));
}

}  // namespace updraft::sim
