// The page docs/design/schema.md shows one parameter end to end; here it is compared with the code.
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "sim/schema/explain.h"
#include "sim/schema/json_schema.h"
#include "sim/schema/testing/world.h"

namespace updraft::sim {
namespace {

std::string read(const std::string& path) {
  std::ifstream file(std::string(UPDRAFT_SOURCE_DIR) + "/" + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The first code block of the language, without its fences.
std::string block(const std::string& page, const std::string& language) {
  const std::string fence = "```" + language + "\n";
  const std::size_t begin = page.find(fence);
  if (begin == std::string::npos) {
    return "";
  }
  const std::size_t end = page.find("```", begin + fence.size());
  return page.substr(begin + fence.size(), end - begin - fence.size());
}

// Runs of blanks as one, so that indentation and line breaks do not matter.
std::string words(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool is_blank = c == ' ' || c == '\n';
    if (!is_blank) {
      out += c;
    }
    if (is_blank && !out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  return out;
}

TEST(SchemaPage, ShowsTheProtoLinesOfTheTestWorld) {
  const std::string shown = words(block(read("docs/design/schema.md"), "proto"));
  ASSERT_GT(shown.size(), 100u);
  EXPECT_NE(words(read("sim/schema/testing/depot.proto")).find(shown), std::string::npos) << shown;
}

TEST(SchemaPage, ShowsWhatExplainSays) {
  const std::string answer = explain(testing::world(), "parcel_depot.clerks", {}).value();
  EXPECT_NE(read("docs/design/schema.md").find("```text\n" + answer + "```\n"), std::string::npos);
}

TEST(SchemaPage, ShowsTheFragmentOfTheJsonSchema) {
  const std::string shown = block(read("docs/design/schema.md"), "json");
  const nlohmann::json schema = nlohmann::json::parse(json_schema(testing::world(), {}));
  const nlohmann::json& depot = schema.at("$defs").at("updraft.sim.testing.DepotParams");
  EXPECT_EQ(nlohmann::json::parse("{" + shown + "}").at("clerks"),
            depot.at("anyOf").at(0).at("properties").at("clerks"));
}

}  // namespace
}  // namespace updraft::sim
