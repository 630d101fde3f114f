// The scenario as a graph (sim/topology): circles that could never run, zones that requests cannot
// reach, and what no request reaches or nobody names.
//
// A circle is an error along references (each would be built before the other), along requests (one
// would go round for ever) and along metrics (each would wait for the other's value). Mixed ones
// are the usual thing: an alarm watches a group and acts on it.
#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "sim/scenario/loader.h"
#include "sim/scenario/zone_fields.h"
#include "sim/schema/wording.h"

namespace updraft::sim {
namespace {

using google::protobuf::Descriptor;

Edge edge_of(const Reference& reference) {
  switch (reference.param->flow()) {
    case SENDS_TO:
    case EVENTS_TO:
      return {.from = reference.owner, .to = reference.name, .kind = EdgeKind::kTraffic};
    case RECEIVES_FROM:
      return {.from = reference.name, .to = reference.owner, .kind = EdgeKind::kTraffic};
    case WATCHES:
      return {.from = reference.owner, .to = reference.name, .kind = EdgeKind::kMetric};
    case ACTS_ON:
      return {.from = reference.owner, .to = reference.name, .kind = EdgeKind::kAction};
    case NAMES:
      break;
  }
  return {.from = reference.owner, .to = reference.name, .kind = EdgeKind::kReference};
}

struct Circle {
  EdgeKind kind;
  const char* why;
  const char* why_of_one;  // where a resource leads to itself
};
constexpr std::array kCircles = {
    Circle{EdgeKind::kReference, "each would have to be made before the other",
           "it would have to be made before itself"},
    Circle{EdgeKind::kTraffic, "requests would go round for ever",
           "requests would go round for ever"},
    Circle{EdgeKind::kMetric, "each would wait for the other's value",
           "it would wait for its own value"}};

// What the fields of all types say of the types that they refer to.
struct Roles {
  std::set<std::string> named;          // takes part only where somebody names it
  std::set<std::string> sent_to;        // gets its requests from another resource
  std::set<std::string> received_from;  // hands its requests on to whoever takes them

