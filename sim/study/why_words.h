// The words of an answer: what a rule says and who says so (from the schema's behaviours), how a
// decision's values are told (from tellings that models register), when something was.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/build/telling.h"
#include "sim/core/time.h"
#include "sim/metrics/run_record.h"
#include "sim/schema/catalogue.h"

namespace updraft::sim {

struct RuleWords {
  std::string says;                  // empty where the schema knows no such rule
  std::string basis;                 // "documented", "assumed"
  std::vector<std::string> sources;  // one line each
};

class WhyWords {
 public:
  WhyWords(const Catalogue& catalogue, const std::vector<Telling>& tellings);

  [[nodiscard]] RuleWords rule(std::string_view id) const;
  /// The values that a decision used, in a sentence where there is one; empty without values.
  [[nodiscard]] std::string values(const DecisionRecord& decision) const;

 private:
  const Catalogue& catalogue_;
  const std::vector<Telling>& tellings_;
};

/// "3d2h4m" since the start, to the millisecond.
std::string since_start(Time time);
/// "1m29s"; a length to the millisecond.
std::string length_words(Duration length);
/// "1998-06-18T02:04:00Z", to the second.
std::string utc_words(const RunRecord& record, Time time);
/// A number with at most four digits behind those before the point: "66.1", "5.288", "20".
std::string number_words(double value);

/// Those who were born or died, and what they served. Ids count from one in each resource, so an id
/// is looked for with the path of who names it.
class MemberIndex {
 public:
  explicit MemberIndex(const RunRecord& record);

  /// The members that a text names as words, in the order of the text; of equal ids the one whose
  /// owner is `who` or stands nearest to it.
  [[nodiscard]] std::vector<const MemberRecord*> named_in(std::string_view text,
                                                          std::string_view who) const;
  /// What others decided about it after it entered service ("healthy"), the first few.
  [[nodiscard]] std::vector<const DecisionRecord*> named_by_others(const MemberRecord& member,
                                                                   std::size_t limit) const;
  /// The first traced request that it served, and when. Null: none.
  struct Served {
    const TraceRecord* trace = nullptr;
    Time at{};
  };
  [[nodiscard]] Served first_served(const MemberRecord& member) const;

 private:
  std::map<std::string, std::vector<const MemberRecord*>, std::less<>> members_;  // by id
  std::map<std::string, std::vector<const DecisionRecord*>, std::less<>> named_;  // by id
  std::map<std::pair<std::string, std::string>, Served> served_;  // by first part of path, and id
};

}  // namespace updraft::sim
