#include "models/network/paths.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>
#include <vector>

#include "models/common/csv_table.h"
#include "models/network/links_csv.h"
#include "sim/core/check.h"

namespace updraft::network {

RegionPaths RegionPaths::built_in() {
  const auto table = common::CsvTable::parse(data::links::kCsv);
  SIM_CHECK(table.ok(), "{}", table.error());
  std::set<std::string> names;
  std::vector<sim::Edge> edges;
  for (std::size_t row = 0; row < table->rows(); ++row) {
    const std::string a(table->text(row, "a"));
    const std::string b(table->text(row, "b"));
    const auto rtt_ms = table->number(row, "rtt_ms");
    SIM_CHECK(rtt_ms.ok(), "{}", rtt_ms.error());
    // R23.3: half of the round trip is one way.
    const sim::Duration one_way{std::llround(*rtt_ms * 0.5e6)};
    edges.push_back({.from = a, .to = b, .latency = one_way});
    edges.push_back({.from = b, .to = a, .latency = one_way});
    names.insert(a);
    names.insert(b);
  }
  std::vector<sim::Vertex> vertices;
  vertices.reserve(names.size());
  for (const std::string& name : names) {
    vertices.push_back({.name = name, .type = "region"});
  }
  return RegionPaths(sim::Graph(std::move(vertices), std::move(edges)));
}

std::optional<sim::Path> RegionPaths::between(std::string_view from, std::string_view to) const {
  const auto known = [&](std::string_view name) {
    const std::vector<sim::Vertex>& all = graph_.vertices();
    return std::any_of(all.begin(), all.end(),
                       [&](const sim::Vertex& vertex) { return vertex.name == name; });
  };
  if (!known(from) || !known(to)) {
    return std::nullopt;
  }
  return graph_.shortest_path(from, to, sim::kTrafficEdges);
}

}  // namespace updraft::network
