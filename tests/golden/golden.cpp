#include "tests/golden/golden.h"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "models/registry/registry.h"
#include "sim/scenario/scenario.h"
#include "sim/schema/quantity.h"
#include "sim/study/run.h"

namespace updraft::testing {
namespace {

const std::string kRoot = UPDRAFT_SOURCE_DIR;
constexpr std::size_t kColumns = 5;
using Line = std::array<std::string, kColumns>;

std::vector<Line> read_table(const std::string& table) {
  std::ifstream in(table);
  std::vector<Line> lines;
  for (std::string text; std::getline(in, text);) {
    std::istringstream cells(text);
    Line line;
    for (std::string& cell : line) {
      std::getline(cells, cell, ',');
    }
    lines.push_back(line);
  }
  return lines;
}

void write_table(const std::string& table, const std::vector<Line>& lines) {
  std::ofstream out(table, std::ios::binary);
  for (const Line& line : lines) {
    out << fmt::format("{}\n", fmt::join(line, ","));
  }
}

/// The line with the hashes that this build gives.
Line run(const Line& line) {
  const sim::ModelRegistry registry = make_registry();
  const auto until = sim::parse_duration(line[2]);
  if (!until) {
    throw std::runtime_error(line[2] + ": " + until.error());
  }
  const sim::Plan plan =
      sim::Scenario::load_file(kRoot + "/scenarios/" + line[0], registry.types()).plan;
  const std::string file = ::testing::TempDir() + fmt::format("updraft-golden-{}.h5", ::getpid());
  const sim::Report report =
      sim::run(plan, registry,
               {.seed = std::stoull(line[1]), .duration = sim::Duration{*until}, .output = file});
  std::filesystem::remove(file);
  return {line[0], line[1], line[2], report.results_hash,
          fmt::format("{:016x}", report.trace_hash)};
}

}  // namespace

void expect_golden(const std::string& name) {
  const std::string table = kRoot + "/tests/golden/" + name;
  std::vector<Line> lines = read_table(table);
  ASSERT_GE(lines.size(), 2u);
  ASSERT_EQ(fmt::format("{}", fmt::join(lines[0], ",")),
            "scenario,seed,until,results_hash,trace_hash");
  // Set by whoever changes a behaviour on purpose, never by the tests.
  const char* update = std::getenv("UPDRAFT_UPDATE_GOLDEN");
  const bool updating = update != nullptr && std::string(update) == "1";
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const Line now = run(lines[i]);
    if (updating) {
      lines[i] = now;
    } else {
      EXPECT_EQ(lines[i], now) << "if that is right, run with UPDRAFT_UPDATE_GOLDEN=1 and say why";
    }
  }
  if (updating) {
    write_table(table, lines);
  }
}

}  // namespace updraft::testing
