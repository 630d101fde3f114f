#include "sim/scenario/yaml_tree.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <yaml.h>

#include "sim/schema/wording.h"

namespace updraft::sim {
namespace {

Mark to_mark(const yaml_mark_t& mark) {
  return {static_cast<std::uint32_t>(mark.line + 1), static_cast<std::uint32_t>(mark.column + 1)};
}

std::string_view view(const yaml_char_t* text) {
  return text == nullptr ? std::string_view{} : reinterpret_cast<const char*>(text);
}

// libyaml's words for a fault, in ours where ours say more.
std::string explain(std::string_view problem, std::string_view context) {
  struct Words {
    std::string_view theirs;
    std::string_view ours;
  };
  static constexpr Words kWords[] = {
      {"mapping values are not allowed in this context",
       "a \":\" cannot stand here; check the indentation, or put the text in quotes"},
      {"could not find expected ':'",
       "a key without \":\"; write \"key: value\", or put the text in quotes"},
      {"did not find expected ',' or '}'", "the mapping in braces lacks a \",\" or \"}\""},
      {"did not find expected ',' or ']'", "the list in brackets lacks a \",\" or \"]\""},
      {"did not find expected key", "a key is expected here; check the indentation and the quotes"},
      {"did not find expected '-' indicator",
       "a \"- \" is expected here; check the indentation of the list"},
      {"found unexpected end of stream", "a quote is opened and never closed"},
      {"found undefined tag handle", "tags (\"!...\") are not read; leave it out"},
      {"block sequence entries are not allowed in this context",
       "a \"- \" cannot stand here; begin the list on a new line"},
      {"found unknown escape character", "an unknown escape in double quotes"},
      {"did not find expected <document start>", "text after the end of the scenario"},
  };
  for (const Words& words : kWords) {
    if (problem == words.theirs) {
      return std::string(words.ours);
    }
  }
  std::string text = "not YAML: " + std::string(problem);
  if (!context.empty()) {
    text += fmt::format(" ({})", context);
  }
  return text;
}

class Parser {
 public:
  explicit Parser(const std::string& text) {
    ok_ = yaml_parser_initialize(&parser_) != 0;
    if (ok_) {
      yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
      yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                   text.size());
    }
  }
  ~Parser() {
    if (ok_) {
      yaml_parser_delete(&parser_);
    }
  }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  bool next(yaml_event_t& event) { return ok_ && yaml_parser_parse(&parser_, &event) != 0; }
  [[nodiscard]] const yaml_parser_t& raw() const { return parser_; }

 private:
  yaml_parser_t parser_{};
  bool ok_ = false;
};

struct Event {
  yaml_event_t raw{};
  Event() = default;
  ~Event() { yaml_event_delete(&raw); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
};

}  // namespace

bool YamlNode::is_null() const {
  return is_scalar() && !quoted && (scalar.empty() || scalar == "~" || scalar == "null");
}

const YamlNode::Entry* YamlNode::find(std::string_view key) const {
  for (const Entry& entry : entries) {
    if (entry.key->scalar == key) {
      return &entry;
    }
  }
  return nullptr;
}

std::size_t YamlNode::width() const {
  if (!is_scalar()) {
    return 1;
  }
  return end.line == start.line && end.column > start.column ? end.column - start.column : 1;
}

// Puts events together. Frames stand on our own stack, so depth costs no recursion.
class YamlBuilder {
 public:
  YamlBuilder(const SourceText& source, const YamlLimits& limits, Diagnostics& diagnostics)
      : source_(source), limits_(limits), diagnostics_(diagnostics) {}

  std::optional<YamlTree> run() {
    if (!acceptable()) {
      return std::nullopt;
    }
    Parser parser(source_.text());
    while (true) {
      Event event;
      if (!parser.next(event.raw)) {
        syntax_error(parser.raw());
        return std::nullopt;
      }
      if (event.raw.type == YAML_STREAM_END_EVENT) {
        return std::move(tree_);
      }
      if (!take(event.raw)) {
        return std::nullopt;
      }
    }
  }

 private:
  struct Frame {
    YamlNode* node;
    const YamlNode* key = nullptr;  // mapping: read, its value is next
    std::map<std::string_view, const YamlNode*> keys;
  };
  struct Anchor {
    const YamlNode* node;
    bool open;  // still being read: an alias to it would hold itself
  };

  bool fail(Mark mark, std::size_t width, std::string message) {
    diagnostics_.add(mark, width, std::move(message));
    return false;
  }

  bool acceptable() {
    const std::string& text = source_.text();
    if (text.size() > limits_.max_bytes) {
      return fail({1, 1}, 1,
                  fmt::format("the scenario has {} bytes; at most {} are read", text.size(),
                              limits_.max_bytes));
    }
    if (text.starts_with("\xFE\xFF") || text.starts_with("\xFF\xFE")) {
      return fail({1, 1}, 1, "the scenario is UTF-16; save it as UTF-8");
    }
    return true;
  }

