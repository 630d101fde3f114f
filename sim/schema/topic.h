// What an `updraft explain` question is about: the names it means, found in the catalogue. Text and
// JSON are written from the same topic (explain.h).
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/core/result.h"
#include "sim/schema/catalogue.h"

namespace updraft::sim {

struct IndexTopic {};  // nothing was asked: everything there is, by name

struct ModelTopic {
  const ModelInfo* model;
};

struct FaultTopic {
  const FaultInfo* fault;
};

struct SectionTopic {
  std::string name;
  std::string doc;
  const std::vector<ParamInfo>* params;  // null: a list of lines
};

/// A parameter and the full name under which it is asked for: "parcel_depot.rules.hold".
struct ParamPlace {
  std::string name;
  const ParamInfo* param;
};

struct ParamTopic {
  std::vector<ParamPlace> places;  // more than one where a bare name stands in several types
};

struct MetricPlace {
  const ModelInfo* model;
  const Metric* metric;
};

struct MetricTopic {
  std::string name;
  std::vector<MetricPlace> places;
};

struct BehaviourPlace {
  const ModelInfo* model;
  const Behaviour* behaviour;
};

/// A rule, or a group of rules ("R2.6" is every rule that begins with "R2.6.").
struct RuleTopic {
  std::string rule;
  std::vector<BehaviourPlace> behaviours;
  std::vector<ParamPlace> params;
};

using Topic = std::variant<IndexTopic, ModelTopic, FaultTopic, SectionTopic, ParamTopic,
                           MetricTopic, RuleTopic>;

/// Reads a question, in this order: nothing; `metric NAME`; a resource type, fault or section;
/// TYPE.PATH; a rule id; a metric's name; a parameter's name. `initial` and `operations` stand
/// before a path for what a type takes there
/// ("parcel_depot.initial.waiting"). The error names the nearest spelling. The topic points into
/// the catalogue.
Result<Topic> find_topic(const Catalogue& catalogue, std::string_view question);

}  // namespace updraft::sim
