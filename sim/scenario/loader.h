// Inside of Scenario::load: the order in which a scenario is read. Use scenario.h.
//
// The header comes first (the rules edition picks defaults), then the names of all resources
// (references may point forward), then every section, references, default rules, and last the
// checks of the types.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/scenario/message_reader.h"
#include "sim/scenario/scenario.h"
#include "sim/topology/graph.h"

namespace updraft::sim {

class Loader {
 public:
  Loader(std::shared_ptr<const SourceText> source, const TypeRegistry& registry,
         const LoadOptions& options);

  LoadResult run();

 private:
  friend class PlacedChecker;

  struct Resource {
    std::string name;
    const ResourceType* type = nullptr;
    const YamlNode* key = nullptr;     // its name; null for one that is there unnamed
    const YamlNode* params = nullptr;  // null for one that is there unnamed
    std::unique_ptr<google::protobuf::Message> message;
    bool ok = true;
  };
  // An operation that waits for its type's check.
  struct PendingOperation {
    Timing timing;
    std::optional<Condition> condition;  // of timing.when
    std::string resource;
    std::unique_ptr<google::protobuf::Message> message;
    Mark place;             // of the whole
    Mark value;             // of its value
    std::size_t width = 1;  // of its value
  };
  // A fault that waits for its check.
  struct PendingFault {
    const FaultType* type;
    std::unique_ptr<google::protobuf::Message> message;
    WrittenFields written;
    Mark place;
    FaultPlan* plan;
  };
  using Names = std::map<std::string, Resource, std::less<>>;

  void read_rules(const YamlNode& root);
  void read_header(const YamlNode& root);
  void check_region(const YamlNode& root);
  void check_top_level(const YamlNode& root);
  const YamlNode* section(const YamlNode& root, std::string_view name, YamlNode::Kind kind);
  void collect_resources(const YamlNode& section);
  void collect_resource(const YamlNode::Entry& entry);
  void add_implicit();
  void check_only_one(const ResourceType& type);
  void read_resources();
  void read_resource(Resource& resource);
  void add_inline_resources();
  void read_traffic(const YamlNode& section);
  void read_initial(const YamlNode& section);
  void read_operations(const YamlNode& section);
  void read_operation(const YamlNode& node);
  void read_faults(const YamlNode& section);
  void read_fault(const YamlNode& node);
  void read_slo(const YamlNode& section);
  std::optional<Timing> read_timing(const Subject& subject, const YamlNode& node,
                                    std::optional<Condition>& condition);
  std::optional<Condition> read_condition(const Subject& subject, const YamlNode& node);
  [[nodiscard]] std::pair<Mark, std::size_t> within(const YamlNode& node, std::size_t offset,
                                                    std::size_t length) const;
  void check_references();
  void check_reference(const Reference& reference);
  [[nodiscard]] bool fits(const Reference& reference, const ResourceType& type) const;
  [[nodiscard]] std::vector<std::string> fitting_types(const Param& param) const;
  [[nodiscard]] Graph make_graph(bool with_events);
  void check_topology();
  void check_cycles(const Graph& graph);
  void check_zones_of_paths(const Graph& graph);
  void warn_of_idle(const Graph& graph);
  void check_zones(const std::vector<ZoneUse>& uses, const std::vector<std::string>& zones);
  void apply_rules();
  void check_resources();
  void check_traffic();
  void check_faults();
  void build(Plan& plan);
  [[nodiscard]] Subject subject_of(const Resource& resource);
  [[nodiscard]] std::vector<std::string> resource_names() const;
  [[nodiscard]] Place place(Mark mark) const;
  void add(const YamlNode& node, std::string message);

  std::shared_ptr<const SourceText> source_;
  const TypeRegistry& registry_;
  const LoadOptions& options_;
  Diagnostics found_;
  std::string directory_;
  FileAccess files_;
  std::optional<YamlTree> tree_;
  std::string edition_;
  ScenarioHeader header_;
  std::optional<MessageReader> reader_;
  Names resources_;
  std::vector<Reference> references_;
  std::map<std::string, std::unique_ptr<google::protobuf::Message>> initial_;
  std::map<std::string, Traffic> traffic_;
  std::set<std::string> wrong_traffic_;  // sources with findings of their own
  std::map<Edge, const Reference*> edges_;
  std::map<const Param*, std::vector<std::string>> fitting_names_;  // found, never walked
  std::vector<PendingOperation> operations_;
  std::vector<PendingFault> pending_faults_;
  std::vector<std::unique_ptr<FaultPlan>> faults_;
  std::vector<Slo> slos_;
  SourceMap sources_;
};

}  // namespace updraft::sim
