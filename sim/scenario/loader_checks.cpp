// What needs all of the scenario: references, zones, and the checks of the types.
#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "sim/core/check.h"
#include "sim/scenario/loader.h"
#include "sim/scenario/zone_fields.h"
#include "sim/schema/wording.h"

namespace updraft::sim {
namespace {

using google::protobuf::Message;

// The field itself, or what was written nearest around it.
std::optional<Mark> nearest_place(const WrittenFields& written, std::string_view path) {
  std::optional<Mark> mark = written.place(path);
  while (!mark && !path.empty()) {
    const std::size_t cut = path.find_last_of(".[");
    path = cut == std::string_view::npos ? "" : path.substr(0, cut);
    mark = written.place(path);
  }
  return mark;
}

std::string one_of_types(const std::vector<std::string>& types) {
  std::string text;
  for (const std::string& type : types) {
    text += (text.empty() ? "" : " or ") + with_article(type);
  }
  return text;
}

}  // namespace

// Places the findings of a type's own check.
class PlacedChecker final : public Checker {
 public:
  struct Of {
    std::string name;
    std::string label;
    std::string folder;
    const WrittenFields& written;
    Mark place;
    std::string resource;  // whose beginning and operations are meant; empty: nobody's
  };

  PlacedChecker(Loader& loader, Of of) : loader_(loader), of_(std::move(of)) {
    for (const Loader::PendingOperation& operation : loader_.operations_) {
      // What happens at random or on a condition has no place in the order of the others.
      if (!of_.resource.empty() && operation.resource == of_.resource &&
          operation.timing.has_at()) {
        operations_.push_back({operation.timing.at().ns(), operation.message.get()});
        pending_.push_back(&operation);
      }
    }
  }

  void error(std::string_view field_path, std::string_view message) override {
    loader_.found_.add(place_of(field_path), 1,
                       fmt::format("{}{}{}", of_.label, message, of_.folder));
  }
  void error_within(std::string_view field_path, std::string_view written, std::size_t offset,
                    std::size_t length, std::string_view message) override {
    Mark mark = place_of(field_path);
    std::size_t width = 1;
    // Inside a line without escapes the word itself is shown.
    const std::string_view text = loader_.source_->text();
    std::size_t begin = loader_.source_->offset(mark);
    const bool quoted = begin < text.size() && (text[begin] == '"' || text[begin] == '\'');
    begin += quoted ? 1 : 0;
    if (text.substr(std::min(begin, text.size()), written.size()) == written) {
      mark = loader_.source_->mark(begin + offset);
      width = std::max<std::size_t>(1, length);
    }
    loader_.found_.add(mark, width, fmt::format("{}{}{}", of_.label, message, of_.folder));
  }
  void warn(std::string_view field_path, std::string_view message) override {
    loader_.found_.warn(place_of(field_path), 1,
                        fmt::format("{}{}{}", of_.label, message, of_.folder));
  }
  void initial_error(std::string_view field_path, std::string_view message) override {
    const WrittenFields& written = loader_.sources_.initial(of_.resource);
    loader_.found_.add(
        nearest_place(written, field_path).value_or(of_.place), 1,
        fmt::format("initial {}: {}{}", in_quotes(of_.resource), message, of_.folder));
  }
  void operation_warn(std::size_t index, std::string_view message) override {
    const Loader::PendingOperation& operation = *pending_.at(index);
    loader_.found_.warn(
        operation.value, operation.width,
        fmt::format("operation on {}: {}{}", in_quotes(of_.resource), message, of_.folder));
  }

  [[nodiscard]] bool was_written(std::string_view field_path) const override {
    return of_.written.was_written(field_path);
  }
  [[nodiscard]] std::string_view name() const override { return of_.name; }
  [[nodiscard]] const Message* initial() const override {
    const auto found = loader_.initial_.find(of_.resource);
    return found == loader_.initial_.end() ? nullptr : found->second.get();
  }
  [[nodiscard]] const std::vector<CheckedOperation>& operations() const override {
    return operations_;
  }

  [[nodiscard]] const Message* params_of(std::string_view resource) const override {
    const auto found = loader_.resources_.find(resource);
    const bool usable = found != loader_.resources_.end() && found->second.ok;
    return usable ? found->second.message.get() : nullptr;
  }
  [[nodiscard]] std::string_view type_of(std::string_view resource) const override {
    const auto found = loader_.resources_.find(resource);
    const bool known = found != loader_.resources_.end() && found->second.type != nullptr;
    return known ? std::string_view(found->second.type->name) : "";
  }
  [[nodiscard]] std::vector<std::string> resource_names() const override {
    return loader_.resource_names();
  }
  [[nodiscard]] std::vector<std::string> zones_of(std::string_view resource) const override {
    std::vector<std::string> zones;
    if (const Message* params = params_of(resource)) {
      collect_zones(*params, zones);
      sort_once(zones);
    }
    return zones;
  }
  [[nodiscard]] const ScenarioHeader& header() const override { return loader_.header_; }
  [[nodiscard]] Result<std::string> read_file(const std::string& name) const override {
    constexpr std::size_t kMaxBytes = std::size_t{1} << 30U;
    return loader_.files_.read(name, kMaxBytes);
  }

