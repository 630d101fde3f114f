#include "sim/scenario/distribution_reader.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "sim/random/distribution_parameters.h"
#include "sim/scenario/distribution_build.h"
#include "sim/schema/quantity.h"
#include "sim/schema/wording.h"

namespace updraft::sim {
namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{64} << 20U;

constexpr int kLaws = static_cast<int>(Law::kMixture) + 1;

std::vector<std::string> law_names() {
  std::vector<std::string> names;
  names.reserve(kLaws);
  for (int i = 0; i < kLaws; ++i) {
    names.emplace_back(law_name(static_cast<Law>(i)));
  }
  return names;
}

Result<double> parse_value(const FieldInfo& field, const std::string& text) {
  if (field.quantity == QuantityKind::kTime) {
    const Result<std::int64_t> ns = parse_duration(text);
    return ns.ok() ? Result<double>(static_cast<double>(*ns)) : Error{ns.error()};
  }
  return parse_quantity(text, field.param->unit());
}

// None for an unknown name.
std::optional<Law> find_law(std::string_view name) {
  for (int i = 0; i < kLaws; ++i) {
    if (law_name(static_cast<Law>(i)) == name) {
      return static_cast<Law>(i);
    }
  }
  return std::nullopt;
}

Quantity quantity_of(QuantityKind kind) {
  return kind == QuantityKind::kTime    ? Quantity::kDuration
         : kind == QuantityKind::kBytes ? Quantity::kBytes
                                        : Quantity::kPlain;
}

// The sigma of a lognormal is one of the logarithm; that of a truncated normal law has the unit.
bool is_pure_number(Law law, std::string_view name) {
  return name == "cv" || name == "shape" || (name == "sigma" && law == Law::kLognormal);
}

// mu lies anywhere and a spread is no value: the field's bounds speak of values.
bool is_value(std::string_view name) {
  return name != "sd" && name != "mu" && name != "sigma";
}

void set_parameter(DistributionValue& out, DistributionValue::Law law, const std::string& name,
                   double value) {
  out.set_law(law);
  auto* parameter = out.add_parameter();
  parameter->set_name(name);
  parameter->set_value(value);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) {
      return parts;
    }
    text.remove_prefix(at + 1);
  }
}

std::string_view trim(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && blank(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && blank(text.back())) {
    text.remove_suffix(1);
  }
  return text;
}

// What is read lies further down for as long as this lives.
class PathPart {
 public:
  PathPart(std::string& path, const std::string& part) : path_(path), length_(path.size()) {
    path_ += part;
  }
  ~PathPart() { path_.resize(length_); }
  PathPart(const PathPart&) = delete;
  PathPart& operator=(const PathPart&) = delete;

 private:
  std::string& path_;
  std::size_t length_;
};

}  // namespace

bool DistributionReader::bad(const YamlNode& node, std::string text) {
  report_({node, path_, std::move(text), true});
  return false;
}

bool DistributionReader::fail(const YamlNode& node, std::string text) {
  report_({node, path_, std::move(text), false});
  return false;
}

bool DistributionReader::read(const YamlNode& node, DistributionValue& out) {
  out.Clear();
  if (node.is_scalar()) {
    double value = 0;
    if (!read_value(node, value)) {
      return false;
    }
    set_parameter(out, DistributionValue::CONSTANT, "value", value);
  } else if (!read_law(node, out)) {
    return false;
  }
  const Result<Distribution> built = build_distribution(out, quantity_of(field_.quantity));
  return built.ok() || fail(node, built.error());
}

Result<double> DistributionReader::parse(const std::string& text) const {
  return parse_value(field_, text);
}

bool DistributionReader::check_bounds(const YamlNode& node, double value) {
  const bool below = field_.min && value < field_.min->real;
  const bool above = field_.max && value > field_.max->real;
  return !(below || above) || bad(node, "it must be " + field_.range());
}

bool DistributionReader::read_value(const YamlNode& node, double& out) {
  if (!node.is_scalar()) {
    return bad(node, fmt::format("it must be {}", expected_of(field_.quantity)));
  }
  const Result<double> value = parse(node.scalar);
  if (!value) {
    return bad(node, value.error());
  }
  out = *value;
  return check_bounds(node, out);
}

