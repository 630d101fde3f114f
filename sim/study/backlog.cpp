#include "sim/study/backlog.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sim/build/registry.h"
#include "sim/random/distribution.h"
#include "sim/study/why_words.h"

namespace updraft::sim {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr Duration kMinute = std::chrono::minutes{1};
constexpr std::size_t kLeastMinutes = 5;  // fewer tell little of a pace

/// A field by its path, "polls.queue", where every part of it is set; null otherwise.
struct Place {
  const Message* message = nullptr;
  const FieldDescriptor* field = nullptr;
};
Place find_field(const Message& message, const std::string& path) {
  const std::size_t dot = path.find('.');
  const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(path.substr(0, dot));
  if (field == nullptr || field->is_repeated() ||
      !message.GetReflection()->HasField(message, field)) {
    return {};
  }
  if (dot == std::string::npos) {
    return {&message, field};
  }
  return field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE
             ? find_field(message.GetReflection()->GetMessage(message, field), path.substr(dot + 1))
             : Place{};
}

std::string text_at(const Message& message, const std::string& path) {
  const Place place = find_field(message, path);
  return place.field != nullptr && place.field->cpp_type() == FieldDescriptor::CPPTYPE_STRING
             ? place.message->GetReflection()->GetString(*place.message, place.field)
             : std::string();
}

std::optional<double> number_at(const Message& message, const std::string& path) {
  const Place place = find_field(message, path);
  if (place.field == nullptr || place.field->cpp_type() != FieldDescriptor::CPPTYPE_UINT32) {
    return std::nullopt;
  }
  return place.message->GetReflection()->GetUInt32(*place.message, place.field);
}

/// A metric minute by minute; a minute without a value is 0, as is a metric that is not there.
class Column {
 public:
  Column(const ResultSource& source, const std::string& resource, const std::string& metric) {
    const std::string path = fmt::format("/{}/{}", resource, metric);
    if (!metric.empty() && source.has(path)) {
      values_ = source.numbers(path);
    }
  }
  [[nodiscard]] double at(std::size_t minute) const {
    return minute < values_.size() && std::isfinite(values_[minute]) ? values_[minute] : 0;
  }
  [[nodiscard]] double mean(std::size_t first, std::size_t last) const {
    double sum = 0;
    for (std::size_t minute = first; minute <= last; ++minute) {
      sum += at(minute);
    }
    return sum / static_cast<double>(last - first + 1);
  }
  [[nodiscard]] std::size_t minutes() const { return values_.size(); }
  /// The first minute with the highest value.
  [[nodiscard]] std::size_t highest() const {
    std::size_t found = 0;
    for (std::size_t minute = 0; minute < values_.size(); ++minute) {
      found = at(minute) > at(found) ? minute : found;
    }
    return found;
  }

