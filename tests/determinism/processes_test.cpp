// Two processes of the command line program agree with each other and with the library in this one.
#include <array>
#include <cstdio>
#include <filesystem>
#include <stdexcept>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/determinism/match_day.h"

namespace updraft {
namespace {

/// What a command prints to stdout.
std::string output_of(const std::string& command) {
  FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) {
    throw std::runtime_error("cannot run " + command);
  }
  std::string text;
  std::array<char, 4096> buffer{};
  while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe)) {
    text.append(buffer.data(), n);
  }
  if (::pclose(pipe) != 0) {
    throw std::runtime_error(command + " failed");
  }
  return text;
}

/// The text of a string field of flat JSON.
std::string field(const std::string& json, const std::string& name) {
  const std::size_t key = json.find("\"" + name + "\"");
  EXPECT_NE(key, std::string::npos) << name << " is not in\n" << json;
  const std::size_t begin = json.find('"', json.find(':', key)) + 1;
  return json.substr(begin, json.find('"', begin) - begin);
}

TEST(Processes, TwoOfThemAndTheLibraryGiveTheSameResults) {
  const std::string folder = ::testing::TempDir() + fmt::format("updraft-processes-{}", ::getpid());
  std::filesystem::create_directories(folder);
  const auto run = [&](const std::string& name) {
    return output_of(fmt::format("'{}' run '{}/match_day.yaml' --until 6h -o '{}/{}.h5' --json",
                                 UPDRAFT_PROGRAM, testing::kScenarios, folder, name));
  };
  const std::string first = run("first");
  const std::string second = run("second");
  const sim::ModelRegistry registry = make_registry();
  const sim::Report here =
      sim::run(testing::plan_of(testing::match_day_text(), registry), registry,
               {.duration = testing::kSixHours, .output = folder + "/here.h5"});
  EXPECT_EQ(field(first, "results_hash").size(), 32u);
  EXPECT_EQ(field(first, "results_hash"), field(second, "results_hash"));
  EXPECT_EQ(field(first, "results_hash"), here.results_hash);
  EXPECT_EQ(field(first, "trace_hash"), fmt::format("{:016x}", here.trace_hash));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace updraft