  void syntax_error(const yaml_parser_t& parser) {
    if (parser.error == YAML_READER_ERROR) {
      const Mark mark = source_.mark(parser.problem_offset);
      const bool control = view(reinterpret_cast<const yaml_char_t*>(parser.problem)) ==
                           "control characters are not allowed";
      fail(mark, 1,
           control ? fmt::format("control character 0x{:02x}; remove it", parser.problem_value)
                   : "not UTF-8; save the file as UTF-8");
      return;
    }
    if (parser.error == YAML_MEMORY_ERROR) {
      throw std::bad_alloc();
    }
    Mark mark = to_mark(parser.problem_mark);
    const std::string problem = parser.problem == nullptr ? "syntax" : parser.problem;
    const std::string context = parser.context == nullptr ? "" : parser.context;
    const std::size_t offset = source_.offset(mark);
    const bool at_end = offset >= source_.text().size();
    if (!at_end && source_.text()[offset] == '\t') {
      fail(mark, 1, "a tab cannot indent; use spaces");
      return;
    }
    std::string message = explain(problem, context);
    const bool has_context = parser.context_mark.line > 0 || parser.context_mark.column > 0;
    if (has_context && parser.context != nullptr) {
      const Mark opened = to_mark(parser.context_mark);
      if (opened.line != mark.line && !at_end) {
        message += fmt::format(" (begun at line {})", opened.line);
      }
      if (at_end) {
        mark = opened;  // the end of the file shows nothing
      }
    }
    fail(mark, 1, std::move(message));
  }

  bool take(const yaml_event_t& event) {
    const Mark start = to_mark(event.start_mark);
    const Mark end = to_mark(event.end_mark);
    switch (event.type) {
      case YAML_DOCUMENT_START_EVENT:
        if (documents_++ > 0) {
          return fail(start, 3, "a second document; a file holds one scenario");
        }
        if (event.data.document_start.tag_directives.start !=
            event.data.document_start.tag_directives.end) {
          return fail(start, 1, "tag directives are not read; leave them out");
        }
        return true;
      case YAML_ALIAS_EVENT:
        return take_alias(view(event.data.alias.anchor), start, end);
      case YAML_SCALAR_EVENT:
        return take_scalar(event, start, end);
      case YAML_SEQUENCE_START_EVENT:
        return open(YamlNode::Kind::kSequence, view(event.data.sequence_start.tag),
                    view(event.data.sequence_start.anchor),
                    event.data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE, start);
      case YAML_MAPPING_START_EVENT:
        return open(YamlNode::Kind::kMapping, view(event.data.mapping_start.tag),
                    view(event.data.mapping_start.anchor),
                    event.data.mapping_start.style == YAML_FLOW_MAPPING_STYLE, start);
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT:
        return close(start, end);
      default:
        return true;
    }
  }

  void check_tag(std::string_view tag, Mark mark) {
    if (tag.empty()) {
      return;
    }
    constexpr std::string_view kStandard = "tag:yaml.org,2002:";
    const std::string written = tag.starts_with(kStandard)
                                    ? "!!" + std::string(tag.substr(kStandard.size()))
                                    : std::string(tag);
    fail(mark, 1, fmt::format("tags are not read; leave {} out", shown(written)));
  }

  YamlNode* make(YamlNode::Kind kind, Mark start, Mark end) {
    YamlNode& node = tree_.nodes_.emplace_back();
    node.kind = kind;
    node.start = start;
    node.end = end;
    return &node;
  }

  bool take_scalar(const yaml_event_t& event, Mark start, Mark end) {
    const auto& data = event.data.scalar;
    YamlNode* node = make(YamlNode::Kind::kScalar, start, end);
    node->scalar.assign(reinterpret_cast<const char*>(data.value), data.length);
    node->quoted = data.style != YAML_PLAIN_SCALAR_STYLE;
    check_tag(view(data.tag), start);
    if (!view(data.anchor).empty()) {
      anchors_[std::string(view(data.anchor))] = {node, false};
    }
    return place(node);
  }

  bool take_alias(std::string_view name, Mark start, Mark end) {
    const auto found = anchors_.find(std::string(name));
    const std::size_t width = end.column > start.column ? end.column - start.column : 1;
    if (found == anchors_.end()) {
      return fail(start, width, fmt::format("no anchor &{} above", shown(name)));
    }
    if (found->second.open) {
      return fail(start, width, fmt::format("*{} stands inside its own anchor", shown(name)));
    }
    const YamlNode* node = found->second.node;
    if (stack_.size() + node->height > limits_.max_depth) {
      return fail(start, width,
                  fmt::format("aliases nest deeper than {} levels", limits_.max_depth));
    }
    expanded_ += node->weight;
    if (expanded_ > limits_.max_nodes) {
      return fail(start, width,
                  fmt::format("aliases expand to more than {} values", limits_.max_nodes));
    }
    alias_mark_ = start;
    const bool ok = place(node);
    alias_mark_ = {};
    return ok;
  }

