#include "sim/study/why.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sim/schema/nearest.h"

namespace updraft::sim {
namespace {

/// `name`, or a part of it: "fleet/cpu" of "fleet".
bool is_part_of(std::string_view path, std::string_view name) {
  return path.starts_with(name) && (path.size() == name.size() || path[name.size()] == '/');
}

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

bool holds_word(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || !is_word_character(text[at - 1])) &&
        (end == text.size() || !is_word_character(text[end]))) {
      return true;
    }
  }
  return false;
}

std::string_view top_of(std::string_view path) {
  return path.substr(0, path.find('/'));
}

/// "right/i-000003": what `right` decided about that one.
bool is_member_of(const DecisionRecord& decision, std::string_view resource) {
  const std::size_t slash = resource.rfind('/');
  return slash != std::string_view::npos && is_part_of(decision.who, resource.substr(0, slash)) &&
         holds_word(decision.what, resource.substr(slash + 1));
}

/// Walks the graph of causes, which the ids order: a cause stands before its effect.
class Walk {
 public:
  Walk(const RunRecord& record, const WhyQuestion& question, const WhyLimits& limits)
      : record_(record), question_(question), limits_(limits) {
    for (std::size_t i = 0; i < record.decisions.size(); ++i) {
      const DecisionRecord& decision = record.decisions[i];
      if (cause_of(i)) {
        effects_[decision.cause].push_back(i);
      }
      if (concerns(decision, question.resource)) {
        about_.push_back(i);
        if (decision.first <= question.to && decision.last >= question.from) {
          asked_.insert(i);
        }
      }
    }
  }

  [[nodiscard]] bool is_empty() const { return asked_.empty(); }
  [[nodiscard]] bool knows_resource() const { return !about_.empty(); }

  [[nodiscard]] std::vector<WhyChain> chains(Outcome outcome) const {
    std::map<std::size_t, std::vector<std::size_t>> by_root;
    for (const std::size_t index : asked_) {
      if (record_.decisions[index].outcome == outcome) {
        by_root[path_to(index).front()].push_back(index);
      }
    }
    std::vector<WhyChain> chains;
    chains.reserve(by_root.size());
    for (const auto& [root, asked] : by_root) {
      chains.push_back(chain(root, asked, outcome));
    }
    return chains;
  }

  void nearest(WhyAnswer& answer) const {
    for (const std::size_t index : about_) {
      const DecisionRecord& decision = record_.decisions[index];
      if (decision.last < question_.from &&
          (!answer.before || decision.last >= record_.decisions[*answer.before].last)) {
        answer.before = index;
      }
      if (decision.first > question_.to && !answer.after) {
        answer.after = index;
      }
    }
  }

 private:
  [[nodiscard]] std::optional<std::size_t> cause_of(std::size_t index) const {
    const std::int64_t cause = record_.decisions[index].cause;
    if (cause < 1 || static_cast<std::uint64_t>(cause) > index) {
      return std::nullopt;
    }
    return static_cast<std::size_t>(cause - 1);
  }

  /// From the first cause to the decision itself.
  [[nodiscard]] std::vector<std::size_t> path_to(std::size_t index) const {
    std::vector<std::size_t> path{index};
    for (auto cause = cause_of(index); cause; cause = cause_of(*cause)) {
      path.push_back(*cause);
    }
    std::reverse(path.begin(), path.end());
    return path;
  }

  [[nodiscard]] WhyChain chain(std::size_t root, const std::vector<std::size_t>& asked,
                               Outcome outcome) const {
    std::set<std::size_t> shown;
    for (const std::size_t index : asked) {
      const std::vector<std::size_t> path = path_to(index);
      shown.insert(path.begin(), path.end());
    }
    WhyChain chain;
    if (outcome == Outcome::kDecided) {  // nothing comes of what was blocked
      for (const std::size_t index : asked) {
        add_effects(index, shown, chain);
      }
    }
    list(root, 0, shown, chain);
    return chain;
  }

  /// What came of a decision, oldest first; what was blocked on the way stands with the blocked.
  void add_effects(std::size_t index, std::set<std::size_t>& shown, WhyChain& chain) const {
    const auto found = effects_.find(record_.decisions[index].id);
    if (found == effects_.end()) {
      return;
    }
    for (const std::size_t effect : found->second) {
      if (record_.decisions[effect].outcome == Outcome::kBlocked) {
        continue;
      }
      if (shown.contains(effect)) {
        continue;
      }
      if (shown.size() >= limits_.effects) {
        ++chain.left_out;
        continue;
      }
      shown.insert(effect);
      add_effects(effect, shown, chain);
    }
  }

