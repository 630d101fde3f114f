#include "sim/build/metric_schema.h"

#include "sim/core/check.h"

namespace updraft::sim {

MetricDeclaration metric_declaration(const google::protobuf::Descriptor& message,
                                     std::string_view resource, std::string_view metric) {
  for (const Metric& listed : message.options().GetExtension(model).metric()) {
    if (listed.name() != metric) {
      continue;
    }
    MetricDeclaration declaration;
    declaration.resource = resource;
    declaration.name = listed.name();
    declaration.cloudwatch_namespace = listed.cloudwatch_namespace();
    declaration.unit = listed.unit();
    declaration.long_name = listed.doc();
    const auto statistic = parse_statistic(listed.statistic());
    SIM_CHECK(statistic.ok(), "metric {} of {}: {}", metric, message.name(), statistic.error());
    declaration.statistic = *statistic;
    if (listed.kind() == DISTRIBUTION) {
      declaration.kept = {Statistic::at(kP50), Statistic::at(kP90), Statistic::at(kP99),
                          Statistic::maximum()};
      declaration.keep_histogram = true;
    } else if (listed.kind() == GAUGE) {
      declaration.kept = {Statistic::minimum(), Statistic::maximum()};
    }
    std::erase(declaration.kept, declaration.statistic);
    return declaration;
  }
  SIM_CHECK(false, "the schema of {} lists no metric {}", message.name(), metric);
  return {};
}

}  // namespace updraft::sim
