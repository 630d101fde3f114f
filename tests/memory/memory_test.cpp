// Peak memory of the command line program, as the kernel counts it (ru_maxrss of the process).
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace updraft {
namespace {

/// Peak resident memory of a run of match_day.yaml, kB.
long peak_kb(const std::string& until) {
  const std::string output =
      ::testing::TempDir() + fmt::format("updraft-memory-{}-{}.h5", ::getpid(), until);
  std::vector<std::string> words = {
      UPDRAFT_PROGRAM, "run",     UPDRAFT_SOURCE_DIR "/scenarios/match_day.yaml",
      "--until",       until,     "--output",
      output,          "--quiet", "--json"};
  std::vector<char*> arguments;
  for (std::string& word : words) {
    arguments.push_back(word.data());
  }
  arguments.push_back(nullptr);
  pid_t child = 0;
  if (::posix_spawn(&child, UPDRAFT_PROGRAM, nullptr, nullptr, arguments.data(), environ) != 0) {
    throw std::runtime_error("cannot start " UPDRAFT_PROGRAM);
  }
  int status = 0;
  rusage usage{};
  if (::wait4(child, &status, 0, &usage) != child || status != 0) {
    throw std::runtime_error(fmt::format("the run until {} ended with {}", until, status));
  }
  std::filesystem::remove(output);
  return usage.ru_maxrss;
}

TEST(Memory, OfFourteenDaysIsThatOfOne) {
  const long one = peak_kb("1d");
  const long fourteen = peak_kb("14d");
  fmt::print("peak of one day {} kB, of fourteen {} kB: {:+.1f} %\n", one, fourteen,
             100.0 * static_cast<double>(fourteen - one) / static_cast<double>(one));
  EXPECT_LE(static_cast<double>(fourteen), 1.05 * static_cast<double>(one));
  EXPECT_LE(fourteen, 200'000) << "what docs/performance.md promises";
}

}  // namespace
}  // namespace updraft