  void list(std::size_t index, std::size_t depth, const std::set<std::size_t>& shown,
            WhyChain& chain) const {
    chain.steps.push_back({.decision = index, .depth = depth, .asked = asked_.contains(index)});
    const auto found = effects_.find(record_.decisions[index].id);
    if (found == effects_.end()) {
      return;
    }
    for (const std::size_t effect : found->second) {
      if (shown.contains(effect)) {
        list(effect, depth + 1, shown, chain);
      }
    }
  }

  const RunRecord& record_;
  const WhyQuestion& question_;
  const WhyLimits& limits_;
  std::map<std::int64_t, std::vector<std::size_t>> effects_;  // of each id, in order
  std::vector<std::size_t> about_;                            // the resource, at any time
  std::set<std::size_t> asked_;                               // about it and in the window
};

std::vector<WhyTopic> topics(const RunRecord& record) {
  std::map<std::string, WhyTopic, std::less<>> found;
  for (const std::string& resource : record.resources) {
    found[resource].name = resource;
  }
  for (const DecisionRecord& decision : record.decisions) {
    const std::string name(top_of(decision.who));
    const auto [topic, fresh] = found.try_emplace(name);
    WhyTopic& one = topic->second;
    const bool first = fresh || one.decided + one.blocked == 0;
    one.name = name;
    ++(decision.outcome == Outcome::kDecided ? one.decided : one.blocked);
    one.first = first ? decision.first : std::min(one.first, decision.first);
    one.last = std::max(one.last, decision.last);
  }
  std::vector<WhyTopic> list;
  list.reserve(found.size());
  for (auto& [name, topic] : found) {
    list.push_back(std::move(topic));
  }
  return list;
}

bool is_known(const RunRecord& record, const std::string& name) {
  return std::any_of(record.resources.begin(), record.resources.end(),
                     [&](const std::string& one) { return is_part_of(one, name); }) ||
         std::any_of(record.members.begin(), record.members.end(),
                     [&](const MemberRecord& one) { return one.id == name; });
}

/// Owners of members of that id, each once; ids count from one in each resource.
std::vector<std::string> owners(const RunRecord& record, std::string_view id) {
  std::set<std::string> all;
  for (const MemberRecord& member : record.members) {
    if (member.id == id) {
      all.emplace(top_of(member.owner));
    }
  }
  return {all.begin(), all.end()};
}

std::vector<std::string> names(const RunRecord& record) {
  std::set<std::string> all(record.resources.begin(), record.resources.end());
  for (const DecisionRecord& decision : record.decisions) {
    all.insert(decision.who);
    all.emplace(top_of(decision.who));
  }
  for (const MemberRecord& member : record.members) {
    all.insert(member.id);
  }
  return {all.begin(), all.end()};
}

}  // namespace

bool concerns(const DecisionRecord& decision, std::string_view resource) {
  return is_part_of(decision.who, resource) ||
         (!decision.cause_resource.empty() && is_part_of(decision.cause_resource, resource)) ||
         holds_word(decision.what, resource) || is_member_of(decision, resource);
}

Result<WhyAnswer> why(const RunRecord& record, const WhyQuestion& question,
                      const WhyLimits& limits) {
  WhyAnswer answer{.question = question};
  answer.beyond_record =
      !record.complete && question.to != kNever && question.to > record.valid_until;
  if (question.resource.empty()) {
    answer.topics = topics(record);
    return answer;
  }
  const std::vector<std::string> owned = owners(record, question.resource);
  if (owned.size() > 1) {
    return Error{fmt::format("there is a {} of each of {}; ask about {}/{}", question.resource,
                             fmt::join(owned, ", "), owned.front(), question.resource)};
  }
  const Walk walk(record, question, limits);
  if (!walk.knows_resource() && !is_known(record, question.resource)) {
    return Error{fmt::format("nothing is recorded about \"{}\"{}", question.resource,
                             did_you_mean(question.resource, names(record)))};
  }
  if (walk.is_empty()) {
    walk.nearest(answer);
    return answer;
  }
  answer.done = walk.chains(Outcome::kDecided);
  answer.blocked = walk.chains(Outcome::kBlocked);
  return answer;
}

}  // namespace updraft::sim
