#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "sim/metrics/result_source.h"

namespace updraft::sim {
namespace {

class MemoryResultSource final : public ResultSource {
 public:
  explicit MemoryResultSource(const MemorySink& sink) : sink_(sink) {}

  bool has(const std::string& path) const override {
    if (find(path).table != nullptr || sink_.has_column(path, std::chrono::seconds{60})) {
      return true;
    }
    return std::any_of(sink_.tables().begin(), sink_.tables().end(),
                       [&](const MemorySink::Table& table) { return table.spec.group == path; });
  }

  std::vector<std::string> resources() const override {
    std::set<std::string> names;
    for (const std::string& group : sink_.series_groups()) {
      names.insert(group.substr(1));
    }
    return {names.begin(), names.end()};
  }

  std::vector<std::int64_t> integers(const std::string& path) const override {
    return column<std::int64_t>(path);
  }
  std::vector<double> numbers(const std::string& path) const override {
    if (sink_.has_column(path, std::chrono::seconds{60})) {
      return sink_.column(path, std::chrono::seconds{60});
    }
    return column<double>(path);
  }
  std::vector<std::string> texts(const std::string& path) const override {
    return column<std::string>(path);
  }

  std::optional<std::string> text(const std::string& attribute) const override {
    return attribute_of<std::string>(attribute);
  }
  std::optional<std::int64_t> integer(const std::string& attribute) const override {
    if (attribute == "complete") {  // these two a file writes itself
      return sink_.finished() ? 1 : 0;
    }
    if (attribute == "valid_until_ns") {
      return sink_.commits().empty() ? 0 : to_ns(sink_.commits().back());
    }
    return attribute_of<std::int64_t>(attribute);
  }

 private:
  struct Place {
    const MemorySink::Table* table = nullptr;
    std::size_t column = 0;
  };

  [[nodiscard]] Place find(const std::string& path) const {
    const std::size_t slash = path.rfind('/');
    const std::string group = path.substr(0, slash);
    const std::string name = path.substr(slash + 1);
    for (const MemorySink::Table& table : sink_.tables()) {
      for (std::size_t i = 0; table.spec.group == group && i < table.spec.columns.size(); ++i) {
        const TableColumn& column = table.spec.columns[i];
        if (column.type == ColumnType::kTime ? column.name + "_ns" == name : column.name == name) {
          return {&table, i};
        }
      }
    }
    return {};
  }

  template <class T>
  [[nodiscard]] std::vector<T> column(const std::string& path) const {
    const Place place = find(path);
    if (place.table == nullptr) {
      throw ResultFileError(fmt::format("there is no {}", path));
    }
    std::vector<T> values;
    for (const std::vector<MemorySink::OwnedCell>& row : place.table->rows) {
      const auto* value = std::get_if<T>(&row[place.column]);
      if (value == nullptr) {
        throw ResultFileError(fmt::format("{} does not hold what is expected there", path));
      }
      values.push_back(*value);
    }
    return values;
  }

  template <class T>
  [[nodiscard]] std::optional<T> attribute_of(const std::string& name) const {
    const auto found = sink_.attributes().find("/@" + name);
    if (found == sink_.attributes().end() || !std::holds_alternative<T>(found->second.value)) {
      return std::nullopt;
    }
    return std::get<T>(found->second.value);
  }

  const MemorySink& sink_;
};

}  // namespace

std::unique_ptr<ResultSource> open_result_source(const MemorySink& sink) {
  return std::make_unique<MemoryResultSource>(sink);
}

}  // namespace updraft::sim