 private:
  std::vector<double> values_;
};

/// Minutes by their number, both included.
struct Minutes {
  std::size_t first = 0;
  std::size_t last = 0;
};

/// Those that lie inside the window; at least the last five before its end.
std::optional<Minutes> minutes_of(const BacklogQuestion& question, std::size_t recorded) {
  const auto whole = [](Time time) { return static_cast<std::size_t>((time - kStart) / kMinute); };
  const std::size_t end = question.to == kNever ? recorded : std::min(recorded, whole(question.to));
  if (end == 0) {
    return std::nullopt;
  }
  const std::size_t from = whole(question.from + kMinute - Duration{1});
  const std::size_t first = std::min(from, end - std::min(end, kLeastMinutes));
  return Minutes{first, end - 1};
}

bool asks_about_whole_run(const BacklogQuestion& question) {
  return question.from == kStart && question.to == kNever;
}

/// Of a level, in a minute: over the first minute alone nothing is known of where it began.
double growth_of(const Column& waiting, const Column& held, const Column& later,
                 const Minutes& minutes) {
  const auto level = [&](std::size_t minute) {
    return waiting.at(minute) + held.at(minute) + later.at(minute);
  };
  const std::size_t from = minutes.first == 0 ? 0 : minutes.first - 1;
  return from == minutes.last
             ? 0
             : (level(minutes.last) - level(from)) / static_cast<double>(minutes.last - from);
}

std::string with_number(const std::string& says, double number) {
  const std::size_t at = says.find("{}");
  return at == std::string::npos
             ? says
             : fmt::format("{}{}{}", says.substr(0, at), number_words(number), says.substr(at + 2));
}

bool is_all(double busy, double allowed) {
  constexpr double kNearly = 0.95;  // between two pieces of work nobody is busy for a moment
  return allowed > 0 && busy >= kNearly * allowed;
}

BacklogConsumer consumer_of(const ResultSource& source, const ResourcePlan& resource,
                            const Message& params, const ConsumerWords& words,
                            const Minutes& minutes) {
  BacklogConsumer consumer{.name = resource.name(), .unit = words.unit, .notes = {}};
  consumer.busy = Column(source, resource.name(), words.busy).at(minutes.last);
  consumer.allowed = Column(source, resource.name(), words.allowed).at(minutes.last);
  consumer.refused =
      Column(source, resource.name(), words.refused).mean(minutes.first, minutes.last);
  if (const auto each = number_at(params, words.each); each && !words.each.empty()) {
    consumer.notes.push_back(with_number(words.each_say, *each));
  }
  bool capped = false;
  for (const std::string& cap : words.caps) {
    if (!capped && number_at(params, cap) == consumer.allowed) {
      capped = true;
      consumer.notes.push_back(fmt::format("{} is {}", cap, number_words(consumer.allowed)));
    }
  }
  const auto more = words.grows.empty() ? std::nullopt : number_at(params, words.grows);
  if (!capped && more && is_all(consumer.busy, consumer.allowed)) {
    consumer.notes.push_back(fmt::format("up to {} more after each minute", number_words(*more)));
  }
  if (consumer.refused > 0) {
    consumer.notes.push_back(with_number(words.refused_say, consumer.refused));
  }
  return consumer;
}

std::vector<BacklogConsumer> consumers_of(const ResultSource& source, const Plan& plan,
                                          const std::vector<ConsumerWords>& vocabulary,
                                          const std::string& resource, const Minutes& minutes) {
  std::vector<BacklogConsumer> consumers;
  for (const ResourcePlan& one : plan.resource()) {
    for (const ConsumerWords& words : vocabulary) {
      if (words.type != one.type()) {
        continue;
      }
      const std::unique_ptr<Message> params = unpack(one.params());
      if (text_at(*params, words.takes_from) == resource) {
        consumers.push_back(consumer_of(source, one, *params, words, minutes));
      }
    }
  }
  return consumers;
}

/// How long until nothing waits; none where it does not get less to speak of.
std::optional<Duration> empty_in(const Backlog& backlog) {
  constexpr double kToSpeakOf = 0.01;  // of what comes
  const double drains = -backlog.growth;
  if (drains <= kToSpeakOf * std::max(backlog.came, 1.0)) {
    return std::nullopt;
  }
  const double minutes = (backlog.waiting + backlog.later) / drains;
  return std::chrono::round<std::chrono::seconds>(
      to_duration(minutes * static_cast<double>(to_ns(kMinute))));
}

void add_notes(const ResultSource& source, const Minutes& minutes, const std::string& resource,
               const Message& params, Backlog& backlog) {
  if (backlog.most_held && backlog.held >= *backlog.most_held) {
    backlog.notes.push_back(backlog.words.most_held_say);
  }
  const double groups = Column(source, resource, backlog.words.groups).at(minutes.last);
  if (groups <= 0) {
    return;
  }
  backlog.notes.push_back(with_number(backlog.words.groups_say, groups));
  if (const auto window = number_at(params, backlog.words.window);
      window && backlog.waiting + backlog.held > *window) {
    backlog.notes.push_back(with_number(backlog.words.window_say, *window));
  }
}

Backlog measure(const ResultSource& source, const BacklogWords& words, const std::string& resource,
                const Minutes& minutes) {
  const auto column = [&](const std::string& metric) { return Column(source, resource, metric); };
  const auto mean = [&](const std::string& metric) {
    return column(metric).mean(minutes.first, minutes.last);
  };
  const Column waiting = column(words.waiting);
  const Column held = column(words.held.metric);
  const Column later = column(words.later.metric);
  Backlog found{.words = words, .notes = {}, .consumers = {}};
  found.at = kStart + kMinute * (minutes.last + 1);
  found.since = kStart + kMinute * minutes.first;
  found.waiting = waiting.at(minutes.last);
  found.held = held.at(minutes.last);
  found.later = later.at(minutes.last);
  found.oldest_s = column(words.oldest_s).at(minutes.last);
  found.came = mean(words.came.metric);
  found.taken = mean(words.taken.metric);
  found.done = mean(words.done.metric);
  found.returned = mean(words.returned.metric);
  found.growth = growth_of(waiting, held, later, minutes);
  if (found.taken > 0) {
    found.held_for =
        to_duration(mean(words.held.metric) / found.taken * static_cast<double>(to_ns(kMinute)));
  }
  found.empty_in = empty_in(found);
  return found;
}

}  // namespace

std::optional<Backlog> backlog(const ResultSource& source, const Plan& plan,
                               const BacklogVocabulary& vocabulary,
                               const BacklogQuestion& question) {
  const auto resource =
      std::find_if(plan.resource().begin(), plan.resource().end(),
                   [&](const ResourcePlan& one) { return one.name() == question.resource; });
  if (resource == plan.resource().end()) {
    return std::nullopt;
  }
  const auto words =
      std::find_if(vocabulary.backlogs.begin(), vocabulary.backlogs.end(),
                   [&](const BacklogWords& one) { return one.type == resource->type(); });
  if (words == vocabulary.backlogs.end()) {
    return std::nullopt;
  }
  const Column waiting(source, resource->name(), words->waiting);
  BacklogQuestion asked = question;
  const bool whole = asks_about_whole_run(question);
  if (whole) {
    if (waiting.minutes() == 0 || waiting.at(waiting.highest()) == 0) {
      return std::nullopt;
    }
    asked.from = asked.to = kStart + kMinute * (waiting.highest() + 1);
  }
  const auto minutes = minutes_of(asked, waiting.minutes());
  if (!minutes) {
    return std::nullopt;
  }
  Backlog found = measure(source, *words, resource->name(), *minutes);
  found.largest = whole;
  const std::unique_ptr<Message> params = unpack(resource->params());
  found.most_held = number_at(*params, words->most_held);
  found.consumers = consumers_of(source, plan, vocabulary.consumers, resource->name(), *minutes);
  add_notes(source, *minutes, resource->name(), *params, found);
  return found;
}

}  // namespace updraft::sim
