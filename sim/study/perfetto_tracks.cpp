#include "sim/study/perfetto_tracks.h"

#include <algorithm>
#include <functional>
#include <map>
#include <queue>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

namespace updraft::sim {
namespace {

/// Lanes of one path: which are free, and until when the others are not.
class Lanes {
 public:
  /// The first lane that is free from `begin` on, which is taken until `end`. Calls come in the
  /// order of their begins.
  std::size_t take(Time begin, Time end) {
    while (!busy_.empty() && busy_.top().first <= begin) {
      free_.insert(busy_.top().second);
      busy_.pop();
    }
    if (free_.empty()) {
      free_.insert(count_++);
    }
    const std::size_t lane = *free_.begin();
    free_.erase(free_.begin());
    busy_.emplace(end, lane);
    return lane;
  }
  [[nodiscard]] std::size_t count() const { return count_; }

 private:
  using Busy = std::pair<Time, std::size_t>;
  std::priority_queue<Busy, std::vector<Busy>, std::greater<>> busy_;
  std::set<std::size_t> free_;
  std::size_t count_ = 0;
};

struct Path {
  std::string name;      // of its tracks
  std::string group;     // first word of the path
  bool is_part = false;  // there are more words
  Lanes lanes;
  std::uint64_t first_uuid = 0;  // its lanes follow one another
};

/// "web/template/i-1" is template/i-1 of web; "shop" is shop of shop.
Path path_of(const std::string& text) {
  const std::size_t slash = text.find('/');
  return {.name = slash == std::string::npos ? text : text.substr(slash + 1),
          .group = text.substr(0, slash),
          .is_part = slash != std::string::npos,
          .lanes = {}};
}

class Layout {
 public:
  explicit Layout(const RunRecord& record) : record_(record) {}

  PerfettoLayout make(const std::string& root) {
    for (const TraceRecord& trace : record_.traces) {
      know(trace.source);
    }
    for (std::size_t t = 0; t < record_.traces.size(); ++t) {
      const TraceRecord& trace = record_.traces[t];
      add({.trace = t, .begin = trace.begin, .end = trace.end}, know(trace.source));
      for (std::size_t s = 0; s < trace.spans.size(); ++s) {
        const SpanRecord& span = trace.spans[s];
        add({.trace = t,
             .span = static_cast<std::int64_t>(s),
             .begin = span.begin,
             .end = std::max(span.begin, span.end)},
            know(span.component));
      }
    }
    std::sort(placed_.begin(), placed_.end(), [](const Placed& a, const Placed& b) {
      return std::tie(a.slice.begin, a.slice.trace, a.slice.span) <
             std::tie(b.slice.begin, b.slice.trace, b.slice.span);
    });
    for (Placed& one : placed_) {
      one.lane = paths_[one.path].lanes.take(one.slice.begin, one.slice.end);
    }
    PerfettoLayout layout;
    add_tracks(layout, root);
    for (Placed& one : placed_) {
      one.slice.track = paths_[one.path].first_uuid + one.lane;
      layout.slices.push_back(one.slice);
    }
    return layout;
  }

 private:
  struct Placed {
    PerfettoSlice slice;
    std::size_t path = 0;
    std::size_t lane = 0;
  };

  void add(const PerfettoSlice& slice, std::size_t path) {
    placed_.push_back({.slice = slice, .path = path});
  }

  std::size_t know(const std::string& text) {
    const auto [found, is_new] = index_.try_emplace(text, paths_.size());
    if (is_new) {
      paths_.push_back(path_of(text));
      std::vector<std::size_t>& members = members_[paths_.back().group];
      if (members.empty()) {
        groups_.push_back(paths_.back().group);
      }
      members.push_back(found->second);
    }
    return found->second;
  }

  void add_tracks(PerfettoLayout& layout, const std::string& root) {
    const auto add_track = [&layout](PerfettoTrack track) {
      track.uuid = layout.tracks.size() + 1;
      layout.tracks.push_back(std::move(track));
      return layout.tracks.back().uuid;
    };
    const std::uint64_t top = add_track({.kind = PerfettoTrackKind::kRoot, .name = root});
    std::int32_t rank = 0;
    for (const std::string& group : groups_) {
      std::vector<std::size_t>& members = members_[group];
      std::uint64_t parent = top;
      // A resource that has no parts needs no group around it.
      if (members.size() > 1 || paths_[members[0]].is_part) {
        parent = add_track(
            {.parent = top, .kind = PerfettoTrackKind::kGroup, .rank = rank, .name = group});
      }
      std::sort(members.begin(), members.end(),
                [this](std::size_t a, std::size_t b) { return paths_[a].name < paths_[b].name; });
      for (const std::size_t member : members) {
        Path& path = paths_[member];
        path.first_uuid = layout.tracks.size() + 1;
        for (std::size_t lane = 0; lane < path.lanes.count(); ++lane) {
          add_track({.parent = parent, .rank = rank, .name = path.name});
        }
      }
      ++rank;
    }
  }

  const RunRecord& record_;
  std::vector<Path> paths_;
  std::map<std::string, std::size_t> index_;  // of a path, by its text
  std::vector<std::string> groups_;           // in order of coming up
  std::map<std::string, std::vector<std::size_t>> members_;
  std::vector<Placed> placed_;
};

}  // namespace

PerfettoLayout perfetto_layout(const RunRecord& record, const std::string& root) {
  return Layout(record).make(root);
}

}  // namespace updraft::sim
