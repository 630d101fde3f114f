#include "sim/metrics/log_sink.h"

#include <cstdio>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "sim/metrics/result_file.h"

namespace updraft::sim {
namespace {

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(LogSink, WritesAFileForEachLog) {
  const std::string prefix = ::testing::TempDir() + "log_sink_test-";
  {
    const auto logs = make_log_files(prefix);
    logs->write("front/a", "one");
    logs->write("back", "other");
    logs->write("front/a", "two");
  }
  EXPECT_EQ(content(prefix + "front-a.log"), "one\ntwo\n");
  EXPECT_EQ(content(prefix + "back.log"), "other\n");
  make_log_files(prefix)->write("back", "new");
  EXPECT_EQ(content(prefix + "back.log"), "new\n");
  std::remove((prefix + "front-a.log").c_str());
  std::remove((prefix + "back.log").c_str());
}

TEST(LogSink, SaysWhichFileCannotBeWritten) {
  const auto logs = make_log_files("/nowhere/at-all/x-");
  EXPECT_THROW(logs->write("web", "line"), ResultFileError);
}

}  // namespace
}  // namespace updraft::sim
