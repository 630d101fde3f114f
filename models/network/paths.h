// Ways between Regions, over the links that were measured (R23.3).
//
//   RegionPaths paths = RegionPaths::built_in();
//   paths.between("us-east-2", "eu-west-1")->latency;      // by way of us-east-1
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/topology/graph.h"

namespace updraft::network {

class RegionPaths {
 public:
  /// The table compiled in.
  static RegionPaths built_in();

  /// The way of least latency, one way; nothing where none is known.
  [[nodiscard]] std::optional<sim::Path> between(std::string_view from, std::string_view to) const;

 private:
  explicit RegionPaths(sim::Graph graph) : graph_(std::move(graph)) {}
  sim::Graph graph_;
};

}  // namespace updraft::network
