#include "cli/reference.h"

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "cli/load.h"
#include "models/registry/registry.h"

namespace updraft::cli {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

TEST(Reference, TheTreeHoldsWhatTheSchemaSays) {
  const fs::path folder = UPDRAFT_SOURCE_DIR "/docs/reference";
  const auto pages = reference_pages(catalogue(make_registry()));
  std::set<std::string> found;
  for (const auto& entry : fs::directory_iterator(folder)) {
    found.insert(entry.path().filename().string());
  }
  std::set<std::string> expected;
  for (const auto& [name, text] : pages) {
    expected.insert(name);
    EXPECT_TRUE(content(folder / name) == text) << name << " differs; `make docs` writes it anew";
  }
  EXPECT_EQ(found, expected);
}

TEST(Reference, EveryTypeHasItsPage) {
  const sim::Catalogue known = catalogue(make_registry());
  const auto pages = reference_pages(known);
  EXPECT_EQ(pages.size(), known.models().size() + 2);
  EXPECT_NE(pages.at("auto_scaling_group.md").find("min_size"), std::string::npos);
  EXPECT_NE(pages.at("faults.md").find("lose_availability_zone"), std::string::npos);
}

}  // namespace
}  // namespace updraft::cli
