#include "sim/study/why_request.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "sim/schema/text_page.h"
#include "sim/study/why_words.h"

namespace updraft::sim {
namespace {

constexpr std::size_t kPartColumn = 44;

std::string_view status_words(SpanStatus status) {
  constexpr std::array<std::string_view, 7> kWords{"not over",  "ok",       "failed", "timed out",
                                                   "throttled", "rejected", "lost"};
  const auto index = static_cast<std::size_t>(status);
  return index < kWords.size() ? kWords[index] : "unknown";
}

/// "12.3 ms", to a microsecond.
std::string milliseconds(Duration length) {
  const std::int64_t us = to_ns(length) / 1000;
  return number_words(static_cast<double>(us) / 1000.0) + " ms";
}

Duration waited(const SpanRecord& span) {
  const auto seconds = span.attribute("waited_s");
  return seconds ? Duration{std::llround(*seconds * 1e9)} : Duration{};
}

std::size_t depth_of(const TraceRecord& trace, std::size_t span) {
  std::size_t depth = 0;
  for (std::int64_t up = trace.spans[span].parent;
       up >= 0 && static_cast<std::size_t>(up) < trace.spans.size() && depth < trace.spans.size();
       up = trace.spans[static_cast<std::size_t>(up)].parent) {
    ++depth;
  }
  return depth;
}

/// How long at least one of the span's own calls was under way while the span lasted: work that
/// outlives its caller is not the caller's time, and calls made at once are waited for once.
Duration in_calls(const TraceRecord& trace, std::size_t span) {
  const Time end = trace.spans[span].end;
  std::vector<std::pair<Time, Time>> calls;
  for (const SpanRecord& child : trace.spans) {
    if (child.parent == static_cast<std::int64_t>(span) && child.begin < end) {
      calls.emplace_back(child.begin, std::min(child.end, end));
    }
  }
  std::sort(calls.begin(), calls.end());
  Duration sum{};
  Time counted = trace.spans[span].begin;
  for (const auto& [from, to] : calls) {
    sum += std::max(Duration{}, to - std::max(from, counted));
    counted = std::max(counted, to);
  }
  return sum;
}

}  // namespace

const TraceRecord* find_request(const RunRecord& record, std::string_view source,
                                std::int64_t request) {
  const auto found = std::find_if(
      record.traces.begin(), record.traces.end(),
      [&](const TraceRecord& trace) { return trace.request == request && trace.source == source; });
  return found == record.traces.end() ? nullptr : &*found;
}

std::vector<TimePart> time_parts(const TraceRecord& trace) {
  std::vector<TimePart> parts;
  for (std::size_t i = 0; i < trace.spans.size(); ++i) {
    const SpanRecord& span = trace.spans[i];
    TimePart part{.component = span.component,
                  .depth = depth_of(trace, i),
                  .waited = waited(span),
                  .served = span.end - span.begin};
    part.served -= part.waited + in_calls(trace, i);
    parts.push_back(part);
  }
  return parts;
}

std::string request_text(const TraceRecord& trace, const RunRecord& record,
                         const WhyTextOptions& options) {
  TextPage page({.width = options.width, .ansi = options.ansi});
  page.title(fmt::format("request {} of {}: {} after {}", trace.request, trace.source,
                         status_words(trace.status), milliseconds(trace.end - trace.begin)));
  page.paragraph(
      fmt::format("sent at {} ({})", since_start(trace.begin), utc_words(record, trace.begin)));
  page.heading("Where it went");
  for (std::size_t i = 0; i < trace.spans.size(); ++i) {
    const SpanRecord& span = trace.spans[i];
    page.row("+" + milliseconds(span.begin - trace.begin),
             fmt::format("to {}: {} after {}", span.component, status_words(span.status),
                         milliseconds(span.end - span.begin)),
             16 + 2 * depth_of(trace, i));
  }
  page.heading("Where its time went");
  for (const TimePart& part : time_parts(trace)) {
    page.row(part.component,
             fmt::format("{} on the way and in line, {} there", milliseconds(part.waited),
                         milliseconds(part.served)),
             kPartColumn);
  }
  return page.text();
}

nlohmann::ordered_json request_json(const TraceRecord& trace, const RunRecord& record) {
  nlohmann::ordered_json json{{"version", 1},
                              {"traffic", trace.source},
                              {"request", trace.request},
                              {"status", status_words(trace.status)},
                              {"begin_s", to_seconds(trace.begin)},
                              {"end_s", to_seconds(trace.end)},
                              {"utc", utc_words(record, trace.begin)},
                              {"calls", nlohmann::ordered_json::array()}};
  const std::vector<TimePart> parts = time_parts(trace);
  for (std::size_t i = 0; i < trace.spans.size(); ++i) {
    const SpanRecord& span = trace.spans[i];
    json["calls"].push_back({{"to", span.component},
                             {"parent", span.parent},
                             {"begin_s", to_seconds(span.begin)},
                             {"end_s", to_seconds(span.end)},
                             {"status", status_words(span.status)},
                             {"waited_s", to_seconds(parts[i].waited)},
                             {"served_s", to_seconds(parts[i].served)}});
  }
  return json;
}

}  // namespace updraft::sim
