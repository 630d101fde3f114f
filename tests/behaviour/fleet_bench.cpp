#include "tests/behaviour/fleet_bench.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "models/registry/registry.h"
#include "sim/core/check.h"
#include "sim/scenario/scenario.h"
#include "sim/study/run.h"

namespace updraft::testing {

namespace {

std::string section(std::string_view name, std::string_view lines, std::string_view indent) {
  if (lines.empty()) {
    return {};
  }
  std::string text = fmt::format("{}:\n", name);
  std::size_t from = 0;
  while (from < lines.size()) {
    const std::size_t end = std::min(lines.find('\n', from), lines.size());
    text += fmt::format("{}{}\n", indent, lines.substr(from, end - from));
    from = end + 1;
  }
  return text;
}

std::string with_comma(const std::string& inside) {
  return inside.empty() ? inside : ", " + inside;
}

/// Columns of a table by name.
class Reader {
 public:
  explicit Reader(const sim::MemorySink::Table& table) : table_(table) {}
  [[nodiscard]] std::size_t column(std::string_view name) const {
    for (std::size_t i = 0; i < table_.spec.columns.size(); ++i) {
      if (table_.spec.columns[i].name == name) {
        return i;
      }
    }
    SIM_CHECK(false, "no column {} in {}", name, table_.spec.group);
    return 0;
  }
  [[nodiscard]] std::string text(std::size_t row, std::string_view name) const {
    return std::get<std::string>(table_.rows[row][column(name)]);
  }
  [[nodiscard]] std::int64_t whole(std::size_t row, std::string_view name) const {
    return std::get<std::int64_t>(table_.rows[row][column(name)]);
  }
  [[nodiscard]] double number(std::size_t row, std::string_view name) const {
    return std::get<double>(table_.rows[row][column(name)]);
  }
  /// Seconds; -1 for a cell that was left open.
  [[nodiscard]] double seconds(std::size_t row, std::string_view name) const {
    const std::int64_t ns = whole(row, name);
    return ns == sim::kOpenCell ? -1 : static_cast<double>(ns) / 1e9;
  }
  [[nodiscard]] std::size_t rows() const { return table_.rows.size(); }

