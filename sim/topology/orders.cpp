// Ways and orders: the path of least latency, and an order in which everything comes after what
// leads to it.
#include <functional>
#include <limits>
#include <queue>

#include <boost/graph/dijkstra_shortest_paths.hpp>
#include <boost/graph/reverse_graph.hpp>
#include <boost/property_map/function_property_map.hpp>

#include "sim/topology/graph_impl.h"

namespace updraft::sim {
namespace {

// Latency first, edges second: an edge always costs something, so that ways of no latency still
// end.
struct Cost {
  std::int64_t latency_ns = 0;
  std::int64_t edges = 0;

  friend auto operator<=>(const Cost&, const Cost&) = default;
};

constexpr Cost kFar{std::numeric_limits<std::int64_t>::max(),
                    std::numeric_limits<std::int64_t>::max()};

struct AddCosts {
  Cost operator()(const Cost& a, const Cost& b) const {
    if (a == kFar || b == kFar) {
      return kFar;
    }
    return {a.latency_ns + b.latency_ns, a.edges + b.edges};
  }
};

// What each vertex still costs to `to`: Dijkstra's algorithm backwards.
std::vector<Cost> costs_to(const FilteredGraph& view, const std::vector<Edge>& edges, VertexId to) {
  const auto reversed = boost::make_reverse_graph(view);
  std::vector<Cost> costs(boost::num_vertices(view), kFar);
  std::vector<Cost> weights;
  weights.reserve(edges.size());
  for (const Edge& edge : edges) {
    weights.push_back({to_ns(edge.latency), 1});
  }
  const auto index = boost::get(boost::vertex_index, view);
  // The property of an edge is its index in `edges`.
  const auto weight =
      boost::make_function_property_map<boost::graph_traits<decltype(reversed)>::edge_descriptor>(
          [&](const auto& edge) {
            return weights[boost::get(boost::edge_bundle, reversed, edge)];
          });
  boost::dijkstra_shortest_paths(
      reversed, to,
      boost::weight_map(weight)
          .vertex_index_map(index)
          .distance_map(boost::make_iterator_property_map(costs.begin(), index))
          .distance_compare(std::less<Cost>())
          .distance_combine(AddCosts())
          .distance_inf(kFar)
          .distance_zero(Cost{}));
  return costs;
}

}  // namespace

std::optional<Path> Graph::shortest_path(std::string_view from, std::string_view to,
                                         EdgeKinds kinds) const {
  const VertexId first = impl_->find(from);
  const VertexId last = impl_->find(to);
  const FilteredGraph view = impl_->only(kinds);
  const std::vector<Cost> costs = costs_to(view, impl_->edges, last);
  if (costs[first] == kFar) {
    return std::nullopt;
  }
  // Forwards again: of the next vertices on a cheapest way, the first by name.
  std::vector<VertexId> path = {first};
  while (path.back() != last) {
    const VertexId here = path.back();
    VertexId best = boost::num_vertices(view);
    for (auto [it, end] = boost::out_edges(here, view); it != end; ++it) {
      const Cost step{to_ns(impl_->edges[view[*it]].latency), 1};
      const VertexId next = boost::target(*it, view);
      if (AddCosts()(step, costs[next]) == costs[here]) {
        best = std::min(best, next);
      }
    }
    path.push_back(best);
  }
  return Path{.vertices = impl_->names(path), .latency = Duration{costs[first].latency_ns}};
}

std::optional<std::vector<std::string>> Graph::topological_order(EdgeKinds kinds) const {
  const FilteredGraph view = impl_->only(kinds);
  const std::size_t count = impl_->vertices.size();
  std::vector<std::size_t> waits_for(count, 0);
  for (VertexId id = 0; id < count; ++id) {
    for (const VertexId next : successors(view, id)) {
      ++waits_for[next];
    }
  }
  std::priority_queue<VertexId, std::vector<VertexId>, std::greater<>> ready;
  for (VertexId id = 0; id < count; ++id) {
    if (waits_for[id] == 0) {
      ready.push(id);
    }
  }
  std::vector<VertexId> order;
  while (!ready.empty()) {
    const VertexId id = ready.top();
    ready.pop();
    order.push_back(id);
    for (const VertexId next : successors(view, id)) {
      if (--waits_for[next] == 0) {
        ready.push(next);
      }
    }
  }
  if (order.size() < count) {
    return std::nullopt;
  }
  return impl_->names(order);
}

}  // namespace updraft::sim
