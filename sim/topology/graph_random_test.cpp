// Many small graphs against slow, clear answers, each in several orders of its input.
#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/topology/graph.h"

namespace updraft::sim {
namespace {

using Names = std::vector<std::string>;

// A fixed sequence of small numbers (a linear congruential generator); the same graphs in every
// run.
class Numbers {
 public:
  explicit Numbers(std::uint64_t seed) : state_(seed) {}
  std::size_t below(std::size_t bound) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::size_t>(state_ >> 33U) % bound;
  }
  template <class T>
  void shuffle(std::vector<T>& values) {
    for (std::size_t i = values.size(); i > 1; --i) {
      std::swap(values[i - 1], values[below(i)]);
    }
  }

 private:
  std::uint64_t state_;
};

struct Parts {
  std::vector<Vertex> vertices;
  std::vector<Edge> edges;
};

Parts random_parts(Numbers& numbers) {
  Parts parts;
  const std::size_t count = 2 + numbers.below(5);
  for (std::size_t i = 0; i < count; ++i) {
    Vertex vertex{.name = fmt::format("v{}", i), .type = numbers.below(2) == 0 ? "door" : "hall"};
    for (const char* zone : {"a", "b", "c"}) {
      if (numbers.below(3) == 0) {
        vertex.zones.emplace_back(zone);
      }
    }
    parts.vertices.push_back(std::move(vertex));
  }
  const std::size_t edges = numbers.below(2 * count);
  for (std::size_t i = 0; i < edges; ++i) {
    const std::size_t from = numbers.below(count);
    const std::size_t to = numbers.below(count);
    const std::size_t latency = numbers.below(3);
    parts.edges.push_back({.from = fmt::format("v{}", from),
                           .to = fmt::format("v{}", to),
                           .kind = numbers.below(4) == 0 ? EdgeKind::kMetric : EdgeKind::kTraffic,
                           .latency = Duration{static_cast<std::int64_t>(latency)}});
  }
  return parts;
}

// Every way without a repeated vertex from one vertex to another, by trying all.
struct Way {
  std::int64_t latency;
  std::size_t edges;
  Names names;
  friend auto operator<=>(const Way&, const Way&) = default;
};

void all_ways(const Parts& parts, const std::string& to, Way& way, std::vector<Way>& out) {
  if (way.names.back() == to) {
    out.push_back(way);
    return;
  }
  for (const Edge& edge : parts.edges) {
    const bool follows = edge.kind == EdgeKind::kTraffic && edge.from == way.names.back();
    if (!follows || std::find(way.names.begin(), way.names.end(), edge.to) != way.names.end()) {
      continue;
    }
    way.latency += edge.latency.count();
    ++way.edges;
    way.names.push_back(edge.to);
    all_ways(parts, to, way, out);
    way.names.pop_back();
    --way.edges;
    way.latency -= edge.latency.count();
  }
}

std::vector<Way> all_ways(const Parts& parts, const std::string& from, const std::string& to) {
  std::vector<Way> out;
  Way way{.latency = 0, .edges = 0, .names = {from}};
  all_ways(parts, to, way, out);
  std::sort(out.begin(), out.end());
  return out;
}

bool has_edge(const Parts& parts, const std::string& from, const std::string& to) {
  return std::any_of(parts.edges.begin(), parts.edges.end(), [&](const Edge& edge) {
    return edge.kind == EdgeKind::kTraffic && edge.from == from && edge.to == to;
  });
}

// Whether a way of at least one edge leads back.
bool is_on_a_cycle(const Parts& parts, const std::string& name) {
  return std::any_of(parts.vertices.begin(), parts.vertices.end(), [&](const Vertex& other) {
    return has_edge(parts, other.name, name) && !all_ways(parts, name, other.name).empty();
  });
}

constexpr int kGraphs = 400;

TEST(RandomGraphs, ShortestPathIsTheBestOfAllWays) {
  Numbers numbers(1);
  int found = 0;
  for (int i = 0; i < kGraphs; ++i) {
    const Parts parts = random_parts(numbers);
    const Graph graph(parts.vertices, parts.edges);
    for (const Vertex& from : parts.vertices) {
      for (const Vertex& to : parts.vertices) {
        const std::vector<Way> ways = all_ways(parts, from.name, to.name);
        const std::optional<Path> path = graph.shortest_path(from.name, to.name, kTrafficEdges);
        ASSERT_EQ(path.has_value(), !ways.empty()) << graph.dot("");
        if (!path) {
          continue;
        }
        ++found;
        EXPECT_EQ(path->latency.count(), ways.front().latency) << graph.dot("");
        EXPECT_EQ(path->vertices, ways.front().names) << graph.dot("");
      }
    }
  }
  EXPECT_GT(found, kGraphs);
}

TEST(RandomGraphs, UnreachableIsWhatNoWayLeadsTo) {
  Numbers numbers(2);
  for (int i = 0; i < kGraphs; ++i) {
    const Parts parts = random_parts(numbers);
    const Graph graph(parts.vertices, parts.edges);
    Names expected;
    for (const Vertex& to : parts.vertices) {
      if (all_ways(parts, "v0", to.name).empty()) {
        expected.push_back(to.name);
      }
    }
    Names found;
    for (const Unreachable& each : graph.unreachable({"v0"}, kTrafficEdges)) {
      found.push_back(each.name);
    }
    EXPECT_EQ(found, expected) << graph.dot("");
  }
}

TEST(RandomGraphs, CyclesAreRealAndNoneIsMissed) {
  Numbers numbers(3);
  int with_cycles = 0;
  for (int i = 0; i < kGraphs; ++i) {
    const Parts parts = random_parts(numbers);
    const Graph graph(parts.vertices, parts.edges);
    const std::vector<Cycle> cycles = graph.cycles(kTrafficEdges);
    std::set<std::string> firsts;
    for (const Cycle& cycle : cycles) {
      EXPECT_EQ(cycle.path.front(), cycle.path.back());
      for (std::size_t k = 1; k < cycle.path.size(); ++k) {
        EXPECT_TRUE(has_edge(parts, cycle.path[k - 1], cycle.path[k])) << cycle.text();
      }
      firsts.insert(cycle.path.front());
    }
    // Each vertex on a cycle shares its group with one of the reported starts.
    for (const Vertex& vertex : parts.vertices) {
      const bool reported =
          std::any_of(firsts.begin(), firsts.end(), [&](const std::string& first) {
            return !all_ways(parts, first, vertex.name).empty() &&
                   !all_ways(parts, vertex.name, first).empty();
          });
      EXPECT_EQ(is_on_a_cycle(parts, vertex.name), reported) << graph.dot("");
    }
    with_cycles += cycles.empty() ? 0 : 1;
    EXPECT_EQ(graph.topological_order(kTrafficEdges).has_value(), cycles.empty());
  }
  EXPECT_GT(with_cycles, kGraphs / 10);
  EXPECT_LT(with_cycles, kGraphs - kGraphs / 10);
}

TEST(RandomGraphs, TopologicalOrderIsTheFirstOfAllOrders) {
  Numbers numbers(4);
  int checked = 0;
  for (int i = 0; i < kGraphs; ++i) {
    const Parts parts = random_parts(numbers);
    const std::optional<Names> order =
        Graph(parts.vertices, parts.edges).topological_order(kTrafficEdges);
    if (!order) {
      continue;
    }
    Names names;
    for (const Vertex& vertex : parts.vertices) {
      names.push_back(vertex.name);
    }
    const auto is_order = [&](const Names& candidate) {
      for (std::size_t a = 0; a < candidate.size(); ++a) {
        for (std::size_t b = 0; b <= a; ++b) {
          if (has_edge(parts, candidate[a], candidate[b])) {
            return false;
          }
        }
      }
      return true;
    };
    std::sort(names.begin(), names.end());
    while (!is_order(names)) {
      ASSERT_TRUE(std::next_permutation(names.begin(), names.end()));
    }
    EXPECT_EQ(*order, names);
    ++checked;
  }
  EXPECT_GT(checked, kGraphs / 10);
}

// All that a graph answers, in one text.
std::string answers(const Graph& graph) {
  std::string out = graph.dot("g");
  for (const Cycle& cycle : graph.cycles(kAllEdges)) {
    out += cycle.text() + "\n";
  }
  for (const Unreachable& each : graph.unreachable({"v1"}, kAllEdges)) {
    out += each.name + "\n";
  }
  for (const ZoneMismatch& each : graph.zone_mismatches("door")) {
    out += fmt::format("{} {} {} {}\n", each.from, each.to, each.zones.size(), each.path.size());
    for (const std::string& name : each.path) {
      out += name;
    }
  }
  for (const Vertex& to : graph.vertices()) {
    if (const auto path = graph.shortest_path("v0", to.name, kTrafficEdges)) {
      for (const std::string& name : path->vertices) {
        out += name;
      }
    }
  }
  if (const auto order = graph.topological_order(kTrafficEdges)) {
    for (const std::string& name : *order) {
      out += name;
    }
  }
  return out;
}

TEST(RandomGraphs, PermutingTheInputChangesNothing) {
  Numbers numbers(5);
  for (int i = 0; i < kGraphs; ++i) {
    Parts parts = random_parts(numbers);
    const std::string expected = answers(Graph(parts.vertices, parts.edges));
    for (int k = 0; k < 3; ++k) {
      numbers.shuffle(parts.vertices);
      numbers.shuffle(parts.edges);
      for (Vertex& vertex : parts.vertices) {
        numbers.shuffle(vertex.zones);
      }
      EXPECT_EQ(answers(Graph(parts.vertices, parts.edges)), expected);
    }
  }
}

}  // namespace
}  // namespace updraft::sim
