// A YAML (or JSON) text as a tree in which every key, scalar, mapping and sequence knows its place.
//
// Stricter than YAML: one document, text keys, no repeated key, no tags. Merge keys (`<<`) and
// aliases work; depth and the size after expanding aliases are limited, so a small hostile text
// cannot grow large.
//
//   std::optional<YamlTree> tree = YamlTree::parse(source, {}, diagnostics);   // none: see
//   diagnostics
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/diagnostic.h"

namespace updraft::sim {

struct YamlNode {
  enum class Kind : std::uint8_t { kScalar, kMapping, kSequence };
  struct Entry {
    const YamlNode* key = nullptr;
    const YamlNode* value = nullptr;
    bool merged = false;  // came through `<<`
  };

  Kind kind = Kind::kScalar;
  bool quoted = false;  // scalar in quotes or a block: text, never a null
  bool flow = false;    // {...} or [...]
  Mark start;
  Mark end;  // past the last character; of a block, of its last child
  std::string scalar;
  std::vector<Entry> entries;          // mapping
  std::vector<const YamlNode*> items;  // sequence
  std::uint32_t height = 1;            // levels below and including this one, aliases expanded
  std::uint64_t weight = 1;            // nodes below and including this one, aliases expanded

  [[nodiscard]] bool is_scalar() const { return kind == Kind::kScalar; }
  [[nodiscard]] bool is_mapping() const { return kind == Kind::kMapping; }
  [[nodiscard]] bool is_sequence() const { return kind == Kind::kSequence; }
  /// Nothing was written: empty, `~` or `null`.
  [[nodiscard]] bool is_null() const;
  /// The entry of a key; null when there is none.
  [[nodiscard]] const Entry* find(std::string_view key) const;
  /// Characters to underline: the scalar's on its first line, else 1.
  [[nodiscard]] std::size_t width() const;
};

struct YamlLimits {
  std::size_t max_bytes = std::size_t{64} << 20U;
  std::uint32_t max_depth = 64;
  std::uint64_t max_nodes = 5'000'000;  // aliases expanded
};

class YamlTree {
 public:
  /// Parses the whole text. On a syntax error, too deep or too large a text: none, and one
  /// diagnostic. Repeated keys and tags are diagnosed and the tree is given all the same, so that
  /// more can be found.
  static std::optional<YamlTree> parse(const SourceText& source, const YamlLimits& limits,
                                       Diagnostics& diagnostics);

  /// Null for a text without content.
  [[nodiscard]] const YamlNode* root() const { return root_; }

 private:
  friend class YamlBuilder;
  std::deque<YamlNode> nodes_;  // a deque: growing does not move them
  const YamlNode* root_ = nullptr;
};

}  // namespace updraft::sim
