#include "sim/scenario/yaml_tree.h"

#include <memory>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/schema/wording.h"

namespace updraft::sim {
namespace {

struct Parsed {
  std::shared_ptr<const SourceText> source;
  std::optional<YamlTree> tree;
  std::string findings;
};

Parsed parse(const std::string& text, const YamlLimits& limits = {}) {
  Parsed parsed;
  parsed.source = std::make_shared<const SourceText>(text, "t");
  Diagnostics found(parsed.source, 10);
  parsed.tree = YamlTree::parse(*parsed.source, limits, found);
  try {
    found.throw_if_any();
  } catch (const ScenarioError& error) {
    parsed.findings = error.summary();
  }
  return parsed;
}

const YamlNode& at(const YamlNode& node, const std::string& key) {
  const YamlNode::Entry* entry = node.find(key);
  if (entry == nullptr) {
    throw std::runtime_error("no key " + key);
  }
  return *entry->value;
}

// The tree on one line: scalars, quoted ones in quotes.
std::string flat(const YamlNode& node) {
  std::string out;
  if (node.is_scalar()) {
    return node.quoted ? "'" + node.scalar + "'" : node.scalar;
  }
  for (const YamlNode::Entry& entry : node.entries) {
    out += (out.empty() ? "" : ",") + entry.key->scalar + ":" + flat(*entry.value);
  }
  for (const YamlNode* item : node.items) {
    out += (out.empty() ? "" : ",") + flat(*item);
  }
  return node.is_mapping() ? "{" + out + "}" : "[" + out + "]";
}

std::string tree_of(const std::string& text) {
  const Parsed parsed = parse(text);
  return parsed.findings.empty() ? flat(*parsed.tree->root()) : parsed.findings;
}

TEST(YamlTree, KnowsThePlaceOfEveryKeyAndValue) {
  const Parsed parsed = parse("a: 1\nb:\n  - x\n  - {c: 'y z'}\n");
  const YamlNode& root = *parsed.tree->root();
  EXPECT_EQ(root.entries[1].key->start, (Mark{2, 1}));
  EXPECT_EQ(at(root, "a").start, (Mark{1, 4}));
  const YamlNode& list = at(root, "b");
  EXPECT_EQ(list.start, (Mark{3, 3}));
  const YamlNode& c = at(*list.items[1], "c");
  EXPECT_EQ(c.start, (Mark{4, 9}));
  EXPECT_EQ(c.end, (Mark{4, 14}));
  EXPECT_TRUE(c.quoted);
  EXPECT_FALSE(at(root, "a").quoted);
}

TEST(YamlTree, ColumnsCountCharacters) {
  const Parsed parsed = parse("größe: {ü: 日本}\n");
  EXPECT_EQ(at(at(*parsed.tree->root(), "größe"), "ü").start, (Mark{1, 12}));
}

TEST(YamlTree, ScalarsStayText) {
  EXPECT_EQ(tree_of("[yes, 010, 1e3, ~, null, \"null\", '', 2026-11]"),
            "[yes,010,1e3,~,null,'null','',2026-11]");
  const Parsed parsed = parse("[~, null, '', \"~\", x]");
  const std::vector<const YamlNode*>& items = parsed.tree->root()->items;
  EXPECT_TRUE(items[0]->is_null());
  EXPECT_TRUE(items[1]->is_null());
  EXPECT_FALSE(items[2]->is_null());
  EXPECT_FALSE(items[3]->is_null());
  EXPECT_FALSE(items[4]->is_null());
}

TEST(YamlTree, JsonIsYaml) {
  EXPECT_EQ(tree_of("{\"a\": [1, true, \"x\\u00e9\"],\n\t\"b\": {}}"), "{a:[1,true,'xé'],b:{}}");
}

TEST(YamlTree, AliasesStandForTheirAnchor) {
  EXPECT_EQ(tree_of("a: &x {b: 1}\nc: *x\nd: [*x, *x]\n"), "{a:{b:1},c:{b:1},d:[{b:1},{b:1}]}");
}

TEST(YamlTree, MergeKeysGiveWayToOwnOnesAndEarlierBasesWin) {
  EXPECT_EQ(tree_of("a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc: {<<: [*a, *b], z: 5}\n"),
            "{a:{x:1,y:2},b:{y:3,z:4},c:{z:5,x:1,y:2}}");
  EXPECT_EQ(tree_of("a: {'<<': 1}\n"), "{a:{<<:1}}");
}

TEST(YamlTree, RepeatedKeysNameBothPlaces) {
  EXPECT_EQ(tree_of("a: 1\nb: 2\na: 3\n"),
            "t:3:1: key \"a\" is repeated; it stands at line 1, column 1 already\n");
}

TEST(YamlTree, ATextWithoutContentHasNoRoot) {
  EXPECT_EQ(parse("").tree->root(), nullptr);
  EXPECT_EQ(parse("# only a comment\n").tree->root(), nullptr);
}

TEST(YamlTree, EncodingErrorsArePlaced) {
  EXPECT_EQ(tree_of("a: 1\nb: x\xff\n"), "t:2:5: not UTF-8; save the file as UTF-8\n");
  EXPECT_EQ(tree_of("\xFF\xFE"
                    "a"),
            "t:1:1: the scenario is UTF-16; save it as UTF-8\n");
  EXPECT_EQ(tree_of(std::string("a: x\0y", 6)), "t:1:5: control character 0x00; remove it\n");
}

TEST(YamlTree, DepthIsLimited) {
  YamlLimits limits;
  limits.max_depth = 3;
  EXPECT_EQ(parse("[[[1]]]", limits).findings, "");
  EXPECT_EQ(parse("[[[[1]]]]", limits).findings, "t:1:4: nested deeper than 3 levels\n");
  EXPECT_EQ(parse("[&a [1], [[*a]]]", limits).findings,
            "t:1:12: aliases nest deeper than 3 levels\n");
}

TEST(YamlTree, AliasesCannotMakeASmallTextLarge) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 30; ++i) {
    const std::string alias = fmt::format("*a{}", i - 1);
    text += fmt::format("a{}: &a{} [{}, {}, {}]\n", i, i, alias, alias, alias);
  }
  EXPECT_NE(parse(text).findings.find("aliases expand to more than 5000000 values"),
            std::string::npos);
}

