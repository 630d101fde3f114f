#include "sim/study/why_json.h"

#include <cmath>

namespace updraft::sim {
namespace {

using nlohmann::ordered_json;

ordered_json number(double value) {
  return std::isfinite(value) ? ordered_json(value) : ordered_json(nullptr);
}

ordered_json seconds(const std::optional<Time>& time) {
  return time ? ordered_json(to_seconds(*time)) : ordered_json(nullptr);
}

class Maker {
 public:
  Maker(const RunRecord& record, const WhyWords& words)
      : record_(record), words_(words), members_(record) {}

  [[nodiscard]] ordered_json decision(std::size_t index) const {
    const DecisionRecord& one = record_.decisions[index];
    ordered_json json{{"id", one.id},
                      {"first_s", to_seconds(one.first)},
                      {"last_s", to_seconds(one.last)},
                      {"count", one.count},
                      {"utc", utc_words(record_, one.first)},
                      {"kind", one.kind},
                      {"who", one.who},
                      {"outcome", one.outcome == Outcome::kBlocked ? "blocked" : "decided"},
                      {"what", one.what},
                      {"reason", one.reason},
                      {"rule", rule(one.rule)},
                      {"values", ordered_json::object()},
                      {"told", words_.values(one)},
                      {"cause", cause(one)},
                      {"members", ordered_json::array()}};
    for (const RecordedValue& value : one.values) {
      json["values"][value.name] = {{"first", number(value.first)}, {"last", number(value.last)}};
    }
    for (const MemberRecord* member : members_.named_in(one.what, one.who)) {
      json["members"].push_back(member_json(*member));
    }
    return json;
  }

  [[nodiscard]] ordered_json chains(const std::vector<WhyChain>& chains) const {
    ordered_json list = ordered_json::array();
    for (const WhyChain& chain : chains) {
      ordered_json steps = ordered_json::array();
      for (const WhyStep& step : chain.steps) {
        ordered_json one = decision(step.decision);
        one["depth"] = step.depth;
        one["asked"] = step.asked;
        steps.push_back(std::move(one));
      }
      list.push_back({{"steps", std::move(steps)}, {"left_out", chain.left_out}});
    }
    return list;
  }

 private:
  [[nodiscard]] ordered_json rule(const std::string& id) const {
    if (id.empty()) {
      return nullptr;
    }
    const RuleWords words = words_.rule(id);
    return {{"id", id}, {"says", words.says}, {"basis", words.basis}, {"sources", words.sources}};
  }

  static ordered_json cause(const DecisionRecord& decision) {
    ordered_json json{{"decision", decision.cause}};
    if (!decision.cause_metric.empty()) {
      json["resource"] = decision.cause_resource;
      json["metric"] = decision.cause_metric;
      json["period_s"] = seconds(decision.cause_period);
    }
    return json;
  }

  [[nodiscard]] ordered_json member_json(const MemberRecord& member) const {
    ordered_json json{{"id", member.id},
                      {"owner", member.owner},
                      {"zone", member.zone},
                      {"launched_s", to_seconds(member.launched)},
                      {"in_service_s", seconds(member.in_service)},
                      {"ended_s", seconds(member.ended)},
                      {"end_reason", member.end_reason}};
    const MemberIndex::Served served = members_.first_served(member);
    if (served.trace != nullptr) {
      json["first_traced_request"] = {{"traffic", served.trace->source},
                                      {"request", served.trace->request},
                                      {"at_s", to_seconds(served.at)}};
    }
    return json;
  }

  const RunRecord& record_;
  const WhyWords& words_;
  MemberIndex members_;
};

}  // namespace

ordered_json why_json(const WhyAnswer& answer, const RunRecord& record, const WhyWords& words) {
  const Maker maker(record, words);
  const bool to_the_end = answer.question.to == kNever;
  ordered_json json{
      {"version", 1},
      {"resource", answer.question.resource},
      {"from_s", to_seconds(answer.question.from)},
      {"to_s", to_seconds(to_the_end ? record.valid_until : answer.question.to)},
      {"record",
       {{"complete", record.complete},
        {"valid_until_s", to_seconds(record.valid_until)},
        {"decisions_dropped", record.decisions_dropped}}},
      {"done", maker.chains(answer.done)},
      {"blocked", maker.chains(answer.blocked)},
      {"nearest",
       {{"before", answer.before ? maker.decision(*answer.before) : ordered_json(nullptr)},
        {"after", answer.after ? maker.decision(*answer.after) : ordered_json(nullptr)}}},
      {"backlog", answer.backlog ? backlog_json(*answer.backlog) : ordered_json(nullptr)}};
  if (answer.question.resource.empty()) {
    ordered_json topics = ordered_json::array();
    for (const WhyTopic& topic : answer.topics) {
      topics.push_back({{"name", topic.name},
                        {"decided", topic.decided},
                        {"blocked", topic.blocked},
                        {"first_s", to_seconds(topic.first)},
                        {"last_s", to_seconds(topic.last)}});
    }
    json["topics"] = std::move(topics);
  }
  return json;
}

}  // namespace updraft::sim
