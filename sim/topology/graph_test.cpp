#include "sim/topology/graph.h"

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/core/check.h"

namespace updraft::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Names = std::vector<std::string>;

constexpr EdgeKind kT = EdgeKind::kTraffic;
constexpr EdgeKind kR = EdgeKind::kReference;
constexpr EdgeKind kM = EdgeKind::kMetric;
constexpr EdgeKind kA = EdgeKind::kAction;

// A graph of one kind of edges, written "a>b b>c"; vertices are the names used and those that stand
// alone.
Graph graph_of(std::string_view text, EdgeKind kind = kT) {
  std::map<std::string, bool> names;
  std::vector<Edge> edges;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    const std::size_t arrow = word.find('>');
    names[std::string(word.substr(0, arrow))] = true;
    if (arrow == std::string_view::npos) {
      continue;
    }
    names[std::string(word.substr(arrow + 1))] = true;
    edges.push_back({.from = std::string(word.substr(0, arrow)),
                     .to = std::string(word.substr(arrow + 1)),
                     .kind = kind});
  }
  std::vector<Vertex> vertices;
  for (const auto& [name, used] : names) {
    vertices.push_back({.name = name});
  }
  return {std::move(vertices), std::move(edges)};
}

// A balancer with a group of targets, a fleet with a template, an alarm that scales the fleet.
std::vector<Vertex> shop_vertices() {
  return {{.name = "web", .type = "group"},
          {.name = "alarm", .type = "alarm"},
          {.name = "fleet", .type = "fleet", .zones = {"c", "a", "b"}},
          {.name = "door", .type = "balancer", .zones = {"b", "a"}},
          {.name = "template", .type = "template"}};
}
std::vector<Edge> shop_edges() {
  return {{.from = "web", .to = "fleet", .kind = kT, .latency = 250us},
          {.from = "fleet", .to = "template", .kind = kR},
          {.from = "door", .to = "web", .kind = kT, .latency = 1ms},
          {.from = "alarm", .to = "fleet", .kind = kM},
          {.from = "alarm", .to = "fleet", .kind = kA}};
}

TEST(Graph, KeepsVerticesAndEdgesInTheOrderOfTheirNames) {
  const Graph graph(shop_vertices(), shop_edges());
  Names names;
  for (const Vertex& vertex : graph.vertices()) {
    names.push_back(vertex.name);
  }
  EXPECT_THAT(names, ElementsAre("alarm", "door", "fleet", "template", "web"));
  Names edges;
  for (const Edge& edge : graph.edges()) {
    edges.push_back(fmt::format("{} {} {}", edge.from, to_string(edge.kind), edge.to));
  }
  EXPECT_THAT(edges, ElementsAre("alarm metric fleet", "alarm action fleet", "door traffic web",
                                 "fleet reference template", "web traffic fleet"));
}

TEST(Graph, RefusesWhatTheLoaderMustHaveChecked) {
  EXPECT_THROW(Graph({{.name = "a"}, {.name = "a"}}, {}), InvariantError);
  EXPECT_THROW(Graph({{.name = "a"}}, {{.from = "a", .to = "b"}}), InvariantError);
  EXPECT_THROW(Graph({{.name = "a"}}, {{.from = "a", .to = "a", .latency = -1ns}}), InvariantError);
  EXPECT_THROW(static_cast<void>(graph_of("a").unreachable({"b"}, kAllEdges)), InvariantError);
  EXPECT_THROW(static_cast<void>(graph_of("a").shortest_path("a", "b", kAllEdges)), InvariantError);
}

TEST(Graph, MayBeEmpty) {
  const Graph graph({}, {});
  EXPECT_THAT(graph.cycles(kAllEdges), IsEmpty());
  EXPECT_THAT(graph.unreachable({}, kAllEdges), IsEmpty());
  EXPECT_THAT(graph.zone_mismatches("any"), IsEmpty());
  EXPECT_EQ(graph.topological_order(kAllEdges), Names{});
}

