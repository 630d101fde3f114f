// What the loader asks before a run: cycles, unreachable resources, zones that do not match.
#include <algorithm>

#include <boost/graph/strong_components.hpp>

#include "sim/topology/graph_impl.h"

namespace updraft::sim {
namespace {

// Zones of `target` that are not among those of `source`; both sorted.
std::vector<std::string> missing_zones(const Vertex& source, const Vertex& target) {
  std::vector<std::string> out;
  std::set_difference(target.zones.begin(), target.zones.end(), source.zones.begin(),
                      source.zones.end(), std::back_inserter(out));
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

// What can be reached from the starts, without entering what `may_pass` refuses to lead on from.
template <class MayPass>
std::vector<bool> reach(const FilteredGraph& view, std::vector<VertexId> starts,
                        const MayPass& may_pass) {
  std::vector<bool> reached(boost::num_vertices(view), false);
  for (const VertexId start : starts) {
    reached[start] = true;
  }
  std::vector<VertexId> stack = std::move(starts);
  while (!stack.empty()) {
    const VertexId id = stack.back();
    stack.pop_back();
    for (const VertexId next : successors(view, id)) {
      if (reached[next]) {
        continue;
      }
      reached[next] = true;
      if (may_pass(next)) {
        stack.push_back(next);
      }
    }
  }
  return reached;
}

}  // namespace

std::vector<Cycle> Graph::cycles(EdgeKinds kinds) const {
  const FilteredGraph view = impl_->only(kinds);
  const std::size_t count = impl_->vertices.size();
  std::vector<std::size_t> component(count);
  if (count > 0) {
    boost::strong_components(view, boost::make_iterator_property_map(
                                       component.begin(), boost::get(boost::vertex_index, view)));
  }
  std::vector<Cycle> out;
  std::vector<bool> done(count, false);  // by component: its first name was seen
  for (VertexId id = 0; id < count; ++id) {
    if (done[component[id]]) {
      continue;
    }
    done[component[id]] = true;
    const auto inside = [&](VertexId other) { return component[other] == component[id]; };
    const std::vector<VertexId> path = impl_->fewest_edges(view, id, id, inside);
    if (!path.empty()) {
      out.push_back({impl_->names(path)});
    }
  }
  return out;
}

std::vector<Unreachable> Graph::unreachable(const std::vector<std::string>& entries,
                                            EdgeKinds kinds) const {
  std::vector<VertexId> starts;
  starts.reserve(entries.size());
  for (const std::string& entry : entries) {
    starts.push_back(impl_->find(entry));
  }
  const std::vector<bool> reached =
      reach(impl_->only(kinds), std::move(starts), [](VertexId) { return true; });
  std::vector<Unreachable> out;
  for (VertexId id = 0; id < reached.size(); ++id) {
    const Vertex& vertex = impl_->vertices[id];
    if (!reached[id]) {
      out.push_back({vertex.name, vertex.type});
    }
  }
  return out;
}

std::vector<ZoneMismatch> Graph::zone_mismatches(std::string_view type) const {
  const FilteredGraph view = impl_->only(kTrafficEdges);
  const auto& vertices = impl_->vertices;
  std::vector<ZoneMismatch> out;
  for (VertexId from = 0; from < vertices.size(); ++from) {
    if (vertices[from].type != type || vertices[from].zones.empty()) {
      continue;
    }
    // Traffic passes through what has no zones of its own; what has some is where it ends.
    const auto has_no_zones = [&](VertexId id) { return vertices[id].zones.empty(); };
    const std::vector<bool> met = reach(view, {from}, has_no_zones);
    for (VertexId to = 0; to < vertices.size(); ++to) {
      if (!met[to] || to == from) {
        continue;
      }
      std::vector<std::string> zones = missing_zones(vertices[from], vertices[to]);
      if (zones.empty()) {
        continue;
      }
      const auto may_enter = [&](VertexId id) { return id == to || has_no_zones(id); };
      out.push_back({.from = vertices[from].name,
                     .to = vertices[to].name,
                     .zones = std::move(zones),
                     .path = impl_->names(impl_->fewest_edges(view, from, to, may_enter))});
    }
  }
  return out;
}

}  // namespace updraft::sim