  void add(SchemaView& schema, const Descriptor* type, std::set<const Descriptor*>& seen) {
    if (!seen.insert(type).second) {
      return;
    }
    for (const FieldInfo& field : schema.of(type).fields) {
      if (field.is_message()) {
        add(schema, field.field->message_type(), seen);
      }
      for (const std::string& to : field.param->refers_to()) {
        switch (field.param->flow()) {
          case NAMES:
            named.insert(to);
            break;
          case SENDS_TO:
          case EVENTS_TO:
            sent_to.insert(to);
            break;
          case RECEIVES_FROM:
            received_from.insert(to);
            break;
          default:
            break;
        }
      }
    }
  }
};

// Nothing leads on from where requests get to. What takes requests itself answers them; a queue
// that another one fills may be the end.
template <class Warn>
void warn_of_end(bool takes_requests, bool gets_from_resource, const Warn& warn) {
  if (!takes_requests) {
    warn("requests end here without an answer; no resource takes them from it");
  } else if (!gets_from_resource) {
    warn("what is sent to it stays there; no resource takes it out");
  }
}

}  // namespace

// Without events: what nobody waits for may go round in a circle, as in AWS.
Graph Loader::make_graph(bool with_events) {
  edges_.clear();
  std::vector<Vertex> vertices;
  for (const auto& [name, resource] : resources_) {
    Vertex& vertex = vertices.emplace_back();
    vertex.name = name;
    vertex.type = resource.type == nullptr ? "" : resource.type->name;
    if (resource.ok && resource.message != nullptr) {
      collect_zones(*resource.message, vertex.zones);
      sort_once(vertex.zones);
    }
  }
  std::vector<Edge> edges;
  for (const Reference& reference : reader_->references()) {
    const auto found = resources_.find(reference.name);
    if (reference.param->flow() == EVENTS_TO && !with_events) {
      continue;
    }
    if (reference.owner.empty() || found == resources_.end() || found->second.type == nullptr ||
        !fits(reference, *found->second.type)) {
      continue;  // no edge, or said elsewhere
    }
    const Edge edge = edge_of(reference);
    if (edges_.try_emplace(edge, &reference).second) {
      edges.push_back(edge);
    }
  }
  return {std::move(vertices), std::move(edges)};
}

void Loader::check_topology() {
  check_cycles(make_graph(/*with_events=*/false));
  const Graph graph = make_graph(/*with_events=*/true);
  check_zones_of_paths(graph);
  if (found_.empty()) {  // or a name that was mistyped would be told twice
    warn_of_idle(graph);
  }
}

void Loader::check_cycles(const Graph& graph) {
  for (const Circle& circle : kCircles) {
    for (const Cycle& cycle : graph.cycles({circle.kind})) {
      const auto edge = [&](std::size_t i) -> const Reference& {
        return *edges_.at({.from = cycle.path[i], .to = cycle.path[i + 1], .kind = circle.kind});
      };
      std::string way = cycle.path.front();
      for (std::size_t i = 0; i + 1 < cycle.path.size(); ++i) {
        const Reference& step = edge(i);
        way += fmt::format(" -> {} ({}, line {})", cycle.path[i + 1], step.path, step.mark.line);
      }
      const Reference& first = edge(0);
      const bool itself = cycle.path.size() == 2;
      found_.add(
          first.mark, first.width,
          fmt::format("{}{} is {}; {}, and {}{}", first.label, first.path, in_quotes(first.name),
                      itself ? std::string("that is the resource itself")
                             : "that leads round in a circle: " + way,
                      itself ? circle.why_of_one : circle.why, first.folder));
    }
  }
}

// The type says that what gets requests through it has to stand in its zones.
void Loader::check_zones_of_paths(const Graph& graph) {
  for (const auto& [type_name, type] : registry_.resources()) {
    if (!type.bounds_zones()) {
      continue;
    }
    for (const ZoneMismatch& mismatch : graph.zone_mismatches(type_name)) {
      std::vector<std::string> own;
      collect_zones(*resources_.at(mismatch.from).message, own);
      sort_once(own);
      std::string way;
      for (std::size_t i = 1; i + 1 < mismatch.path.size(); ++i) {
        way += fmt::format("{}{}", i == 1 ? " through " : ", ", in_quotes(mismatch.path[i]));
      }
      for (const ZoneUse& use : reader_->zone_uses()) {
        if (use.owner != mismatch.to || std::find(mismatch.zones.begin(), mismatch.zones.end(),
                                                  use.zone) == mismatch.zones.end()) {
          continue;
        }
        found_.add(use.mark, use.width,
                   fmt::format("{}{} is {}; {}, whose requests reach it{}, is in {} only: add {} "
                               "there or leave it out here",
                               use.label, use.path, in_quotes(use.zone), in_quotes(mismatch.from),
                               way, listed(own), use.zone));
      }
    }
  }
}

void Loader::warn_of_idle(const Graph& graph) {
  Roles roles;
  std::set<const Descriptor*> seen;
  for (const auto& [name, type] : registry_.resources()) {
    roles.add(reader_->schema(), type.params->GetDescriptor(), seen);
  }
  std::set<std::string> referred_to;
  std::set<std::string> gives;  // requests to somebody
  std::set<std::string> gets;   // requests from another resource
  for (const Edge& edge : graph.edges()) {
    if (edge.kind == EdgeKind::kTraffic) {
      gives.insert(edge.from);
      gets.insert(edge.to);
    } else if (edge.kind == EdgeKind::kReference) {
      referred_to.insert(edge.to);
    }
  }
  std::vector<std::string> entries;
  for (const auto& [name, traffic] : traffic_) {
    entries.push_back(traffic.to());
  }
  sort_once(entries);
  std::set<std::string> unreached;
  for (const Unreachable& vertex : graph.unreachable(entries, kTrafficEdges)) {
    unreached.insert(vertex.name);
  }
  for (const auto& [name, resource] : resources_) {
    if (resource.key == nullptr || name.find('/') != std::string::npos) {
      continue;  // nobody wrote it, or it stands where it is used
    }
    const std::string label = fmt::format("resource {}: ", in_quotes(name));
    const std::string& type = resource.type->name;
    const auto warn = [&, &key = *resource.key](std::string_view text) {
      found_.warn(key.start, key.width(), label + std::string(text));
    };
    const bool carries = resource.type->takes_requests() || roles.sent_to.count(type) > 0;
    const bool idle = gets.count(name) == 0 && referred_to.count(name) == 0 &&
                      unreached.count(name) > 0 && !traffic_.empty();
    if (carries && idle) {
      warn(resource.type->takes_requests() ? "no requests reach it; no traffic is sent to it"
                                           : "no requests reach it; no resource sends it any");
    } else if (roles.received_from.count(type) > 0 && gives.count(name) == 0) {
      warn_of_end(resource.type->takes_requests(), gets.count(name) > 0, warn);
    } else if (!carries && roles.named.count(type) > 0 && referred_to.count(name) == 0) {
      warn("it takes no part; no resource names it");
    }
  }
}

}  // namespace updraft::sim
