// Everything that once troubled the loader, and every wrong scenario, once more.
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "sim/scenario/testing/bad_scenarios.h"
#include "tests/fuzz/scenario_fuzz_body.h"

namespace updraft::sim::testing {
namespace {

std::size_t replay(const std::string& folder) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(UPDRAFT_SOURCE_DIR + folder)) {
    if (entry.is_regular_file()) {
      SCOPED_TRACE(entry.path().filename().string());
      EXPECT_NO_THROW(load_bytes(read_text(entry.path().string())));
      ++count;
    }
  }
  return count;
}

TEST(ScenarioCorpus, NeitherCrashesNorMisplacesAFinding) {
  EXPECT_GT(replay("/tests/fuzz/corpus/scenario"), 0U);
}

TEST(ScenarioCorpus, WrongScenariosCutAtAnyByteAreStillOnlyWrong) {
  const std::string folder = UPDRAFT_SOURCE_DIR "/tests/bad_scenarios/engine";
  for (const std::string& name : scenario_names(folder)) {
    SCOPED_TRACE(name);
    const std::string text = read_text(folder + "/" + name + ".yaml");
    for (std::size_t size = 0; size <= text.size(); size += 7) {
      ASSERT_NO_THROW(load_bytes(text.substr(0, size))) << size;
    }
  }
}

}  // namespace
}  // namespace updraft::sim::testing