TEST(Cycles, AreNamedByTheirShortestWayThroughTheFirstName) {
  struct Row {
    std::string edges;
    Names cycles;
  };
  for (const Row& row :
       std::vector<Row>{{"a", {}},
                        {"a>b b>c a>c", {}},
                        {"a>a", {"a -> a"}},
                        {"b>a a>b", {"a -> b -> a"}},
                        {"c>a a>b b>c", {"a -> b -> c -> a"}},
                        {"a>b b>c c>a b>a", {"a -> b -> a"}},  // the shorter way back
                        {"a>c c>a a>b b>a", {"a -> b -> a"}},  // of equals, the first names
                        {"x>b b>c c>b c>y", {"b -> c -> b"}},  // not what leads in or out
                        {"a>b b>a c>d d>c b>c", {"a -> b -> a", "c -> d -> c"}},
                        {"b>c c>b b>a", {"b -> c -> b"}}}) {
    Names found;
    for (const Cycle& cycle : graph_of(row.edges).cycles(kTrafficEdges)) {
      found.push_back(cycle.text());
    }
    EXPECT_EQ(found, row.cycles) << row.edges;
  }
}

TEST(Cycles, FollowTheKindsAskedForOnly) {
  const Graph graph({{.name = "a"}, {.name = "b"}},
                    {{.from = "a", .to = "b", .kind = kM}, {.from = "b", .to = "a", .kind = kA}});
  EXPECT_THAT(graph.cycles({kM}), IsEmpty());
  EXPECT_THAT(graph.cycles({kT, kR}), IsEmpty());
  EXPECT_EQ(graph.cycles({kM, kA}).size(), 1u);
  EXPECT_EQ(graph.cycles(kAllEdges).size(), 1u);
}

TEST(Unreachable, IsWhatNoTrafficReaches) {
  const Graph shop(shop_vertices(), shop_edges());
  EXPECT_THAT(shop.unreachable({"door"}, kTrafficEdges),
              ElementsAre(Unreachable{"alarm", "alarm"}, Unreachable{"template", "template"}));
  EXPECT_THAT(shop.unreachable({"door"}, {kT, kR}), ElementsAre(Unreachable{"alarm", "alarm"}));
  EXPECT_THAT(shop.unreachable({"door", "alarm"}, kAllEdges), IsEmpty());
  EXPECT_EQ(shop.unreachable({}, kAllEdges).size(), 5u);
  EXPECT_THAT(graph_of("a>b b>a c").unreachable({"b"}, kTrafficEdges),
              ElementsAre(Unreachable{"c", ""}));
}

TEST(ZoneMismatches, NameTheZonesThatTheBalancerDoesNotServe) {
  const Graph shop(shop_vertices(), shop_edges());
  EXPECT_THAT(
      shop.zone_mismatches("balancer"),
      ElementsAre(ZoneMismatch{
          .from = "door", .to = "fleet", .zones = {"c"}, .path = {"door", "web", "fleet"}}));
  EXPECT_THAT(shop.zone_mismatches("fleet"), IsEmpty());
}

TEST(ZoneMismatches, LookAtWhatTrafficMeetsFirst) {
  struct Row {
    std::string what;
    Names door, hall, attic;
    std::vector<std::pair<std::string, Names>> found;
  };
  for (const Row& row : std::vector<Row>{
           {"all served", {"a", "b"}, {"a"}, {"a"}, {}},
           {"next but one is not the balancer's", {"a"}, {"a"}, {"b"}, {}},
           {"seen through a vertex without zones", {"a"}, {}, {"b", "a", "b"}, {{"attic", {"b"}}}},
           {"both zones", {"a"}, {"c", "b"}, {"z"}, {{"hall", {"b", "c"}}}},
           {"a balancer without zones says nothing", {}, {"a"}, {"b"}, {}}}) {
    const Graph graph({{.name = "door", .type = "balancer", .zones = row.door},
                       {.name = "hall", .zones = row.hall},
                       {.name = "attic", .zones = row.attic}},
                      {{.from = "door", .to = "hall"}, {.from = "hall", .to = "attic"}});
    std::vector<std::pair<std::string, Names>> found;
    for (const ZoneMismatch& each : graph.zone_mismatches("balancer")) {
      found.emplace_back(each.to, each.zones);
    }
    EXPECT_EQ(found, row.found) << row.what;
  }
}

