#include "sim/metrics/decisions.h"

#include <algorithm>
#include <array>

#include "sim/core/check.h"
#include "sim/metrics/hash.h"

namespace updraft::sim {
namespace {

// Late columns of the two tables, by index.
constexpr std::uint32_t kLastColumn = 2;
constexpr std::uint32_t kCountColumn = 3;
constexpr std::uint32_t kLastValueColumn = 3;

TableSpec decision_table() {
  return {"/decisions",
          "decision",
          {{.name = "decision", .attributes = {{"long_name", std::string("id, 1 is the first")}}},
           {.name = "first", .type = ColumnType::kTime},
           {.name = "last", .type = ColumnType::kTime, .late = true},
           {.name = "count", .late = true},
           {.name = "who", .type = ColumnType::kString},
           {.name = "kind", .type = ColumnType::kString},
           {.name = "outcome", .type = ColumnType::kFlag, .meanings = {"decided", "blocked"}},
           {.name = "what", .type = ColumnType::kString},
           {.name = "reason", .type = ColumnType::kString},
           {.name = "rule", .type = ColumnType::kString},
           {.name = "cause_decision",
            .attributes = {{"long_name", std::string("id of the cause; 0: none")}}},
           {.name = "cause_resource", .type = ColumnType::kString},
           {.name = "cause_metric", .type = ColumnType::kString},
           {.name = "cause_period", .type = ColumnType::kTime, .optional = true}}};
}

TableSpec value_table() {
  return {"/decisions",
          "decision_value",
          {{.name = "value_decision",
            .attributes = {{"long_name", std::string("id of the decision that used the value")}}},
           {.name = "value_name", .type = ColumnType::kString},
           {.name = "value_first", .type = ColumnType::kDouble},
           {.name = "value_last", .type = ColumnType::kDouble, .late = true}}};
}

std::uint64_t key_of(const Decision& decision) {
  std::uint64_t key = fnv1a_64(decision.who);
  key = fnv1a_64("\n", key);
  key = fnv1a_64(decision.kind, key);
  key = fnv1a_64("\n", key);
  return fnv1a_64(decision.what, key);
}

}  // namespace

DecisionLog::DecisionLog(ResultSink* sink, DecisionBudget budget) : sink_(sink), budget_(budget) {
  SIM_CHECK(budget_.open_rows > 0);
  if (sink_ != nullptr) {
    table_ = sink_->add_table(decision_table());
    value_table_ = sink_->add_table(value_table());
  }
}

DecisionId DecisionLog::record(Time now, const Decision& decision) {
  SIM_CHECK(decision.values.size() <= kMaxValues, "{} values of a decision of {}",
            decision.values.size(), decision.who);
  SIM_CHECK(now >= now_, "a decision of {} at {} ns comes after {} ns", decision.who, to_ns(now),
            to_ns(now_));
  now_ = now;
  ++recorded_;
  const std::uint64_t key = key_of(decision);
  const std::uint32_t row = find_open(key, decision);
  if (row != kNoRow) {
    if (decision.repeats && same_interval(open_rows_[row], decision) &&
        now - open_rows_[row].last <= budget_.idle) {
      continue_row(row, now, decision);
      return open_rows_[row].id;
    }
    close(row);
  }
  if (!within_budget(now)) {
    ++dropped_;
    const auto by_kind = dropped_by_kind_.find(decision.kind);
    if (by_kind == dropped_by_kind_.end()) {
      dropped_by_kind_.emplace(decision.kind, 1);
    } else {
      ++by_kind->second;
    }
    return DecisionId::kNone;
  }
  return open(now, key, decision);
}

std::uint32_t DecisionLog::find_open(std::uint64_t key, const Decision& decision) const {
  const auto found = by_key_.find(key);
  std::uint32_t row = found == by_key_.end() ? kNoRow : found->second;
  while (row != kNoRow) {
    const OpenRow& open = open_rows_[row];
    if (open.who() == decision.who && open.kind() == decision.kind &&
        open.what() == decision.what) {
      break;
    }
    row = open.next_of_key;
  }
  return row;
}

bool DecisionLog::same_interval(const OpenRow& row, const Decision& decision) {
  return row.outcome == decision.outcome && row.cause == decision.cause.decision_id &&
         row.reason() == decision.reason && row.rule() == decision.rule &&
         row.last_values.size() == decision.values.size();
}

bool DecisionLog::within_budget(Time now) {
  const std::int64_t hour = to_ns(now) / to_ns(std::chrono::hours{1});
  if (hour != hour_) {
    hour_ = hour;
    rows_in_hour_ = 0;
  }
  if (rows_in_hour_ >= budget_.rows_per_hour || rows() >= budget_.rows) {
    return false;
  }
  ++rows_in_hour_;
  return true;
}

void DecisionLog::write_row(Time now, const Decision& decision, OpenRow& row) {
  if (sink_ == nullptr) {
    return;
  }
  const bool once = !decision.repeats;
  const bool has_metric = !decision.cause.resource.empty() || !decision.cause.metric_name.empty();
  const std::array<Cell, 14> cells{static_cast<std::int64_t>(row.id),
                                   to_ns(now),
                                   once ? to_ns(now) : kOpenCell,
                                   once ? std::int64_t{1} : kOpenCell,
                                   decision.who,
                                   decision.kind,
                                   static_cast<std::int64_t>(decision.outcome),
                                   decision.what,
                                   decision.reason,
                                   decision.rule,
                                   static_cast<std::int64_t>(decision.cause.decision_id),
                                   decision.cause.resource,
                                   decision.cause.metric_name,
                                   has_metric ? to_ns(decision.cause.period_start) : kOpenCell};
  sink_->append_row(table_, cells);
  for (std::size_t i = 0; i < decision.values.size(); ++i) {
    const NamedValue& value = decision.values[i];
    const std::array<Cell, 4> value_cells{static_cast<std::int64_t>(row.id), value.name,
                                          value.value, once ? value.value : kNoValue};
    const std::int64_t at = sink_->append_row(value_table_, value_cells);
    row.first_value_row = i == 0 ? at : row.first_value_row;
  }
}

DecisionId DecisionLog::open(Time now, std::uint64_t key, const Decision& decision) {
  OpenRow row;
  row.id = DecisionId{next_id_++};
  write_row(now, decision, row);
  if (!decision.repeats) {
    return row.id;
  }
  row.text.reserve(decision.who.size() + decision.kind.size() + decision.what.size() +
                   decision.reason.size() + decision.rule.size());
  std::size_t i = 0;
  for (const std::string_view part :
       {decision.who, decision.kind, decision.what, decision.reason, decision.rule}) {
    row.text += part;
    row.ends[i++] = static_cast<std::uint32_t>(row.text.size());
  }
  row.outcome = decision.outcome;
  row.cause = decision.cause.decision_id;
  row.key = key;
  row.last = now;
  row.count = 1;
  for (const NamedValue& value : decision.values) {
    row.last_values.push_back(value.value);
  }

  while (open_count_ >= budget_.open_rows) {
    close(oldest_);
  }
  std::uint32_t at = static_cast<std::uint32_t>(open_rows_.size());
  if (free_.empty()) {
    open_rows_.emplace_back();
  } else {
    at = free_.back();
    free_.pop_back();
  }
  const auto [slot, fresh] = by_key_.try_emplace(key, at);
  row.next_of_key = fresh ? kNoRow : slot->second;
  slot->second = at;
  open_rows_[at] = std::move(row);
  link_newest(at);
  ++open_count_;
  return open_rows_[at].id;
}

void DecisionLog::continue_row(std::uint32_t index, Time now, const Decision& decision) {
  OpenRow& row = open_rows_[index];
  row.last = now;
  ++row.count;
  for (std::size_t i = 0; i < decision.values.size(); ++i) {
    row.last_values[i] = decision.values[i].value;
  }
  if (newest_ != index) {
    unlink(index);
    link_newest(index);
  }
}

void DecisionLog::link_newest(std::uint32_t index) {
  open_rows_[index].older = newest_;
  open_rows_[index].newer = kNoRow;
  (newest_ == kNoRow ? oldest_ : open_rows_[newest_].newer) = index;
  newest_ = index;
}

void DecisionLog::unlink(std::uint32_t index) {
  const OpenRow& row = open_rows_[index];
  (row.newer == kNoRow ? newest_ : open_rows_[row.newer].older) = row.older;
  (row.older == kNoRow ? oldest_ : open_rows_[row.older].newer) = row.newer;
}

void DecisionLog::close(std::uint32_t index) {
  OpenRow& row = open_rows_[index];
  if (sink_ != nullptr) {
    const std::int64_t at = static_cast<std::int64_t>(row.id) - 1;
    sink_->set_cell(table_, at, kLastColumn, to_ns(row.last));
    sink_->set_cell(table_, at, kCountColumn, row.count);
    for (std::size_t i = 0; i < row.last_values.size(); ++i) {
      if (row.last_values[i] == row.last_values[i]) {  // NaN leaves the cell open
        sink_->set_cell(value_table_, row.first_value_row + static_cast<std::int64_t>(i),
                        kLastValueColumn, row.last_values[i]);
      }
    }
  }
  unlink(index);
  const auto found = by_key_.find(row.key);
  if (found->second == index) {
    if (row.next_of_key == kNoRow) {
      by_key_.erase(found);
    } else {
      found->second = row.next_of_key;
    }
  } else {
    std::uint32_t before = found->second;
    while (open_rows_[before].next_of_key != index) {
      before = open_rows_[before].next_of_key;
    }
    open_rows_[before].next_of_key = row.next_of_key;
  }
  row = OpenRow{};
  free_.push_back(index);
  --open_count_;
}

void DecisionLog::close_idle(Time now) {
  while (oldest_ != kNoRow && now - open_rows_[oldest_].last > budget_.idle) {
    close(oldest_);
  }
}

void DecisionLog::finish(Time now) {
  SIM_CHECK(now >= now_);
  while (oldest_ != kNoRow) {
    close(oldest_);
  }
  if (sink_ != nullptr) {
    sink_->set_attribute("/decisions", {"recorded", recorded_});
    sink_->set_attribute("/decisions", {"dropped", dropped_});
    for (const auto& [kind, count] : dropped_by_kind_) {
      sink_->set_attribute("/decisions", {"dropped " + kind, count});
    }
  }
}

}  // namespace updraft::sim
