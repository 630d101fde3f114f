#include "sim/schema/catalogue.h"

#include <algorithm>

#include "sim/core/check.h"

namespace updraft::sim {
namespace {

template <class Info>
void sort_by_type(std::vector<Info>& infos) {
  std::sort(infos.begin(), infos.end(),
            [](const Info& a, const Info& b) { return a.type < b.type; });
  for (std::size_t i = 1; i < infos.size(); ++i) {
    SIM_CHECK(infos[i - 1].type != infos[i].type, "two messages have the type \"{}\"",
              infos[i].type);
  }
}

template <class Info>
const Info* find_by_type(const std::vector<Info>& infos, std::string_view type) {
  const auto it = std::lower_bound(
      infos.begin(), infos.end(), type,
      [](const Info& info, std::string_view wanted) { return info.type < wanted; });
  return it != infos.end() && it->type == type ? &*it : nullptr;
}

}  // namespace

Catalogue::Catalogue(const Spec& spec) : header_message_(spec.header) {
  for (const auto* message : spec.models) {
    models_.push_back(describe_model(*message));
  }
  for (const auto* message : spec.faults) {
    faults_.push_back(describe_fault(*message));
  }
  sort_by_type(models_);
  sort_by_type(faults_);
  if (spec.header != nullptr) {
    header_ = describe_params(*spec.header);
  }
  for (const SectionSpec& section : spec.sections) {
    SectionInfo info{.name = section.name,
                     .doc = section.doc,
                     .key_field = section.key_field,
                     .params = {},
                     .message = section.message};
    if (section.message != nullptr) {
      info.params = describe_params(*section.message, section.key_field);
    }
    sections_.push_back(std::move(info));
  }
}

const ModelInfo* Catalogue::find_model(std::string_view type) const {
  return find_by_type(models_, type);
}

const FaultInfo* Catalogue::find_fault(std::string_view type) const {
  return find_by_type(faults_, type);
}

const SectionInfo* Catalogue::find_section(std::string_view name) const {
  const auto it = std::find_if(sections_.begin(), sections_.end(),
                               [&](const SectionInfo& section) { return section.name == name; });
  return it != sections_.end() ? &*it : nullptr;
}

}  // namespace updraft::sim
