// The tables that several models fill: members (instances, environments, consumers) and the bill.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sim/core/time.h"
#include "sim/metrics/sink.h"

namespace updraft::sim {

/// One row for each thing that is born and dies during the run; its index is the member of a
/// FamilyDeclaration.
///
///   MemberTable instances(sink, "/instances", "instance");
///   std::int64_t row = instances.add({.id = "i-0001", .owner = "fleet", .zone = "us-east-1a",
///                                     .kind = "m5.large", .version = "1", .launched = now});
///   instances.in_service(row, later);   instances.ended(row, end, "scale in: OldestInstance");
class MemberTable {
 public:
  struct Birth {
    std::string_view id{};
    std::string_view owner{};    // resource that it belongs to
    std::string_view zone{};     // empty where it has none
    std::string_view kind{};     // instance type, memory size
    std::string_view version{};  // launch template or function version
    std::int64_t ordinal = 0;    // among those of its owner
    Time launched{};
  };
  /// `sink` may be null: then rows are numbered and nothing is written.
  MemberTable(ResultSink* sink, std::string group, std::string member);

  std::int64_t add(const Birth& birth);
  /// The first time that it serves; later ones (after a standby) are decisions, not columns.
  void in_service(std::int64_t row, Time now);
  void ended(std::int64_t row, Time now, std::string_view reason);
  [[nodiscard]] std::int64_t size() const { return size_; }

 private:
  ResultSink* sink_;
  TableId table_ = 0;
  std::int64_t size_ = 0;
};

/// What the run costs: one row for each resource, item and billing interval.
class BillTable {
 public:
  struct Line {
    std::string_view resource{};
    std::string_view item{};  // "instance-hours m5.large on-demand"
    std::string_view unit{};  // "hour"
    Time from{};
    Time to{};
    double quantity = 0;
    double unit_price = 0;  // of `currency`
    double cost = 0;
  };
  explicit BillTable(ResultSink* sink, std::string_view currency = "USD");
  void add(const Line& line);
  [[nodiscard]] double total() const { return total_; }
  /// Notes the total on the group. Call before the sink's finish().
  void finish();

 private:
  ResultSink* sink_;
  TableId table_ = 0;
  double total_ = 0;
};

}  // namespace updraft::sim