 private:
  const sim::MemorySink::Table& table_;
};

}  // namespace

std::string fleet(const FleetText& parts) {
  std::string text = fmt::format("scenario: bench\nduration: {}\nresources:\n", parts.duration);
  text += fmt::format(
      "  alb: {{load_balancer: {{availability_zones: [{}], listeners: [{{port: 80, forward: "
      "web}}]{}}}}}\n",
      parts.zones, with_comma(parts.balancer));
  text += fmt::format("  web: {{target_group: {{{}}}}}\n", parts.targets);
  text += fmt::format("  net: {{network: {{{}}}}}\n", parts.network);
  text += fmt::format(
      "  fleet: {{auto_scaling_group: {{availability_zones: [{}], target_groups: [web], "
      "launch_template: {{instance_type: {}, monitoring: detailed{}}}{}}}}}\n",
      parts.group_zones.empty() ? parts.zones : parts.group_zones, parts.instance_type,
      with_comma(parts.instance), with_comma(parts.group));
  if (!parts.resources.empty()) {
    const std::string further = section("x", parts.resources, "  ");
    text += further.substr(further.find('\n') + 1);
  }
  text += fmt::format("initial:\n  fleet: {{in_service: {}}}\n", parts.in_service);
  if (!parts.initial.empty()) {
    const std::string further = section("x", parts.initial, "  ");
    text += further.substr(further.find('\n') + 1);
  }
  text += section("traffic", parts.traffic, "  ");
  text += section("operations", parts.operations, "  - ");
  text += section("faults", parts.faults, "  - ");
  return text;
}

FleetBench::FleetBench(const std::string& scenario, const std::string& folder) {
  const sim::ModelRegistry registry = make_registry();
  const sim::LoadResult loaded =
      sim::Scenario::load(scenario, folder + "/bench.yaml", registry.types());
  report_ = sim::run(loaded.plan, registry, {.sink = &sink_, .logs = &logs_});
}

const sim::CapacityReport& FleetBench::capacity(std::string_view group) const {
  for (const sim::CapacityReport& one : report_.capacity) {
    if (one.name == group) {
      return one;
    }
  }
  SIM_CHECK(false, "no group {}", group);
  return report_.capacity.front();
}

const sim::TrafficReport& FleetBench::of(std::string_view traffic) const {
  for (const sim::TrafficReport& one : report_.traffic) {
    if (one.name == traffic) {
      return one;
    }
  }
  SIM_CHECK(false, "no traffic {}", traffic);
  return report_.traffic.front();
}

std::uint64_t FleetBench::answered(std::string_view traffic, sim::Status status) const {
  return of(traffic).by_status[static_cast<std::size_t>(status)];
}

std::uint64_t FleetBench::sent(std::string_view traffic) const {
  return of(traffic).sent;
}

double FleetBench::mean_latency_s(std::string_view traffic) const {
  const sim::Histogram& latency = of(traffic).latency;
  return latency.sum() / static_cast<double>(latency.count()) / 1e9;
}

double FleetBench::max_latency_s(std::string_view traffic) const {
  return static_cast<double>(of(traffic).latency.max()) / 1e9;
}

double FleetBench::billed(std::string_view item) const {
  for (const sim::BillLine& line : report_.bill) {
    if (line.item.starts_with(item)) {
      return line.quantity;
    }
  }
  return 0;
}

std::vector<double> FleetBench::minutes(const std::string& path) const {
  return sink_.column(path, std::chrono::seconds{60});
}

double FleetBench::total(const std::string& path) const {
  double sum = 0;
  for (const double value : minutes(path)) {
    sum += std::isnan(value) ? 0 : value;
  }
  return sum;
}

std::vector<double> FleetBench::of_instance(std::int64_t row, std::string_view metric,
                                            std::string_view group) const {
  const Reader reader(sink_.table(group, "observation"));
  std::vector<double> values;
  for (std::size_t i = 0; i < reader.rows(); ++i) {
    if (reader.whole(i, "instance") == row) {
      values.push_back(reader.number(i, metric));
    }
  }
  return values;
}

std::string FleetBench::Decided::line() const {
  return fmt::format("{}s {}: {} [{}{}]", at_s, who, what, blocked ? "blocked " : "", rule);
}

std::vector<FleetBench::Decided> FleetBench::decided(std::string_view kind,
                                                     std::string_view containing) const {
  const Reader reader(sink_.table("/decisions", "decision"));
  std::vector<Decided> found;
  for (std::size_t i = 0; i < reader.rows(); ++i) {
    Decided row{.at_s = reader.seconds(i, "first"),
                .last_s = reader.seconds(i, "last"),
                .count = reader.whole(i, "count"),
                .blocked = reader.whole(i, "outcome") == 1,
                .id = reader.whole(i, "decision"),
                .cause = reader.whole(i, "cause_decision"),
                .who = reader.text(i, "who"),
                .kind = reader.text(i, "kind"),
                .what = reader.text(i, "what"),
                .reason = reader.text(i, "reason"),
                .rule = reader.text(i, "rule")};
    if ((kind.empty() || row.kind == kind) && (row.what.find(containing) != std::string::npos ||
                                               row.who.find(containing) != std::string::npos)) {
      found.push_back(std::move(row));
    }
  }
  return found;
}

std::string FleetBench::decisions(std::string_view kind, std::string_view containing) const {
  std::string text;
  for (const Decided& row : decided(kind, containing)) {
    text += row.line() + "\n";
  }
  return text;
}

std::vector<FleetBench::InstanceRow> FleetBench::instances() const {
  const Reader reader(sink_.table("/instances", "instance"));
  std::vector<InstanceRow> rows;
  for (std::size_t i = 0; i < reader.rows(); ++i) {
    rows.push_back({.id = reader.text(i, "id"),
                    .zone = reader.text(i, "zone"),
                    .end_reason = reader.text(i, "end_reason"),
                    .launched_s = reader.seconds(i, "launched"),
                    .in_service_s = reader.seconds(i, "in_service"),
                    .ended_s = reader.seconds(i, "ended")});
  }
  return rows;
}

}  // namespace updraft::testing
