#include "sim/study/why_words.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sim/schema/quantity.h"
#include "sim/schema/words.h"
#include "sim/study/plan_facts.h"

namespace updraft::sim {
namespace {

/// A telling with its {names} replaced; nothing where a value is missing.
std::optional<std::string> filled(const std::string& says, const DecisionRecord& decision) {
  std::string text;
  std::size_t at = 0;
  while (at < says.size()) {
    const std::size_t open = std::min(says.find('{', at), says.size());
    text += says.substr(at, open - at);
    if (open == says.size()) {
      break;
    }
    const std::size_t close = std::min(says.find('}', open), says.size());
    const auto value = decision.value(says.substr(open + 1, close - open - 1));
    if (!value || !std::isfinite(*value)) {
      return std::nullopt;
    }
    text += number_words(*value);
    at = close + 1;
  }
  return text;
}

std::string listed(const DecisionRecord& decision) {
  std::string text;
  for (const RecordedValue& value : decision.values) {
    std::string name = value.name;
    std::replace(name.begin(), name.end(), '_', ' ');
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, number_words(value.first));
    const bool moved = std::isfinite(value.last) && value.last != value.first;
    if (decision.count > 1 && moved) {
      text += fmt::format(" (at last {})", number_words(value.last));
    }
  }
  return text;
}

const Behaviour* find_behaviour(const Catalogue& catalogue, std::string_view id) {
  for (const ModelInfo& model : catalogue.models()) {
    for (const Behaviour& behaviour : model.behaviours) {
      if (behaviour.id() == id) {
        return &behaviour;
      }
    }
  }
  return nullptr;
}

bool cites(const ParamInfo& param, std::string_view id) {
  return std::any_of(param.sources.begin(), param.sources.end(),
                     [&](const Source& source) { return source.rule() == id; });
}

std::string_view top_of(std::string_view path) {
  return path.substr(0, path.find('/'));
}

/// Words as names stand in texts: between blanks and marks.
template <class Use>
void for_each_word(std::string_view text, Use use) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(" ,.:;()"), text.size());
    use(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

Duration to_ms(Duration length) {
  return std::chrono::round<std::chrono::milliseconds>(length);
}

}  // namespace

WhyWords::WhyWords(const Catalogue& catalogue, const std::vector<Telling>& tellings)
    : catalogue_(catalogue), tellings_(tellings) {}

RuleWords WhyWords::rule(std::string_view id) const {
  RuleWords words;
  if (const Behaviour* behaviour = find_behaviour(catalogue_, id)) {
    words.says = behaviour->says();
    words.basis = basis_words(behaviour->basis());
    for (const Source& source : behaviour->source()) {
      words.sources.push_back(source_words(source));
    }
    return words;
  }
  // Of several the one that lies least deep: it is what most people know.
  std::string name;
  for (const ModelInfo& model : catalogue_.models()) {
    for (const ParamInfo* param : flatten(model.params)) {
      const std::string found = fmt::format("{}.{}", model.type, param->path);
      if (!cites(*param, id) || (!name.empty() && found.size() >= name.size())) {
        continue;
      }
      name = found;
      words.says = fmt::format("{}: {}", name, param->doc);
      words.basis = basis_words(param->basis);
      words.sources.clear();
      for (const Source& source : param->sources) {
        words.sources.push_back(source_words(source));
      }
    }
  }
  return words;
}

std::string WhyWords::values(const DecisionRecord& decision) const {
  for (const Telling& telling : tellings_) {
    if (telling.kind == decision.kind && decision.what.starts_with(telling.what)) {
      if (auto text = filled(telling.says, decision)) {
        return *std::move(text);
      }
    }
  }
  return listed(decision);
}

std::string since_start(Time time) {
  return length_words(time - kStart);
}

std::string length_words(Duration length) {
  return format_duration(to_ns(to_ms(length)));
}

std::string utc_words(const RunRecord& record, Time time) {
  const Duration seconds = std::chrono::floor<std::chrono::seconds>(time - kStart);
  return utc_text(record.start_unix_ns + to_ns(seconds)) + "Z";
}

std::string number_words(double value) {
  if (!std::isfinite(value)) {
    return std::isnan(value) ? "none" : value > 0 ? "without bound" : "minus without bound";
  }
  const double size = std::fabs(value);
  const int decimals = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4;
  std::string text = fmt::format("{:.{}f}", value, decimals);
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') {
      text.pop_back();
    }
  }
  return text == "-0" ? "0" : text;
}

MemberIndex::MemberIndex(const RunRecord& record) {
  for (const MemberRecord& member : record.members) {
    members_[member.id].push_back(&member);
  }
  for (const DecisionRecord& decision : record.decisions) {
    for_each_word(decision.what, [&](std::string_view word) {
      if (decision.outcome == Outcome::kDecided && members_.contains(word)) {
        named_[std::string(word)].push_back(&decision);
      }
    });
  }
  for (const TraceRecord& trace : record.traces) {
    for (const SpanRecord& span : trace.spans) {
      const std::string_view path = span.component;
      const std::string_view id = path.substr(path.rfind('/') + 1);
      if (!members_.contains(id)) {
        continue;
      }
      const auto [served, fresh] = served_.try_emplace({std::string(top_of(path)), std::string(id)},
                                                       Served{&trace, span.begin});
      if (!fresh && span.begin < served->second.at) {
        served->second = {&trace, span.begin};
      }
    }
  }
}

std::vector<const MemberRecord*> MemberIndex::named_in(std::string_view text,
                                                       std::string_view who) const {
  std::vector<const MemberRecord*> found;
  for_each_word(text, [&](std::string_view word) {
    const auto member = members_.find(word);
    if (member == members_.end()) {
      return;
    }
    const std::vector<const MemberRecord*>& all = member->second;
    const auto own = std::find_if(all.begin(), all.end(), [&](const MemberRecord* one) {
      return top_of(one->owner) == top_of(who);
    });
    found.push_back(own == all.end() ? all.front() : *own);
  });
  return found;
}

std::vector<const DecisionRecord*> MemberIndex::named_by_others(const MemberRecord& member,
                                                                std::size_t limit) const {
  std::vector<const DecisionRecord*> list;
  const auto found = named_.find(member.id);
  // Where two resources have one of that id, nothing says which of them was meant.
  if (found == named_.end() || !member.in_service || members_.at(member.id).size() > 1) {
    return list;
  }
  for (const DecisionRecord* decision : found->second) {
    const bool later = decision->first >= *member.in_service && decision->first > member.launched;
    const bool alive = !member.ended || decision->first <= *member.ended;
    if (later && alive && list.size() < limit && top_of(decision->who) != top_of(member.owner)) {
      list.push_back(decision);
    }
  }
  return list;
}

MemberIndex::Served MemberIndex::first_served(const MemberRecord& member) const {
  const auto found = served_.find({std::string(top_of(member.owner)), member.id});
  return found == served_.end() ? Served{} : found->second;
}

}  // namespace updraft::sim
