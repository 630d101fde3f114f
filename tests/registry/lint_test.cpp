// The schema of every model as a whole: sources, units, statistics, rules behind defaults.
#include "sim/schema/lint.h"

#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/load.h"
#include "models/registry/registry.h"
#include "sim/metrics/statistic.h"

namespace updraft {
namespace {

std::string in_words(const std::vector<sim::LintFinding>& findings) {
  std::string text;
  for (const sim::LintFinding& finding : findings) {
    text += finding.place + ": " + finding.text + "\n";
  }
  return text;
}

void collect_rules(const std::vector<sim::ParamInfo>& params, std::set<std::string>& rules) {
  for (const sim::ParamInfo& param : params) {
    if (!param.default_rule.empty()) {
      rules.insert(param.default_rule);
    }
    collect_rules(param.fields, rules);
  }
}

TEST(Registry, EveryNumberHasItsUnitAndItsSource) {
  EXPECT_EQ(in_words(sim::lint(cli::catalogue(make_registry()))), "");
}

TEST(Registry, EveryDefaultRuleIsRegistered) {
  const sim::ModelRegistry registry = make_registry();
  std::set<std::string> rules;
  const sim::Catalogue known = cli::catalogue(registry);
  for (const sim::ModelInfo& model : known.models()) {
    collect_rules(model.params, rules);
  }
  EXPECT_GE(rules.size(), 4U);
  for (const std::string& rule : rules) {
    EXPECT_NE(registry.types().default_rule(rule), nullptr) << rule;
  }
}

TEST(Registry, EveryMetricsStatisticParses) {
  const sim::Catalogue known = cli::catalogue(make_registry());
  for (const sim::ModelInfo& model : known.models()) {
    for (const sim::Metric& metric : model.metrics) {
      EXPECT_TRUE(sim::parse_statistic(metric.statistic()))
          << model.type << "." << metric.name() << ": " << metric.statistic();
    }
  }
}

}  // namespace
}  // namespace updraft