  bool open(YamlNode::Kind kind, std::string_view tag, std::string_view anchor, bool flow,
            Mark start) {
    check_tag(tag, start);
    if (stack_.size() >= limits_.max_depth) {
      return fail(start, 1, fmt::format("nested deeper than {} levels", limits_.max_depth));
    }
    YamlNode* node = make(kind, start, start);
    node->flow = flow;
    if (!anchor.empty()) {
      anchors_[std::string(anchor)] = {node, true};
      open_anchors_.emplace_back(node, std::string(anchor));
    }
    stack_.push_back({node, nullptr, {}});
    return true;
  }

  bool close(Mark, Mark end) {
    YamlNode* node = stack_.back().node;
    stack_.pop_back();
    if (node->flow) {
      node->end = end;
    }
    if (!open_anchors_.empty() && open_anchors_.back().first == node) {
      // Unless the name was given anew inside, which then stands.
      Anchor& anchor = anchors_[open_anchors_.back().second];
      if (anchor.node == node) {
        anchor.open = false;
      }
      open_anchors_.pop_back();
    }
    if (node->is_mapping()) {
      merge(*node);
    }
    return place(node);
  }

  // Gives a finished node to the mapping or sequence it stands in.
  bool place(const YamlNode* node) {
    if (++expanded_ > limits_.max_nodes) {
      return fail(node->start, 1,
                  fmt::format("the scenario has more than {} values", limits_.max_nodes));
    }
    if (stack_.empty()) {
      tree_.root_ = node;
      return true;
    }
    Frame& frame = stack_.back();
    if (frame.node->is_sequence()) {
      frame.node->items.push_back(node);
      grow(*frame.node, *node);
      return true;
    }
    if (frame.key == nullptr) {
      return place_key(frame, node);
    }
    frame.node->entries.push_back({frame.key, node, false});
    frame.key = nullptr;
    grow(*frame.node, *node);
    return true;
  }

  bool place_key(Frame& frame, const YamlNode* node) {
    if (!node->is_scalar()) {
      return fail(node->start, 1, "a key must be text, not a mapping or a list");
    }
    frame.key = node;
    if (node->scalar == "<<" && !node->quoted) {
      return true;
    }
    const auto [entry, fresh] = frame.keys.try_emplace(node->scalar, node);
    if (!fresh) {
      const Mark mark = alias_mark_.line > 0 ? alias_mark_ : node->start;
      diagnostics_.add(mark, node->width(),
                       fmt::format("key {} is repeated; it stands at line {}, column {} already",
                                   in_quotes(node->scalar), entry->second->start.line,
                                   entry->second->start.column));
    }
    return true;
  }

  void grow(YamlNode& parent, const YamlNode& child) const {
    parent.height = std::max(parent.height, child.height + 1);
    parent.weight += child.weight;
    if (!parent.flow) {
      parent.end = alias_mark_.line > 0 ? alias_mark_ : child.end;
    }
  }

  // `<<: *base` or `<<: [*a, *b]`: keys of the base that the mapping does not give itself; earlier
  // bases win.
  void merge(YamlNode& node) {
    const auto is_merge = [](const YamlNode::Entry& entry) {
      return entry.key->scalar == "<<" && !entry.key->quoted;
    };
    if (std::none_of(node.entries.begin(), node.entries.end(), is_merge)) {
      return;
    }
    std::vector<YamlNode::Entry> own;
    std::vector<const YamlNode*> bases;
    for (const YamlNode::Entry& entry : node.entries) {
      if (!is_merge(entry)) {
        own.push_back(entry);
        continue;
      }
      if (entry.value->is_sequence()) {
        bases.insert(bases.end(), entry.value->items.begin(), entry.value->items.end());
      } else {
        bases.push_back(entry.value);
      }
    }
    std::map<std::string_view, bool> given;
    for (const YamlNode::Entry& entry : own) {
      given.emplace(entry.key->scalar, true);
    }
    for (const YamlNode* base : bases) {
      if (!base->is_mapping()) {
        fail(base->start, base->width(),
             "\"<<\" takes a mapping or a list of mappings, by alias: <<: *name");
        continue;
      }
      for (const YamlNode::Entry& entry : base->entries) {
        if (given.emplace(entry.key->scalar, true).second) {
          own.push_back({entry.key, entry.value, true});
        }
      }
    }
    node.entries = std::move(own);
  }

  const SourceText& source_;
  const YamlLimits& limits_;
  Diagnostics& diagnostics_;
  YamlTree tree_;
  std::vector<Frame> stack_;
  std::map<std::string, Anchor> anchors_;
  std::vector<std::pair<const YamlNode*, std::string>> open_anchors_;
  Mark alias_mark_;  // the alias being placed
  std::uint64_t expanded_ = 0;
  int documents_ = 0;
};

std::optional<YamlTree> YamlTree::parse(const SourceText& source, const YamlLimits& limits,
                                        Diagnostics& diagnostics) {
  return YamlBuilder(source, limits, diagnostics).run();
}

}  // namespace updraft::sim