bool DistributionReader::read_law(const YamlNode& node, DistributionValue& out) {
  if (node.is_mapping() && node.entries.size() > 1) {
    return fail(*node.entries[1].key, fmt::format("{} and {}; a distribution has one law",
                                                  shown(node.entries[0].key->scalar),
                                                  shown(node.entries[1].key->scalar)));
  }
  if (!node.is_mapping() || node.entries.empty()) {
    return bad(node, fmt::format("it must be {}, or one law such as {{exponential: ...}}",
                                 expected_of(field_.quantity)));
  }
  const YamlNode::Entry& entry = node.entries.front();
  const std::optional<Law> law = find_law(entry.key->scalar);
  if (!law) {
    return fail(*entry.key,
                fmt::format("no law {}{}", in_quotes(entry.key->scalar),
                            suggestion(entry.key->scalar, law_names(), "the laws are")));
  }
  // The enum has the order of Law.
  out.set_law(static_cast<DistributionValue::Law>(*law));
  const PathPart part(path_, fmt::format(".{}", law_name(*law)));
  switch (*law) {
    case Law::kEmpirical:
      return read_empirical(*entry.value, out);
    case Law::kMixture:
      return read_mixture(*entry.value, out);
    default:
      return read_parameters(*law, *entry.value, out);
  }
}

bool DistributionReader::read_parameters(Law law, const YamlNode& node, DistributionValue& out) {
  const std::vector<std::string> names = parameters_of(law);
  const bool one_number = law == Law::kConstant || law == Law::kExponential;
  if (node.is_scalar() && one_number) {
    double value = 0;
    if (!read_value(node, value)) {
      return false;
    }
    set_parameter(out, out.law(), names.front(), value);
    return true;
  }
  if (!node.is_mapping()) {
    return bad(node, fmt::format("it must be a mapping of {}", listed(names)));
  }
  bool ok = true;
  for (const YamlNode::Entry& entry : node.entries) {
    const std::string& name = entry.key->scalar;
    const bool known = std::find(names.begin(), names.end(), name) != names.end() ||
                       (law != Law::kConstant && !std::isnan(percentile_of_name(name)));
    if (!known) {
      ok = fail(*entry.key,
                fmt::format("no {}{}", in_quotes(name), suggestion(name, names, "it has")));
      continue;
    }
    const PathPart part(path_, "." + name);
    ok = read_parameter(law, entry, out) && ok;
  }
  // The order in the file changes nothing.
  std::sort(out.mutable_parameter()->pointer_begin(), out.mutable_parameter()->pointer_end(),
            [](const auto* a, const auto* b) { return a->name() < b->name(); });
  return ok;
}

bool DistributionReader::read_parameter(Law law, const YamlNode::Entry& entry,
                                        DistributionValue& out) {
  const YamlNode& node = *entry.value;
  const std::string& name = entry.key->scalar;
  double value = 0;
  if (is_value(name) && !is_pure_number(law, name)) {
    if (!read_value(node, value)) {
      return false;
    }
  } else {
    const Result<double> number = !node.is_scalar()           ? Error{"it must be a number"}
                                  : is_pure_number(law, name) ? parse_number(node.scalar)
                                                              : parse(node.scalar);
    if (!number) {
      return bad(node, number.error());
    }
    value = *number;
  }
  set_parameter(out, out.law(), name, value);
  return true;
}

bool DistributionReader::read_empirical(const YamlNode& node, DistributionValue& out) {
  if (node.is_scalar()) {
    return read_file(node, out);
  }
  if (!node.is_sequence() || node.items.empty()) {
    return fail(node, "empirical takes the name of a file or a list of values");
  }
  bool ok = true;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    const PathPart part(path_, fmt::format("[{}]", i));
    const YamlNode* item = node.items[i];
    double value = 0;
    ok = read_value(*item, value) && ok;
    out.add_value(value);
  }
  std::sort(out.mutable_value()->begin(), out.mutable_value()->end());
  return ok;
}

namespace {

// The lines of a file of values. One value a line, perhaps with a weight after a comma. A first
// line that is no value is a header; its first word may be a unit ("ms") or end in one
// ("latency_ms"), and the values are then plain numbers of it.
class SampleLines {
 public:
  explicit SampleLines(const FieldInfo& field) : field_(field) {}

