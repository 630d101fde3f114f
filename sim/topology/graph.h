// The scenario as a graph: resources are vertices, what runs between them are edges. It answers
// what the loader asks before a run (cycles, resources that no traffic reaches, zones that do not
// match, orders of building) and what docs and the latency of a path need. Boost.Graph stays in the
// .cpp files.
//
//   const Graph graph({{.name = "door", .type = "balancer"}, {.name = "hall", .type = "fleet"}},
//                     {{.from = "door", .to = "hall", .latency = 1ms}});
//   graph.unreachable({"door"}, kTrafficEdges);
//   graph.shortest_path("door", "hall", kTrafficEdges)->latency;
//
// Vertices and edges are kept in the order of their names, and ties go to the names that come
// first, so no answer depends on the order in the file. Every query is const and gives plain
// values; a graph may be asked from many threads.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/time.h"

namespace updraft::sim {

enum class EdgeKind : std::uint8_t {
  kTraffic = 0,    // requests, messages, invocations flow along it
  kReference = 1,  // names the other, e.g. its template
  kMetric = 2,     // watches a metric of the other
  kAction = 3,     // acts on the other, e.g. an alarm on a policy
};

/// "traffic", "reference", "metric", "action".
std::string_view to_string(EdgeKind kind);

/// Some of the kinds of edges: `EdgeKinds{EdgeKind::kMetric, EdgeKind::kAction}`.
class EdgeKinds {
 public:
  constexpr EdgeKinds(std::initializer_list<EdgeKind> kinds) {
    for (const EdgeKind kind : kinds) {
      bits_ |= bit(kind);
    }
  }
  [[nodiscard]] constexpr bool has(EdgeKind kind) const { return (bits_ & bit(kind)) != 0; }

 private:
  static constexpr unsigned bit(EdgeKind kind) { return 1U << static_cast<unsigned>(kind); }
  unsigned bits_ = 0;
};

inline constexpr EdgeKinds kTrafficEdges{EdgeKind::kTraffic};
inline constexpr EdgeKinds kAllEdges{EdgeKind::kTraffic, EdgeKind::kReference, EdgeKind::kMetric,
                                     EdgeKind::kAction};

struct Vertex {
  std::string name;
  std::string type = {};
  std::vector<std::string> zones = {};  // where it stands; empty: nowhere of its own

  friend auto operator<=>(const Vertex&, const Vertex&) = default;
};

struct Edge {
  std::string from;
  std::string to;
  EdgeKind kind = EdgeKind::kTraffic;
  Duration latency = Duration::zero();  // of one way; at least 0

  friend auto operator<=>(const Edge&, const Edge&) = default;
};

/// A way back to its own start: {a, b, c, a}.
struct Cycle {
  std::vector<std::string> path;

  /// "a -> b -> c -> a"
  [[nodiscard]] std::string text() const;
  friend bool operator==(const Cycle&, const Cycle&) = default;
};

struct Unreachable {
  std::string name;
  std::string type;

  friend bool operator==(const Unreachable&, const Unreachable&) = default;
};

/// Traffic from `from` meets `to`, which stands in zones where `from` does not.
struct ZoneMismatch {
  std::string from;
  std::string to;
  std::vector<std::string> zones;  // of `to`, not of `from`; sorted
  std::vector<std::string> path;   // from `from` to `to`, both included

  friend bool operator==(const ZoneMismatch&, const ZoneMismatch&) = default;
};

struct Path {
  std::vector<std::string> vertices;  // both ends included
  Duration latency = Duration::zero();

  friend bool operator==(const Path&, const Path&) = default;
};

class Graph {
 public:
  /// Throws InvariantError on two vertices of one name, an edge to an unknown vertex or a negative
  /// latency: references are the loader's to check, with the place in the user's file.
  Graph(std::vector<Vertex> vertices, std::vector<Edge> edges);
  ~Graph();
  Graph(Graph&&) noexcept;
  Graph& operator=(Graph&&) noexcept;
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  /// Sorted by name; by from, to, kind and latency.
  [[nodiscard]] const std::vector<Vertex>& vertices() const;
  [[nodiscard]] const std::vector<Edge>& edges() const;

  /// One cycle for each group of vertices that reach one another along these edges: the shortest
  /// one through the group's first name (of equals, the one whose names come first). Sorted; empty
  /// where there is none.
  [[nodiscard]] std::vector<Cycle> cycles(EdgeKinds kinds) const;

  /// Vertices that no way along these edges reaches from the entries; entries themselves are
  /// reached. Sorted by name.
  [[nodiscard]] std::vector<Unreachable> unreachable(const std::vector<std::string>& entries,
                                                     EdgeKinds kinds) const;

  /// For each vertex of `type` with zones: what traffic meets next that has zones (through vertices
  /// that have none), where its zones are not all among the first one's. Sorted by from, then to.
  [[nodiscard]] std::vector<ZoneMismatch> zone_mismatches(std::string_view type) const;

  /// The way of least latency along these edges; of equals the one of fewest edges, then the one
  /// whose names come first. Nothing where no way leads. From a vertex to itself it is the vertex
  /// alone.
  [[nodiscard]] std::optional<Path> shortest_path(std::string_view from, std::string_view to,
                                                  EdgeKinds kinds) const;

  /// Every vertex after all that have an edge to it, the first names first. Nothing where cycles()
  /// finds one.
  [[nodiscard]] std::optional<std::vector<std::string>> topological_order(EdgeKinds kinds) const;

  /// Graphviz's language, for docs: types as labels, kinds as line styles, latencies on edges.
  [[nodiscard]] std::string dot(std::string_view title) const;

 private:
  struct Impl;
  std::unique_ptr<const Impl> impl_;
};

}  // namespace updraft::sim