TEST(ShortestPath, GoesByLatencyThenEdgesThenNames) {
  struct Row {
    std::string what;
    std::vector<Edge> edges;
    Names path;
    Duration latency;
  };
  for (const Row& row : std::vector<Row>{
           {"the detour is faster",
            {{"a", "d", kT, 10ms}, {"a", "b", kT, 1ms}, {"b", "d", kT, 2ms}},
            {"a", "b", "d"},
            3ms},
           {"of equal latency, fewer edges",
            {{"a", "d", kT, 3ms}, {"a", "b", kT, 1ms}, {"b", "d", kT, 2ms}},
            {"a", "d"},
            3ms},
           {"of equal edges, the first names",
            {{"a", "c", kT, 1ms}, {"c", "d", kT, 1ms}, {"a", "b", kT, 1ms}, {"b", "d", kT, 1ms}},
            {"a", "b", "d"},
            2ms},
           {"of two edges between two, the faster",
            {{"a", "d", kT, 5ms}, {"a", "d", kT, 4ms}},
            {"a", "d"},
            4ms},
           {"a ring without latency does not hold it",
            {{"a", "b"}, {"b", "a"}, {"b", "d"}},
            {"a", "b", "d"},
            0ms}}) {
    const Graph graph({{.name = "a"}, {.name = "b"}, {.name = "c"}, {.name = "d"}}, row.edges);
    const std::optional<Path> path = graph.shortest_path("a", "d", kTrafficEdges);
    ASSERT_TRUE(path.has_value()) << row.what;
    EXPECT_EQ(path->vertices, row.path) << row.what;
    EXPECT_EQ(path->latency, row.latency) << row.what;
  }
}

TEST(ShortestPath, MayNotExistAndMayBeNothing) {
  const Graph graph = graph_of("a>b c");
  EXPECT_EQ(graph.shortest_path("b", "a", kTrafficEdges), std::nullopt);
  EXPECT_EQ(graph.shortest_path("a", "c", kTrafficEdges), std::nullopt);
  EXPECT_EQ(graph.shortest_path("a", "b", {kR}), std::nullopt);
  EXPECT_EQ(graph.shortest_path("a", "a", {kR}), (Path{.vertices = {"a"}}));
}

TEST(TopologicalOrder, TakesTheFirstNamesFirst) {
  struct Row {
    std::string edges;
    std::optional<Names> order;
  };
  for (const Row& row : std::vector<Row>{{"c b a", Names{"a", "b", "c"}},
                                         {"c>a a>b", Names{"c", "a", "b"}},
                                         {"z>a b", Names{"b", "z", "a"}},
                                         {"d>b d>c b>a c>a", Names{"d", "b", "c", "a"}},
                                         {"a>b b>a c", std::nullopt},
                                         {"a>a", std::nullopt}}) {
    EXPECT_EQ(graph_of(row.edges).topological_order(kTrafficEdges), row.order) << row.edges;
  }
}

TEST(Dot, DrawsTypesZonesKindsAndLatencies) {
  EXPECT_EQ(Graph(shop_vertices(), shop_edges()).dot("a \"shop\""), R"(digraph "a \"shop\"" {
  rankdir=LR;
  node [shape=box];
  "alarm" [label="alarm\nalarm"];
  "door" [label="door\nbalancer\na b"];
  "fleet" [label="fleet\nfleet\na b c"];
  "template" [label="template\ntemplate"];
  "web" [label="web\ngroup"];
  "alarm" -> "fleet" [style=dashed, label="metric"];
  "alarm" -> "fleet" [style=dashed, label="action"];
  "door" -> "web" [style=solid, label="1ms"];
  "fleet" -> "template" [style=dotted, label="reference"];
  "web" -> "fleet" [style=solid, label="250us"];
}
)");
}

}  // namespace
}  // namespace updraft::sim
