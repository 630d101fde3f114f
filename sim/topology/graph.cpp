#include "sim/topology/graph.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sim/core/check.h"
#include "sim/topology/graph_impl.h"

namespace updraft::sim {

std::string_view to_string(EdgeKind kind) {
  switch (kind) {
    case EdgeKind::kTraffic:
      return "traffic";
    case EdgeKind::kReference:
      return "reference";
    case EdgeKind::kMetric:
      return "metric";
    case EdgeKind::kAction:
      return "action";
  }
  return "";
}

std::string Cycle::text() const {
  return fmt::format("{}", fmt::join(path, " -> "));
}

VertexId Graph::Impl::find(std::string_view name) const {
  const auto it =
      std::lower_bound(vertices.begin(), vertices.end(), name,
                       [](const Vertex& vertex, std::string_view n) { return vertex.name < n; });
  SIM_CHECK(it != vertices.end() && it->name == name, "no vertex \"{}\"", name);
  return static_cast<VertexId>(it - vertices.begin());
}

std::vector<std::string> Graph::Impl::names(const std::vector<VertexId>& ids) const {
  std::vector<std::string> out;
  out.reserve(ids.size());
  for (const VertexId id : ids) {
    out.push_back(vertices[id].name);
  }
  return out;
}

std::vector<VertexId> successors(const FilteredGraph& view, VertexId id) {
  std::vector<VertexId> out;
  for (auto [it, end] = boost::adjacent_vertices(id, view); it != end; ++it) {
    out.push_back(*it);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

Graph::Graph(std::vector<Vertex> vertices, std::vector<Edge> edges) {
  auto impl = std::make_unique<Impl>();
  for (Vertex& vertex : vertices) {
    std::sort(vertex.zones.begin(), vertex.zones.end());
  }
  std::sort(vertices.begin(), vertices.end());
  std::sort(edges.begin(), edges.end());
  for (std::size_t i = 1; i < vertices.size(); ++i) {
    SIM_CHECK(vertices[i - 1].name != vertices[i].name, "two vertices \"{}\"", vertices[i].name);
  }
  impl->vertices = std::move(vertices);
  impl->edges = std::move(edges);
  for (std::size_t i = 0; i < impl->vertices.size(); ++i) {
    boost::add_vertex(impl->graph);
  }
  for (std::size_t i = 0; i < impl->edges.size(); ++i) {
    const Edge& edge = impl->edges[i];
    SIM_CHECK(edge.latency >= Duration::zero(), "latency of {} -> {} is negative", edge.from,
              edge.to);
    const VertexId from = impl->find(edge.from);
    const VertexId to = impl->find(edge.to);
    boost::add_edge(from, to, i, impl->graph);
  }
  impl_ = std::move(impl);
}

Graph::~Graph() = default;
Graph::Graph(Graph&&) noexcept = default;
Graph& Graph::operator=(Graph&&) noexcept = default;

const std::vector<Vertex>& Graph::vertices() const {
  return impl_->vertices;
}

const std::vector<Edge>& Graph::edges() const {
  return impl_->edges;
}

}  // namespace updraft::sim
