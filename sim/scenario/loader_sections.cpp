// The sections beside resources: traffic, initial, operations, faults, slo.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "sim/scenario/condition.h"
#include "sim/scenario/loader.h"
#include "sim/scenario/slo.h"
#include "sim/scenario/trigger.h"
#include "sim/schema/quantity.h"
#include "sim/schema/wording.h"

namespace updraft::sim {

void Loader::read_traffic(const YamlNode& node) {
  const auto* key_field = Traffic::descriptor()->FindFieldByName("name");
  for (const YamlNode::Entry& entry : node.entries) {
    const std::string& name = entry.key->scalar;
    const Subject subject{fmt::format("traffic \"{}\": ", shown(name)), "", "",
                          &sources_.mutable_traffic(name)};
    const bool plain = !name.empty() && name.find_first_of(" \t\n<>=/") == std::string::npos;
    if (!plain) {
      reader_->report(subject, *entry.key, "a name has no blanks, no / and no comparison");
    }
    Traffic traffic;
    const bool ok = reader_->read(subject, *entry.value, traffic, key_field);
    if (!ok) {
      wrong_traffic_.insert(name);
    }
    traffic.set_name(name);
    if (ok && traffic.has_region() && !registry_.regions().empty() &&
        registry_.region(traffic.region()) == nullptr) {
      reader_->report(subject, *entry.value->find("region")->value,
                      fmt::format("region: no region {}{}", in_quotes(traffic.region()),
                                  reader_->hint(traffic.region(), names_of(registry_.regions()),
                                                "the regions are")));
    }
    if (ok && traffic.until().ns() != 0 && traffic.until().ns() <= traffic.from().ns()) {
      const YamlNode::Entry* until = entry.value->find("until");
      reader_->report(
          subject, until == nullptr ? *entry.value : *until->value,
          fmt::format("until is {}; it must come after from, which is {}",
                      format_duration(traffic.until().ns()), format_duration(traffic.from().ns())));
    }
    traffic_.emplace(name, std::move(traffic));
  }
}

void Loader::read_initial(const YamlNode& node) {
  for (const YamlNode::Entry& entry : node.entries) {
    const std::string& name = entry.key->scalar;
    const auto found = resources_.find(name);
    if (found == resources_.end()) {
      add(*entry.key, fmt::format("initial: no resource {}{}", in_quotes(name),
                                  reader_->hint(name, resource_names(), "there is")));
      continue;
    }
    const ResourceType* type = found->second.type;
    if (type == nullptr) {
      continue;  // its type is wrong; that was said
    }
    if (type->initial == nullptr) {
      add(*entry.key, fmt::format("initial: {} is a {}, which has nothing to begin with",
                                  in_quotes(name), type->name));
      continue;
    }
    const Subject subject{fmt::format("initial \"{}\": ", shown(name)), "",
                          folder_note(type->initial->GetDescriptor()->file()),
                          &sources_.mutable_initial(name)};
    std::unique_ptr<google::protobuf::Message> message(type->initial->New());
    if (reader_->read(subject, *entry.value, *message)) {
      initial_.emplace(name, std::move(message));
    }
  }
}

// A part of a scalar: inside a line without escapes the word itself is shown.
std::pair<Mark, std::size_t> Loader::within(const YamlNode& node, std::size_t offset,
                                            std::size_t length) const {
  const std::size_t begin = source_->offset(node.start) + (node.quoted ? 1 : 0);
  if (source_->text().compare(begin, node.scalar.size(), node.scalar) != 0) {
    return {node.start, node.width()};
  }
  return {source_->mark(begin + offset), std::max<std::size_t>(1, length)};
}

std::optional<Condition> Loader::read_condition(const Subject& subject, const YamlNode& node) {
  const auto fail = [&](std::size_t offset, std::size_t length, const std::string& message) {
    const auto [mark, width] = within(node, offset, length);
    found_.add(mark, width, fmt::format("{}when: {}", subject.label, message));
    return std::nullopt;
  };
  const auto parsed = parse_condition(node.scalar);
  if (const auto* fault = std::get_if<ConditionFault>(&parsed)) {
    return fail(fault->offset, fault->length, fault->message);
  }
  const auto& condition = std::get<Condition>(parsed);
  const std::size_t at = node.scalar.find_first_not_of(" \t");
  const auto found = resources_.find(condition.resource());
  if (found == resources_.end()) {
    return fail(at, condition.resource().size(),
                fmt::format("no resource {}{}", in_quotes(condition.resource()),
                            reader_->hint(condition.resource(), resource_names(), "there is")));
  }
  if (found->second.type == nullptr) {
    return condition;  // its type is wrong; that was said
  }
  std::vector<std::string> metrics;
  for (const auto& metric : found->second.type->options().metric()) {
    if (!metric.per_instance()) {
      metrics.push_back(metric.name());
    }
  }
  if (std::find(metrics.begin(), metrics.end(), condition.metric()) == metrics.end()) {
    return fail(at + condition.resource().size() + 1, condition.metric().size(),
                fmt::format("{} has no metric {}{}", in_quotes(condition.resource()),
                            in_quotes(condition.metric()),
                            reader_->hint(condition.metric(), metrics, "it has")));
  }
  return condition;
}

std::optional<Timing> Loader::read_timing(const Subject& subject, const YamlNode& node,
                                          std::optional<Condition>& condition) {
  Timing timing;
  if (!reader_->read_known(subject, node, timing)) {
    return std::nullopt;
  }
  if (timing.has_when()) {
    condition = read_condition(subject, *node.find("when")->value);
    return condition ? std::optional(timing) : std::nullopt;
  }
  if (timing.has_rate()) {
    if (timing.rate() > 0) {
      return timing;
    }
    const YamlNode& rate = *node.find("rate")->value;
    reader_->report(subject, rate,
                    fmt::format("rate is {}; it must be more than none", shown(rate.scalar)));
    return std::nullopt;
  }
  if (header_.has_duration() && timing.at().ns() >= header_.duration().ns()) {
    const YamlNode& at = *node.find("at")->value;
    reader_->report(subject, at,
                    fmt::format("at is {}; it must come before the end, duration is {}",
                                shown(at.scalar), format_duration(header_.duration().ns())));
    return std::nullopt;
  }
  return timing;
}

void Loader::read_operations(const YamlNode& node) {
  for (const YamlNode* item : node.items) {
    read_operation(*item);
  }
  std::stable_sort(operations_.begin(), operations_.end(), [](const auto& a, const auto& b) {
    return order_of(a.timing) < order_of(b.timing);
  });
}

void Loader::read_operation(const YamlNode& node) {
  constexpr std::string_view kShape = "{at: 3d, NAME: {OPERATION: ...}}";
  const Subject any{"operation: ", "", "", nullptr};
  if (!node.is_mapping()) {
    add(node, fmt::format("an operation is a mapping: {}", kShape));
    return;
  }
  std::optional<Condition> condition;
  const std::optional<Timing> timing = read_timing(any, node, condition);
  const YamlNode::Entry* target = nullptr;
  for (const YamlNode::Entry& entry : node.entries) {
    const std::string& key = entry.key->scalar;
    if (key == "at" || key == "rate" || key == "when") {
      continue;
    }
    if (key == "for") {
      add(*entry.key, "operation: no key \"for\"; only a fault ends by itself");
    } else if (target != nullptr) {
      add(*entry.key, fmt::format("operation: {} and {}; an operation names one resource",
                                  in_quotes(target->key->scalar), in_quotes(key)));
    } else {
      target = &entry;
    }
  }
  if (target == nullptr) {
    add(node, fmt::format("operation: a resource is missing; write {}", kShape));
    return;
  }
  const std::string& name = target->key->scalar;
  const auto found = resources_.find(name);
  if (found == resources_.end()) {
    add(*target->key, fmt::format("operation: no resource {}{}", in_quotes(name),
                                  reader_->hint(name, resource_names(), "there is")));
    return;
  }
  const ResourceType* type = found->second.type;
  if (type == nullptr) {
    return;  // its type is wrong; that was said
  }
  if (type->operations == nullptr) {
    add(*target->key, fmt::format("operation: {} is {}, which has no operations", in_quotes(name),
                                  with_article(type->name)));
    return;
  }
  const Subject subject{fmt::format("operation on \"{}\": ", shown(name)), "",
                        folder_note(type->operations->GetDescriptor()->file()), nullptr};
  const MessageInfo& info = reader_->schema().of(type->operations->GetDescriptor());
  // `queue: purge` is `queue: {purge: {}}`.
  const bool word = target->value->is_scalar() && !target->value->is_null();
  const bool one = target->value->is_mapping() && target->value->entries.size() == 1;
  if (!word && !one) {
    reader_->report(subject, *target->value,
                    fmt::format("it must be exactly one of {}", listed(info.names())));
    return;
  }
  const YamlNode& key = word ? *target->value : *target->value->entries.front().key;
  const FieldInfo* field = info.find(key.scalar);
  if (field == nullptr) {
    reader_->report(subject, key,
                    fmt::format("no operation {}{}", in_quotes(key.scalar),
                                reader_->hint(key.scalar, info.names(), "the operations are")));
    return;
  }
  YamlNode nothing;
  nothing.kind = word && field->is_message() ? YamlNode::Kind::kMapping : YamlNode::Kind::kScalar;
  nothing.start = key.start;
  nothing.end = key.end;
  std::unique_ptr<google::protobuf::Message> message(type->operations->New());
  const YamlNode& value = word ? nothing : *target->value->entries.front().value;
  const bool ok = reader_->read_one(subject, value, *field, *message);
  if (!ok || !timing) {
    return;
  }
  reader_->apply_rules(*message);
  const YamlNode& shown_at = word ? *target->value : value;
  operations_.push_back({.timing = *timing,
                         .condition = std::move(condition),
                         .resource = name,
                         .message = std::move(message),
                         .place = node.start,
                         .value = shown_at.start,
                         .width = shown_at.width()});
}

void Loader::read_faults(const YamlNode& node) {
  for (const YamlNode* item : node.items) {
    read_fault(*item);
  }
}

void Loader::read_fault(const YamlNode& node) {
  constexpr std::string_view kShape = "{at: 7d, for: 30m, FAULT: ...}";
  const Subject any{"fault: ", "", "", nullptr};
  if (!node.is_mapping()) {
    add(node, fmt::format("a fault is a mapping: {}", kShape));
    return;
  }
  std::optional<Condition> condition;
  const std::optional<Timing> timing = read_timing(any, node, condition);
  const YamlNode::Entry* named = nullptr;
  for (const YamlNode::Entry& entry : node.entries) {
    const std::string& key = entry.key->scalar;
    if (key == "at" || key == "for" || key == "rate" || key == "when") {
      continue;
    }
    if (named != nullptr) {
      add(*entry.key, fmt::format("fault: {} and {}; each fault has a line of its own",
                                  in_quotes(named->key->scalar), in_quotes(key)));
      continue;
    }
    named = &entry;
  }
  if (named == nullptr) {
    add(node, fmt::format("fault: what fails is missing; write {}", kShape));
    return;
  }
  const FaultType* type = registry_.fault(named->key->scalar);
  if (type == nullptr) {
    add(*named->key, fmt::format("no fault {}{}", in_quotes(named->key->scalar),
                                 reader_->hint(named->key->scalar, names_of(registry_.faults()),
                                               "the faults are")));
    return;
  }
  PendingFault pending{type, nullptr, {}, named->key->start, nullptr};
  pending.message.reset(type->params->New());
  const Subject subject{fmt::format("fault \"{}\": ", type->name), "",
                        folder_note(type->params->GetDescriptor()->file()), &pending.written};
  const bool ok = reader_->read(subject, *named->value, *pending.message);
  if (!ok || !timing) {
    return;
  }
  if (!timing->has_at() && !timing->has_for_() && !type->instant) {
    add(*named->key, fmt::format("fault {}: for is missing; a fault that may come again has to end",
                                 in_quotes(type->name)));
    return;
  }
  FaultPlan& plan = *faults_.emplace_back(std::make_unique<FaultPlan>());
  set_trigger(*timing, condition, plan);
  plan.set_for_ns(timing->for_().ns());
  plan.set_type(type->name);
  *plan.mutable_place() = place(node.start);
  pending.plan = &plan;
  pending_faults_.push_back(std::move(pending));
}

void Loader::read_slo(const YamlNode& node) {
  const std::vector<std::string> traffic = names_of(traffic_);
  for (const YamlNode* item : node.items) {
    if (!item->is_scalar()) {
      add(*item, "an objective is a line of text: p(99) latency < 500ms");
      continue;
    }
    const auto parsed = parse_slo(item->scalar, traffic);
    if (const auto* slo = std::get_if<Slo>(&parsed)) {
      slos_.push_back(*slo);
      continue;
    }
    const auto& fault = std::get<SloFault>(parsed);
    const auto [mark, width] = within(*item, fault.offset, fault.length);
    found_.add(mark, width, "slo: " + fault.message);
  }
}

}  // namespace updraft::sim
