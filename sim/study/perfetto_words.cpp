#include "sim/study/perfetto_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace updraft::sim {
namespace {

constexpr std::string_view kWaited = "waited_s";  // attribute of spans, told in nanoseconds

std::string kept_for_words(std::int64_t kept_for) {
  std::vector<std::string_view> words;
  if ((kept_for & kKeptAsSample) != 0) {
    words.emplace_back("sampled");
  }
  if ((kept_for & kKeptAsSlowest) != 0) {
    words.emplace_back("slowest");
  }
  if ((kept_for & kKeptAsFailed) != 0) {
    words.emplace_back("failed");
  }
  return fmt::format("{}", fmt::join(words, ", "));
}

/// "visitors 1234", and what became of it when that is not ok.
std::string slice_name(const TraceRecord& trace, SpanStatus status) {
  const std::string source = trace.source.substr(trace.source.find('/') + 1);
  return status == SpanStatus::kOk
             ? fmt::format("{} {}", source, trace.request)
             : fmt::format("{} {}: {}", source, trace.request, span_status_word(status));
}

}  // namespace

bool is_called_by_hop(const TraceRecord& trace, const SpanRecord& span) {
  return span.parent >= 0 && static_cast<std::size_t>(span.parent) < trace.spans.size();
}

std::uint64_t PerfettoTexts::operator[](std::string_view text) {
  const auto found = numbers_.find(text);
  if (found != numbers_.end()) {
    return found->second;
  }
  texts_.emplace_back(text);
  numbers_.emplace(text, texts_.size());
  return texts_.size();
}

PerfettoWords::PerfettoWords(const RunRecord& record) : record_(record) {
  for (const TraceRecord& trace : record_.traces) {
    parts_.push_back(time_parts(trace));
  }
}

void PerfettoWords::put(perfetto::InternedData& data) const {
  for (std::size_t i = 0; i < categories_.all().size(); ++i) {
    perfetto::InternedData::Name& name = *data.add_event_categories();
    name.set_iid(i + 1);
    name.set_name(categories_.all()[i]);
  }
  for (std::size_t i = 0; i < keys_.all().size(); ++i) {
    perfetto::InternedData::Name& name = *data.add_debug_annotation_names();
    name.set_iid(i + 1);
    name.set_name(keys_.all()[i]);
  }
  for (std::size_t i = 0; i < values_.all().size(); ++i) {
    perfetto::InternedData::Text& value = *data.add_debug_annotation_string_values();
    value.set_iid(i + 1);
    value.set_str(values_.all()[i]);
  }
}

void PerfettoWords::describe_run(const PerfettoTitles& titles, perfetto::TrackEvent& event) {
  event.add_category_iids(categories_["run"]);
  event.set_name(titles.name);
  for (const auto& [name, value] : titles.texts) {
    text(event, name, value);
  }
  for (const auto& [name, value] : titles.numbers) {
    number(event, name, value);
  }
}

void PerfettoWords::describe(const PerfettoSlice& slice, perfetto::TrackEvent& event) {
  const TraceRecord& trace = record_.traces[slice.trace];
  text(event, "traffic", trace.source);
  number(event, "request", trace.request);
  if (slice.span == PerfettoSlice::kRequest) {
    event.add_category_iids(categories_["request"]);
    event.set_name(slice_name(trace, trace.status));
    text(event, "status", span_status_word(trace.status));
    if (trace.kept_for != 0) {
      text(event, "kept_for", kept_for_words(trace.kept_for));
    }
  } else {
    describe_hop(trace, slice, event);
  }
}

void PerfettoWords::describe_hop(const TraceRecord& trace, const PerfettoSlice& slice,
                                 perfetto::TrackEvent& event) {
  const auto index = static_cast<std::size_t>(slice.span);
  const SpanRecord& span = trace.spans[index];
  event.add_category_iids(categories_["hop"]);
  event.set_name(slice_name(trace, span.status));
  number(event, "hop", slice.span);
  text(event, "resource", span.component);
  if (is_called_by_hop(trace, span)) {
    text(event, "called_by", trace.spans[static_cast<std::size_t>(span.parent)].component);
    number(event, "called_by_hop", span.parent);
  } else {
    text(event, "called_by", trace.source);
  }
  text(event, "status", span_status_word(span.status));
  if (span.attribute(kWaited)) {
    const TimePart& part = parts_[slice.trace][index];
    number(event, "waited_ns", to_ns(part.waited));
    number(event, "served_ns", to_ns(part.served));
  }
  for (const RecordedValue& attribute : span.attributes) {
    if (attribute.name != kWaited) {
      key(event, attribute.name).set_double_value(attribute.first);
    }
  }
}

perfetto::DebugAnnotation& PerfettoWords::key(perfetto::TrackEvent& event, std::string_view name) {
  perfetto::DebugAnnotation& annotation = *event.add_debug_annotations();
  annotation.set_name_iid(keys_[name]);
  return annotation;
}

void PerfettoWords::text(perfetto::TrackEvent& event, std::string_view name,
                         std::string_view value) {
  key(event, name).set_string_value_iid(values_[value]);
}

void PerfettoWords::number(perfetto::TrackEvent& event, std::string_view name, std::int64_t value) {
  key(event, name).set_int_value(value);
}

}  // namespace updraft::sim
