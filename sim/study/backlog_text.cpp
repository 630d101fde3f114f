// The words and the JSON of a backlog.
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sim/random/distribution.h"
#include "sim/study/backlog.h"
#include "sim/study/why_words.h"

namespace updraft::sim {
namespace {

using nlohmann::ordered_json;

std::string counted(double number, const std::string& unit) {
  return fmt::format("{} {}{}", number_words(number), unit, number == 1 ? "" : "s");
}

/// To the second, to the minute where it is long: a pace says no more.
std::string roughly(Duration length) {
  constexpr Duration kLong = std::chrono::hours{1};
  constexpr Duration kShort = std::chrono::seconds{10};
  return length_words(length < kShort ? length
                      : length < kLong
                          ? Duration{std::chrono::round<std::chrono::seconds>(length)}
                          : Duration{std::chrono::round<std::chrono::minutes>(length)});
}

std::string what_waits(const Backlog& backlog) {
  const BacklogWords& words = backlog.words;
  if (backlog.waiting + backlog.held + backlog.later == 0) {
    return "nothing";
  }
  std::string text = fmt::format("{}; {} {}", counted(backlog.waiting, words.unit),
                                 number_words(backlog.held), words.held.word);
  if (backlog.most_held) {
    text += fmt::format(", of {} at most", number_words(*backlog.most_held));
  }
  if (backlog.later > 0) {
    text += fmt::format("; {} {}", number_words(backlog.later), words.later.word);
  }
  return text + fmt::format("; the oldest is {} old",
                            length_words(std::chrono::round<std::chrono::seconds>(
                                to_duration(backlog.oldest_s * 1e9))));
}

std::string what_went(const Backlog& backlog) {
  const BacklogWords& words = backlog.words;
  std::string text =
      fmt::format("{} {}, {} {}, {} {}, {} {}", number_words(backlog.came), words.came.word,
                  number_words(backlog.taken), words.taken.word, number_words(backlog.done),
                  words.done.word, number_words(backlog.returned), words.returned.word);
  if (backlog.held_for) {
    text += fmt::format("; each {} for {}", words.held.word, roughly(*backlog.held_for));
  }
  return text;
}

std::string who_takes(const BacklogConsumer& consumer) {
  std::string text = fmt::format("{} of {} {} are busy", number_words(consumer.busy),
                                 number_words(consumer.allowed), consumer.unit);
  for (const std::string& note : consumer.notes) {
    text += "; " + note;
  }
  return text;
}

std::string when_empty(const Backlog& backlog) {
  if (backlog.empty_in) {
    return fmt::format("in {} at this pace: {} fewer a minute", roughly(*backlog.empty_in),
                       number_words(-backlog.growth));
  }
  return backlog.growth > 0
             ? fmt::format("never at this pace: {} more a minute", number_words(backlog.growth))
             : "never at this pace: as many come as go";
}

}  // namespace

std::string backlog_heading(const Backlog& backlog) {
  return fmt::format("{} at {}", backlog.largest ? "The backlog was largest" : "The backlog",
                     since_start(backlog.at));
}

std::vector<std::pair<std::string, std::string>> backlog_lines(const Backlog& backlog) {
  std::vector<std::pair<std::string, std::string>> lines;
  lines.emplace_back("waits", what_waits(backlog));
  for (const std::string& note : backlog.notes) {
    lines.emplace_back("", note);
  }
  lines.emplace_back(
      "a minute", what_went(backlog) + fmt::format(" (from {} to {})", since_start(backlog.since),
                                                   since_start(backlog.at)));
  for (const BacklogConsumer& consumer : backlog.consumers) {
    lines.emplace_back(consumer.name, who_takes(consumer));
  }
  if (backlog.consumers.empty()) {
    lines.emplace_back("nobody", fmt::format("takes {}s out of it", backlog.words.unit));
  }
  if (backlog.waiting > 0) {
    lines.emplace_back("empty", when_empty(backlog));
  }
  return lines;
}

ordered_json backlog_json(const Backlog& backlog) {
  const auto seconds = [](const std::optional<Duration>& length) {
    return length ? ordered_json(to_seconds(*length)) : ordered_json(nullptr);
  };
  ordered_json json{
      {"at_s", to_seconds(backlog.at)},
      {"since_s", to_seconds(backlog.since)},
      {"largest", backlog.largest},
      {"unit", backlog.words.unit},
      {"waiting", backlog.waiting},
      {"held", backlog.held},
      {"later", backlog.later},
      {"oldest_s", backlog.oldest_s},
      {"most_held", backlog.most_held ? ordered_json(*backlog.most_held) : ordered_json(nullptr)},
      {"per_minute",
       {{"came", backlog.came},
        {"taken", backlog.taken},
        {"done", backlog.done},
        {"returned", backlog.returned},
        {"growth", backlog.growth}}},
      {"held_for_s", seconds(backlog.held_for)},
      {"empty_in_s", seconds(backlog.empty_in)},
      {"notes", backlog.notes},
      {"consumers", ordered_json::array()}};
  for (const BacklogConsumer& consumer : backlog.consumers) {
    json["consumers"].push_back({{"name", consumer.name},
                                 {"unit", consumer.unit},
                                 {"busy", consumer.busy},
                                 {"allowed", consumer.allowed},
                                 {"refused_per_minute", consumer.refused},
                                 {"notes", consumer.notes}});
  }
  return json;
}

}  // namespace updraft::sim