  /// The text of what is wrong with the line; empty: nothing.
  std::string add(std::string_view line) {
    const std::vector<std::string_view> cells = split(line, ',');
    const std::string cell(trim(cells[0]));
    if (rows_.empty() && !header_ && !parse_number(cell).ok() && !parse_value(field_, cell).ok()) {
      read_header(cell);
      return {};
    }
    const Result<double> value = value_of(cell);
    const Result<double> weight = cells.size() > 1 ? parse_number(trim(cells[1])) : 1.0;
    if (!value) {
      return fmt::format("{} is no value; {}", in_quotes(cell), value.error());
    }
    if (!weight || *weight < 0 || cells.size() > 2) {
      return "the second column must be a weight, at least 0";
    }
    if (!rows_.empty() && weighted_ != (cells.size() > 1)) {
      return "it has another number of columns";
    }
    if ((field_.min && *value < field_.min->real) || (field_.max && *value > field_.max->real)) {
      return fmt::format("{} must be {}", in_quotes(cell), field_.range());
    }
    weighted_ = cells.size() > 1;
    rows_.emplace_back(*value, *weight);
    return {};
  }

  /// Writes the values in order; false: there are none.
  bool write(DistributionValue& out) {
    std::sort(rows_.begin(), rows_.end());
    for (const auto& [value, weight] : rows_) {
      out.add_value(value);
      if (weighted_) {
        out.add_weight(weight);
      }
    }
    return !rows_.empty();
  }

 private:
  void read_header(const std::string& cell) {
    header_ = true;
    const std::size_t underscore = cell.rfind('_');
    const std::string unit = underscore == std::string::npos ? cell : cell.substr(underscore + 1);
    unit_ = parse_value(field_, "1" + unit).ok() ? unit : "";  // without one, values have their own
  }

  [[nodiscard]] Result<double> value_of(const std::string& cell) const {
    const Result<double> bare = parse_number(cell);
    if (bare && !unit_.empty()) {
      return parse_value(field_, cell + unit_);
    }
    const bool plain_allowed =
        field_.quantity != QuantityKind::kTime && field_.quantity != QuantityKind::kRate;
    return bare && plain_allowed ? bare : parse_value(field_, cell);
  }

  const FieldInfo& field_;
  bool header_ = false;
  std::string unit_;
  bool weighted_ = false;
  std::vector<std::pair<double, double>> rows_;
};

}  // namespace

bool DistributionReader::read_file(const YamlNode& node, DistributionValue& out) {
  const Result<std::string> name = files_.check(node.scalar);
  if (!name) {
    return bad(node, name.error());
  }
  const Result<std::string> text = files_.read(*name, kMaxFileBytes);
  if (!text) {
    return bad(node, text.error());
  }
  out.set_file(*name);
  SampleLines lines(field_);
  std::size_t number = 0;
  for (const std::string_view raw : split(*text, '\n')) {
    ++number;
    const std::string_view line = trim(raw);
    if (line.empty() || line.front() == '#') {
      continue;
    }
    if (const std::string wrong = lines.add(line); !wrong.empty()) {
      return bad(node, fmt::format("line {} of the file: {}", number, wrong));
    }
  }
  return lines.write(out) || bad(node, "the file has no values");
}

bool DistributionReader::read_weight(const YamlNode& node, DistributionValue& out) {
  const PathPart part(path_, ".weight");
  const Result<double> share = node.is_scalar() ? parse_quantity(node.scalar, "share")
                                                : Error{"it must be a share such as 50% or 0.5"};
  if (!share || *share <= 0) {
    return bad(node, share.ok() ? "it must be above 0" : share.error());
  }
  out.add_weight(*share);
  return true;
}

bool DistributionReader::read_mixture(const YamlNode& node, DistributionValue& out) {
  constexpr std::string_view kShape = "a mixture is a list of {weight: 0.9, of: ...}";
  if (!node.is_sequence() || node.items.empty()) {
    return fail(node, std::string(kShape));
  }
  bool ok = true;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    const PathPart part(path_, fmt::format("[{}]", i));
    const YamlNode* item = node.items[i];
    const YamlNode::Entry* weight = item->is_mapping() ? item->find("weight") : nullptr;
    const YamlNode::Entry* of = item->is_mapping() ? item->find("of") : nullptr;
    if (weight == nullptr || of == nullptr || item->entries.size() != 2) {
      ok = fail(*item, std::string(kShape));
      continue;
    }
    ok = read_weight(*weight->value, out) && ok;
    const PathPart of_part(path_, ".of");
    ok = read(*of->value, *out.add_component()) && ok;
  }
  return ok;
}

}  // namespace updraft::sim
