// Graphviz output. Written by hand rather than by boost::write_graphviz, which formats numbers with
// the global locale.
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sim/topology/graph.h"

namespace updraft::sim {
namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '"' || c == '\\') {
      out += '\\';
    }
    out += c;
  }
  return out + '"';
}

std::string_view style(EdgeKind kind) {
  switch (kind) {
    case EdgeKind::kTraffic:
      return "solid";
    case EdgeKind::kReference:
      return "dotted";
    case EdgeKind::kMetric:
    case EdgeKind::kAction:
      return "dashed";
  }
  return "solid";
}

// The longest unit that divides the latency: "1500us", "2ms".
std::string latency_text(Duration latency) {
  struct Unit {
    std::int64_t ns;
    std::string_view name;
  };
  static constexpr std::array kUnits = {Unit{1'000'000'000, "s"}, Unit{1'000'000, "ms"},
                                        Unit{1'000, "us"}};
  for (const Unit& unit : kUnits) {
    if (to_ns(latency) % unit.ns == 0) {
      return fmt::format("{}{}", to_ns(latency) / unit.ns, unit.name);
    }
  }
  return fmt::format("{}ns", to_ns(latency));
}

}  // namespace

std::string Graph::dot(std::string_view title) const {
  std::string out =
      fmt::format("digraph {} {{\n  rankdir=LR;\n  node [shape=box];\n", quoted(title));
  for (const Vertex& vertex : vertices()) {
    std::string label = vertex.name;
    if (!vertex.type.empty()) {
      label += "\n" + vertex.type;
    }
    if (!vertex.zones.empty()) {
      label += fmt::format("\n{}", fmt::join(vertex.zones, " "));
    }
    out += fmt::format("  {} [label={}];\n", quoted(vertex.name), quoted(label));
  }
  for (const Edge& edge : edges()) {
    out +=
        fmt::format("  {} -> {} [style={}", quoted(edge.from), quoted(edge.to), style(edge.kind));
    if (edge.latency > Duration::zero()) {
      out += fmt::format(", label=\"{}\"", latency_text(edge.latency));
    } else if (edge.kind != EdgeKind::kTraffic) {
      out += fmt::format(", label=\"{}\"", to_string(edge.kind));
    }
    out += "];\n";
  }
  return out + "}\n";
}

}  // namespace updraft::sim
