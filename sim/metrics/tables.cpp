#include "sim/metrics/tables.h"

#include <array>
#include <utility>
#include <vector>

namespace updraft::sim {
namespace {

constexpr std::uint32_t kInServiceColumn = 7;
constexpr std::uint32_t kEndedColumn = 8;
constexpr std::uint32_t kReasonColumn = 9;

}  // namespace

MemberTable::MemberTable(ResultSink* sink, std::string group, std::string member) : sink_(sink) {
  if (sink_ == nullptr) {
    return;
  }
  table_ = sink_->add_table(
      {std::move(group),
       std::move(member),
       {{.name = "id", .type = ColumnType::kString},
        {.name = "owner", .type = ColumnType::kString},
        {.name = "zone", .type = ColumnType::kString},
        {.name = "kind", .type = ColumnType::kString},
        {.name = "version", .type = ColumnType::kString},
        {.name = "ordinal",
         .attributes = {{"long_name", std::string("among those of its owner, 0 is the first")}}},
        {.name = "launched", .type = ColumnType::kTime},
        {.name = "in_service", .type = ColumnType::kTime, .late = true},
        {.name = "ended", .type = ColumnType::kTime, .late = true},
        {.name = "end_reason", .type = ColumnType::kString, .late = true}}});
}

std::int64_t MemberTable::add(const Birth& birth) {
  if (sink_ != nullptr) {
    const std::array<Cell, 10> cells{
        birth.id,      birth.owner,           birth.zone, birth.kind, birth.version,
        birth.ordinal, to_ns(birth.launched), kOpenCell,  kOpenCell,  std::string_view()};
    sink_->append_row(table_, cells);
  }
  return size_++;
}

void MemberTable::in_service(std::int64_t row, Time now) {
  if (sink_ != nullptr) {
    sink_->set_cell(table_, row, kInServiceColumn, to_ns(now));
  }
}

void MemberTable::ended(std::int64_t row, Time now, std::string_view reason) {
  if (sink_ != nullptr) {
    sink_->set_cell(table_, row, kEndedColumn, to_ns(now));
    sink_->set_cell(table_, row, kReasonColumn, reason);
  }
}

BillTable::BillTable(ResultSink* sink, std::string_view currency) : sink_(sink) {
  if (sink_ == nullptr) {
    return;
  }
  const std::vector<Attribute> money{{"units", std::string(currency)}};
  table_ =
      sink_->add_table({"/bill",
                        "line",
                        {{.name = "resource", .type = ColumnType::kString},
                         {.name = "item", .type = ColumnType::kString},
                         {.name = "unit", .type = ColumnType::kString},
                         {.name = "from", .type = ColumnType::kTime},
                         {.name = "to", .type = ColumnType::kTime},
                         {.name = "quantity", .type = ColumnType::kDouble},
                         {.name = "unit_price", .type = ColumnType::kDouble, .attributes = money},
                         {.name = "cost", .type = ColumnType::kDouble, .attributes = money}}});
}

void BillTable::add(const Line& line) {
  total_ += line.cost;
  if (sink_ != nullptr) {
    const std::array<Cell, 8> cells{line.resource,    line.item,      line.unit,
                                    to_ns(line.from), to_ns(line.to), line.quantity,
                                    line.unit_price,  line.cost};
    sink_->append_row(table_, cells);
  }
}

void BillTable::finish() {
  if (sink_ != nullptr) {
    sink_->set_attribute("/bill", {"total", total_});
  }
}

}  // namespace updraft::sim
