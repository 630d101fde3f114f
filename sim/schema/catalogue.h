// Everything that a scenario may name, read once: resource types, faults, and the parts of the
// scenario that no model owns (its header, traffic). The registry gives the models' messages,
// sim/scenario its own, so that sim/schema depends on neither.
//
//   const SectionSpec traffic = {
//       .name = "traffic", .message = Traffic::descriptor(), .key_field = "name"};
//   const Catalogue catalogue({.models = registry_models(), .faults = registry_faults(),
//                              .header = ScenarioHeader::descriptor(), .sections = {traffic}});
//
// Models and faults are kept sorted by type, whatever the order given.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <google/protobuf/descriptor.h>

#include "sim/schema/describe.h"

namespace updraft::sim {

/// A key of the scenario whose value is a mapping from names to messages, or a list of lines of
/// text.
struct SectionSpec {
  std::string name;
  std::string doc;
  const google::protobuf::Descriptor* message = nullptr;  // null: a list of lines
  std::string key_field;                                  // takes the mapping's key
};

struct SectionInfo {
  std::string name;
  std::string doc;
  std::string key_field;
  std::vector<ParamInfo> params;
  const google::protobuf::Descriptor* message = nullptr;
};

class Catalogue {
 public:
  struct Spec {
    std::vector<const google::protobuf::Descriptor*> models = {};
    std::vector<const google::protobuf::Descriptor*> faults = {};
    const google::protobuf::Descriptor* header =
        nullptr;  // its fields stand at the top of the scenario
    std::vector<SectionSpec> sections = {};
  };

  /// Throws InvariantError where two models, or two faults, have one type: a mistake of ours, not
  /// the user's.
  explicit Catalogue(const Spec& spec);

  [[nodiscard]] const std::vector<ModelInfo>& models() const { return models_; }
  [[nodiscard]] const std::vector<FaultInfo>& faults() const { return faults_; }
  [[nodiscard]] const std::vector<SectionInfo>& sections() const { return sections_; }
  [[nodiscard]] const std::vector<ParamInfo>& header() const { return header_; }
  [[nodiscard]] const google::protobuf::Descriptor* header_message() const {
    return header_message_;
  }

  /// Null where there is none.
  [[nodiscard]] const ModelInfo* find_model(std::string_view type) const;
  [[nodiscard]] const FaultInfo* find_fault(std::string_view type) const;
  [[nodiscard]] const SectionInfo* find_section(std::string_view name) const;

 private:
  std::vector<ModelInfo> models_;
  std::vector<FaultInfo> faults_;
  std::vector<SectionInfo> sections_;
  std::vector<ParamInfo> header_;
  const google::protobuf::Descriptor* header_message_;
};

}  // namespace updraft::sim
