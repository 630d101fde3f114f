// What the .cpp files of Graph share: the Boost graph and a view of it with some kinds of edges.
// Private to this folder, because Boost.Graph takes seconds to compile.
#pragma once

#include <string>
#include <vector>

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/filtered_graph.hpp>

#include "sim/topology/graph.h"

namespace updraft::sim {

/// An edge carries its index in Graph::edges(); a vertex's descriptor is its index in
/// Graph::vertices(), which is the order of names, so comparing descriptors compares names.
using BoostGraph = boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS,
                                         boost::no_property, std::size_t>;
using VertexId = BoostGraph::vertex_descriptor;

/// Keeps the edges of some kinds. Default constructible because Boost's iterators are.
struct KindFilter {
  const BoostGraph* graph = nullptr;
  const std::vector<Edge>* edges = nullptr;
  EdgeKinds kinds = {};

  bool operator()(const BoostGraph::edge_descriptor& edge) const {
    return kinds.has((*edges)[(*graph)[edge]].kind);
  }
};

using FilteredGraph = boost::filtered_graph<BoostGraph, KindFilter>;

struct Graph::Impl {
  std::vector<Vertex> vertices;
  std::vector<Edge> edges;
  BoostGraph graph;

  [[nodiscard]] FilteredGraph only(EdgeKinds kinds) const {
    return {graph, KindFilter{&graph, &edges, kinds}};
  }
  /// Throws InvariantError on an unknown name.
  [[nodiscard]] VertexId find(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> names(const std::vector<VertexId>& ids) const;
  /// The shortest way in edges from one vertex to another; of equals the one whose names come
  /// first. At least one edge, so that `from` == `to` gives a cycle. Only vertices that `may_enter`
  /// allows are passed through or ended at.
  template <class MayEnter>
  [[nodiscard]] std::vector<VertexId> fewest_edges(const FilteredGraph& view, VertexId from,
                                                   VertexId to, const MayEnter& may_enter) const;
};

/// Heads of a vertex's edges, ascending, each once.
std::vector<VertexId> successors(const FilteredGraph& view, VertexId id);

template <class MayEnter>
std::vector<VertexId> Graph::Impl::fewest_edges(const FilteredGraph& view, VertexId from,
                                                VertexId to, const MayEnter& may_enter) const {
  // Breadth first in the order of names: the first way found to a vertex is the shortest and first
  // of its length.
  constexpr VertexId kNone = static_cast<VertexId>(-1);
  std::vector<VertexId> before(vertices.size(), kNone);
  std::vector<VertexId> queue = {from};
  for (std::size_t head = 0; head < queue.size() && before[to] == kNone; ++head) {
    for (const VertexId next : successors(view, queue[head])) {
      if (before[next] != kNone || !may_enter(next)) {
        continue;
      }
      before[next] = queue[head];
      queue.push_back(next);
    }
  }
  if (before[to] == kNone) {
    return {};
  }
  std::vector<VertexId> path = {to};
  do {
    path.push_back(before[path.back()]);
  } while (path.back() != from);
  return {path.rbegin(), path.rend()};
}

}  // namespace updraft::sim
