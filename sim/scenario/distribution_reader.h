// Distributions as a scenario writes them.
//
//   20ms                                     always the same
//   {uniform: {min: 10ms, max: 30ms}}        {exponential: 1s}, {exponential: {mean: 1s}}
//   {lognormal: {mean: 40ms, p99: 200ms}}    also median, sigma, cv, sd, any pNN
//   {gamma: {mean: 40ms, cv: 0.5}}           {weibull: {shape: 1.5, scale: 40ms}}
//   {pareto: {min: 10ms, shape: 2}}          {truncated_normal: {mean: 40ms, sd: 10ms, min: 0s,
//   max: 1s}} {empirical: file.csv}                    {empirical: [10ms, 20ms, 40ms]} {mixture:
//   [{weight: 0.9, of: 20ms}, {weight: 0.1, of: {exponential: 1s}}]}
//
// Which parameters go together, and what each law can do, is decided by
// sim/random/distribution_parameters.h. Values are kept in the field's unit; where that is a time,
// in nanoseconds.
#pragma once

#include <functional>
#include <string>

#include "sim/random/distribution.h"
#include "sim/scenario/file_access.h"
#include "sim/scenario/schema_view.h"
#include "sim/scenario/yaml_tree.h"
#include "sim/schema/quantity.pb.h"

namespace updraft::sim {

class DistributionReader {
 public:
  /// A finding at a node. `path` continues the field's (".lognormal.p99"). `text` continues the
  /// sentence "X is Y; ..." about the value there, or stands on its own.
  struct Finding {
    const YamlNode& node;
    std::string path;
    std::string text;
    bool about_value = true;
  };
  using Report = std::function<void(const Finding&)>;

  DistributionReader(const FieldInfo& field, FileAccess& files, Report report)
      : field_(field), files_(files), report_(std::move(report)) {}

  /// True when `out` holds a checked distribution.
  bool read(const YamlNode& node, DistributionValue& out);

 private:
  bool read_law(const YamlNode& node, DistributionValue& out);
  bool read_parameters(Law law, const YamlNode& node, DistributionValue& out);
  bool read_parameter(Law law, const YamlNode::Entry& entry, DistributionValue& out);
  bool read_empirical(const YamlNode& node, DistributionValue& out);
  bool read_file(const YamlNode& node, DistributionValue& out);
  bool read_weight(const YamlNode& node, DistributionValue& out);
  bool read_mixture(const YamlNode& node, DistributionValue& out);
  bool read_value(const YamlNode& node, double& out);
  bool check_bounds(const YamlNode& node, double value);
  [[nodiscard]] Result<double> parse(const std::string& text) const;
  bool bad(const YamlNode& node, std::string text);   // about the value
  bool fail(const YamlNode& node, std::string text);  // on its own

  const FieldInfo& field_;
  FileAccess& files_;
  Report report_;
  std::string path_;
};

}  // namespace updraft::sim