TEST(YamlTree, SizeIsLimited) {
  YamlLimits limits;
  limits.max_bytes = 10;
  limits.max_nodes = 4;
  EXPECT_EQ(parse("[1, 2, 3, 4]", limits).findings,
            "t:1:1: the scenario has 12 bytes; at most 10 are read\n");
  limits.max_bytes = 100;
  EXPECT_EQ(parse("[1, 2, 3, 4]", limits).findings, "t:1:1: the scenario has more than 4 values\n");
}

TEST(SourceText, LinesEndAsYamlSaysAndOffsetsGoBothWays) {
  const SourceText source(
      "a\r\nbü\rc\xC2\x85"
      "d\xE2\x80\xA8"
      "e",
      "t");
  EXPECT_EQ(source.line(1), "a");
  EXPECT_EQ(source.line(2), "bü");
  EXPECT_EQ(source.line(3), "c");
  EXPECT_EQ(source.line(4), "d");
  EXPECT_EQ(source.line(5), "e");
  EXPECT_EQ(source.line(6), "");
  EXPECT_EQ(source.offset({2, 3}), 6U);
  EXPECT_EQ(source.mark(6), (Mark{2, 3}));
  EXPECT_EQ(source.offset({99, 1}), source.text().size());
}

TEST(Diagnostics, ShowTabsAndCutLongLines) {
  auto source = std::make_shared<const SourceText>("\tx: 1\n" + std::string(300, 'y'), "t");
  Diagnostics found(source, 10);
  found.add({1, 2}, 1, "here");
  found.add({2, 200}, 3, "there");
  try {
    found.throw_if_any();
    FAIL();
  } catch (const ScenarioError& error) {
    EXPECT_EQ(std::string(error.what()),
              "t:1:2: here\n  1 | \tx: 1\n    | \t^\nt:2:200: there\n  2 | ..." +
                  std::string(100, 'y') + "...\n    | " + std::string(63, ' ') + "^^^\n");
  }
}

TEST(Diagnostics, UsersTextIsShownWithoutControlCharacters) {
  EXPECT_EQ(in_quotes("a\nb\tc\x1b[0m"), "\"a\\nb\\tc\\x1b[0m\"");
  EXPECT_EQ(shown(std::string(100, 'x')), std::string(60, 'x') + "...");
}

}  // namespace
}  // namespace updraft::sim