 private:
  [[nodiscard]] Mark place_of(std::string_view path) const {
    return path.starts_with('/')
               ? loader_.sources_.header().place(path.substr(1)).value_or(of_.place)
               : nearest_place(of_.written, path).value_or(of_.place);
  }

  Loader& loader_;
  Of of_;
  std::vector<CheckedOperation> operations_;
  std::vector<const Loader::PendingOperation*> pending_;
};

// --- references ---

bool Loader::fits(const Reference& reference, const ResourceType& type) const {
  const auto& types = reference.param->refers_to();
  const bool named = std::any_of(types.begin(), types.end(),
                                 [&](const std::string& t) { return t == "*" || t == type.name; });
  return named && (!reference.param->takes_requests() || type.takes_requests());
}

std::vector<std::string> Loader::fitting_types(const Param& param) const {
  if (!param.takes_requests()) {
    return {param.refers_to().begin(), param.refers_to().end()};
  }
  std::vector<std::string> types;
  for (const auto& [name, type] : registry_.resources()) {
    if (type.takes_requests()) {
      types.push_back(name);
    }
  }
  return types;
}

void Loader::check_references() {
  for (const Reference& reference : reader_->references()) {
    check_reference(reference);
  }
}

void Loader::check_reference(const Reference& reference) {
  const auto found = resources_.find(reference.name);
  const bool known = found != resources_.end();
  if (known && (found->second.type == nullptr || fits(reference, *found->second.type))) {
    return;  // or its type is wrong, and that was said
  }
  const auto [slot, fresh] = fitting_names_.try_emplace(reference.param);
  std::vector<std::string>& names = slot->second;
  for (const std::string& name : fresh ? resource_names() : std::vector<std::string>()) {
    const ResourceType* type = resources_.find(name)->second.type;
    if (type != nullptr && fits(reference, *type)) {
      names.push_back(name);
    }
  }
  const std::vector<std::string> types = fitting_types(*reference.param);
  const bool any = types == std::vector<std::string>{"*"};
  if (known) {
    std::string text =
        fmt::format("{}{} is {}, {}; ", reference.label, reference.path, in_quotes(reference.name),
                    with_article(found->second.type->name));
    text += reference.param->takes_requests()
                ? fmt::format("requests are taken by {}", one_of_types(types))
                : fmt::format("it must be {}", one_of_types(types));
    text += names.empty() ? "" : fmt::format(": {}", listed(names));
    found_.add(reference.mark, reference.width, text + reference.folder);
    return;
  }
  const std::string hint = names.empty() && !any
                               ? fmt::format("; there is no {}", fmt::join(types, " or "))
                               : reader_->hint(reference.name, names, "there is");
  found_.add(reference.mark, reference.width,
             fmt::format("{}{}: no resource {}{}{}", reference.label, reference.path,
                         in_quotes(reference.name), hint, reference.folder));
}

// An operation or a fault in a zone where nothing stands would change nothing.
void Loader::check_zones(const std::vector<ZoneUse>& uses, const std::vector<std::string>& zones) {
  const std::set<std::string> known(zones.begin(), zones.end());
  if (known.empty()) {
    return;
  }
  for (const ZoneUse& use : uses) {
    if (known.count(use.zone) == 0) {
      found_.add(
          use.mark, use.width,
          fmt::format("{}{} is {}; no resource stands there, the zones used are {}", use.label,
                      use.path, in_quotes(use.zone), listed({known.begin(), known.end()})));
    }
  }
}

// --- checks of the types ---

void Loader::apply_rules() {
  for (auto& [name, message] : initial_) {
    reader_->apply_rules(*message);
  }
  for (auto& [name, traffic] : traffic_) {
    reader_->apply_rules(traffic);
  }
  for (PendingFault& fault : pending_faults_) {
    reader_->apply_rules(*fault.message);
  }
}

void Loader::check_resources() {
  for (auto& [name, resource] : resources_) {
    if (!resource.ok || resource.message == nullptr || !resource.type->check) {
      continue;
    }
    const Subject subject = subject_of(resource);
    const Mark mark = resource.key == nullptr ? Mark{1, 1} : resource.key->start;
    PlacedChecker checker(
        *this, {name, subject.label, subject.folder, *subject.written, mark, /*resource=*/name});
    resource.type->check(*resource.message, checker);
  }
}

void Loader::check_traffic() {
  if (!registry_.traffic_check()) {
    return;
  }
  for (const auto& [name, traffic] : traffic_) {
    if (wrong_traffic_.count(name) == 0) {
      PlacedChecker checker(*this, {name, fmt::format("traffic {}: ", in_quotes(name)), "",
                                    sources_.traffic(name), Mark{1, 1}, ""});
      registry_.traffic_check()(traffic, checker);
    }
  }
}

void Loader::check_faults() {
  for (PendingFault& fault : pending_faults_) {
    if (fault.type->check) {
      PlacedChecker checker(
          *this,
          {fault.type->name, fmt::format("fault \"{}\": ", fault.type->name),
           folder_note(fault.message->GetDescriptor()->file()), fault.written, fault.place, ""});
      fault.type->check(*fault.message, checker);
    }
    fault.plan->mutable_fault()->PackFrom(*fault.message);
  }
}

}  // namespace updraft::sim
