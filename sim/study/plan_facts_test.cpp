#include "sim/study/plan_facts.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace updraft::sim {
namespace {

namespace fs = std::filesystem;

// A folder of its own for each test, with one file.
class RunId : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(::testing::TempDir()) /
              ::testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::create_directories(folder_ / "here");
    fs::create_directories(folder_ / "there");
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& where, const std::string& content) const {
    std::ofstream(folder_ / where / "counts.csv", std::ios::binary) << content;
  }
  [[nodiscard]] std::string id_of(const std::string& where) const {
    Plan plan;
    plan.mutable_header()->set_scenario("one");
    plan.set_directory((folder_ / where).string());
    plan.add_file("counts.csv");
    return run_id(plan, 1, 0, std::chrono::hours{1});
  }

 private:
  fs::path folder_;
};

TEST_F(RunId, ChangesWithTheContentOfAFileThatThePlanNames) {
  write("here", "period,count\n2026-01-01 00:00:00,5\n");
  const std::string before = id_of("here");
  EXPECT_EQ(id_of("here"), before);
  write("here", "period,count\n2026-01-01 00:00:00,6\n");
  EXPECT_NE(id_of("here"), before);
}

TEST_F(RunId, IsTheSameInAnotherFolder) {
  write("here", "period,count\n");
  write("there", "period,count\n");
  EXPECT_EQ(id_of("here"), id_of("there"));
}

TEST_F(RunId, TellsAFileThatIsMissingFromAnEmptyOne) {
  const std::string missing = id_of("here");
  write("here", "");
  EXPECT_NE(id_of("here"), missing);
}

}  // namespace
}  // namespace updraft::sim
