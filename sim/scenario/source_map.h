// Where each field of a scenario was written; what is not in here is a default.
//
//   loaded.sources.resource("fleet").was_written("scaling_policies.cpu.target_tracking.target_value")
//
// Paths are field names joined by dots; an element of a list is `[2]`, one of a keyed mapping its
// key.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "sim/scenario/diagnostic.h"

namespace updraft::sim {

class WrittenFields {
 public:
  void add(std::string path, Mark mark) { places_.emplace(std::move(path), mark); }
  [[nodiscard]] bool was_written(std::string_view path) const {
    return places_.find(path) != places_.end();
  }
  [[nodiscard]] std::optional<Mark> place(std::string_view path) const {
    const auto found = places_.find(path);
    return found == places_.end() ? std::nullopt : std::optional<Mark>(found->second);
  }
  /// Every written field, by path.
  [[nodiscard]] const std::map<std::string, Mark, std::less<>>& all() const { return places_; }

 private:
  std::map<std::string, Mark, std::less<>> places_;
};

class SourceMap {
 public:
  [[nodiscard]] const WrittenFields& header() const { return header_; }
  /// Empty for a resource that the scenario does not name.
  [[nodiscard]] const WrittenFields& resource(std::string_view name) const {
    return find(resources_, name);
  }
  [[nodiscard]] const WrittenFields& traffic(std::string_view name) const {
    return find(traffic_, name);
  }
  [[nodiscard]] const WrittenFields& initial(std::string_view name) const {
    return find(initial_, name);
  }

  WrittenFields& mutable_header() { return header_; }
  WrittenFields& mutable_resource(const std::string& name) { return resources_[name]; }
  WrittenFields& mutable_traffic(const std::string& name) { return traffic_[name]; }
  WrittenFields& mutable_initial(const std::string& name) { return initial_[name]; }

 private:
  using ByName = std::map<std::string, WrittenFields, std::less<>>;

  static const WrittenFields& find(const ByName& by_name, std::string_view name) {
    static const WrittenFields kNone;  // immutable: shared by all
    const auto found = by_name.find(name);
    return found == by_name.end() ? kNone : found->second;
  }

  WrittenFields header_;
  ByName resources_;
  ByName traffic_;
  ByName initial_;
};

}  // namespace updraft::sim
