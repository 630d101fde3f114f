#include "models/ec2/instance_types.h"

#include <algorithm>

#include "models/common/csv_table.h"
#include "models/ec2/instance_families_csv.h"
#include "models/ec2/instance_types_csv.h"
#include "sim/core/check.h"

namespace updraft::ec2 {
namespace {

using common::CsvTable;

// A cell that must be a number of at least `least`; the first error stays in `error`.
double number(const CsvTable& table, std::size_t row, std::string_view column, double least,
              std::string& error) {
  const auto value = table.number(row, column);
  if (value && *value >= least) {
    return *value;
  }
  if (error.empty()) {
    error = value ? fmt::format("line {}: {} is {}; it must be at least {}", table.line(row),
                                column, *value, least)
                  : value.error();
  }
  return least;
}

std::optional<std::size_t> row_of(const CsvTable& families, std::string_view family) {
  for (std::size_t row = 0; row < families.rows(); ++row) {
    if (families.text(row, "family") == family) {
      return row;
    }
  }
  return std::nullopt;
}

sim::Result<InstanceType> read(const CsvTable& types, std::size_t row, const CsvTable& families) {
  std::string error;
  InstanceType type;
  type.name = types.text(row, "type");
  type.family = type.name.substr(0, type.name.find('.'));
  const auto family = row_of(families, type.family);
  if (!family) {
    return sim::Error{fmt::format("line {}: no family \"{}\"", types.line(row), type.family)};
  }
  type.vcpu = static_cast<std::uint32_t>(number(types, row, "vcpu", 1, error));
  type.memory_gib = number(types, row, "memory_gib", 0, error);
  if (!types.text(row, "network_baseline_mbps").empty()) {
    type.network_baseline_mbps = number(types, row, "network_baseline_mbps", 0, error);
  }
  if (!types.text(row, "baseline_percent").empty()) {
    type.baseline = number(types, row, "baseline_percent", 0, error) / 100.0;  // R1.3.T1
  }
  type.threads_per_core =
      static_cast<std::uint32_t>(number(families, *family, "threads_per_core", 1, error));
  type.relative_speed = number(families, *family, "relative_speed", 0, error);
  type.smt_yield = number(families, *family, "smt_yield", 1, error);
  if (error.empty() && type.vcpu % type.threads_per_core != 0) {
    error = fmt::format("line {}: {} vCPUs are no whole number of cores of {} threads",
                        types.line(row), type.vcpu, type.threads_per_core);
  }
  if (error.empty() && type.smt_yield > type.threads_per_core) {
    error = fmt::format("smt_yield of {} is {}; a core has {} threads", type.family, type.smt_yield,
                        type.threads_per_core);
  }
  if (!error.empty()) {
    return sim::Error{error};
  }
  return type;
}

}  // namespace

sim::SharingLaw InstanceType::law() const {
  // Types whose vCPUs are cores take no notice of a yield.
  const double yield = std::min(smt_yield, static_cast<double>(threads_per_core));
  return sim::SharingLaw::cores(vcpu / threads_per_core, threads_per_core, yield);
}

InstanceTypes InstanceTypes::built_in() {
  auto types = parse(data::instance_types::kCsv, data::instance_families::kCsv);
  SIM_CHECK(types.ok(), "{}", types.error());
  return std::move(types).value();
}

sim::Result<InstanceTypes> InstanceTypes::parse(std::string_view types, std::string_view families) {
  const auto type_table = CsvTable::parse(types);
  const auto family_table = CsvTable::parse(families);
  if (!type_table || !family_table) {
    return sim::Error{type_table ? family_table.error() : type_table.error()};
  }
  InstanceTypes result;
  for (std::size_t row = 0; row < type_table->rows(); ++row) {
    auto type = read(*type_table, row, *family_table);
    if (!type) {
      return sim::Error{type.error()};
    }
    result.types_.push_back(std::move(type).value());
  }
  std::sort(result.types_.begin(), result.types_.end(),
            [](const InstanceType& a, const InstanceType& b) { return a.name < b.name; });
  return result;
}

const InstanceType* InstanceTypes::find(std::string_view name) const& {
  const auto at = std::lower_bound(
      types_.begin(), types_.end(), name,
      [](const InstanceType& type, std::string_view wanted) { return type.name < wanted; });
  return at != types_.end() && at->name == name ? &*at : nullptr;
}

}  // namespace updraft::ec2
