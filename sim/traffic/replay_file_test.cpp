#include "sim/traffic/replay_file.h"

#include <fstream>
#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace updraft::sim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ReplayFile, ReadsStampsSizesAndWork) {
  const ReplayFile file = read_replay(
      "bytes,when,tokens\r\n10,2023-11-16 18:15:46.6805900,3\r\n20,2023-11-16 "
      "18:15:46.6805901,0.5\r\n30,2023-11-16 18:15:47,7",
      "f.csv",
      {.time_column = "when", .size_column = "bytes", .work_column = "tokens", .speed = 1});
  EXPECT_THAT(file.errors, IsEmpty());
  EXPECT_EQ(file.first_unix_ns, 1700158546680590000LL);
  EXPECT_THAT(file.at_ns, ElementsAre(0, 100, 319410000));
  EXPECT_THAT(file.size, ElementsAre(10, 20, 30));
  EXPECT_THAT(file.work, ElementsAre(3, 0.5, 7));
}

TEST(ReplayFile, TakesTheFirstColumnAndNothingElseByDefault) {
  const ReplayFile file = read_replay(
      "t,x\n2023-11-16 18:15:46,a\n2023-11-16 18:15:48,b\n2023-11-16 18:15:48,c\n", "f.csv", {});
  EXPECT_THAT(file.errors, IsEmpty());
  EXPECT_THAT(file.at_ns, ElementsAre(0, 2000000000, 2000000000));
  EXPECT_THAT(file.size, IsEmpty());
  EXPECT_THAT(file.work, IsEmpty());
}

TEST(ReplayFile, SpeedDividesTime) {
  const std::string text = "t\n2023-11-16 18:15:46\n2023-11-16 18:15:49\n";
  EXPECT_THAT(read_replay(text, "f.csv", {.speed = 2}).at_ns, ElementsAre(0, 1500000000));
  EXPECT_THAT(read_replay(text, "f.csv", {.speed = 0.5}).at_ns, ElementsAre(0, 6000000000));
}

TEST(ReplayFile, CollectsAllErrors) {
  EXPECT_THAT(
      read_replay("t,n\n2023-11-16 18:15:46,1\nsoon,2\n2023-11-16 18:15:45,3\n2023-11-16 "
                  "18:15:50,-1\n2023-11-16 18:15:51\n",
                  "f.csv", {.work_column = "n"})
          .errors,
      ElementsAre(
          "f.csv:3:1: \"soon\" is no stamp; write YYYY-MM-DD HH:MM:SS with up to nine decimals",
          "f.csv:4:1: stamp 2023-11-16 18:15:45 is before the one above; rows must be in order of "
          "time",
          "f.csv:5:21: n is \"-1\"; it must be a number from 0 to 1000000000000000",
          "f.csv:6:1: there is no n"));
  EXPECT_THAT(read_replay("t,n\n2023-11-16 18:15:46,1\n", "f.csv", {.size_column = "bytes"}).errors,
              ElementsAre("f.csv:1:1: there is no column \"bytes\"; there are t, n"));
  EXPECT_THAT(read_replay("t,n\n2023-11-16 18:15:46,1\n", "f.csv", {.time_column = "when"}).errors,
              ElementsAre("f.csv:1:1: there is no column \"when\"; there are t, n"));
  EXPECT_THAT(read_replay("t\n", "f.csv", {}).errors, ElementsAre("f.csv:1:1: there is no row"));
  EXPECT_THAT(read_replay("", "f.csv", {}).errors,
              ElementsAre("f.csv:0:1: the file is empty; it must begin with a header"));
}

struct Figures {
  std::size_t arrivals;
  double seconds;
  double per_second;
  double cv2;
};

/// Arrivals, span, rate and squared coefficient of variation of the gaps.
Figures figures_of(const std::string& name) {
  std::ifstream stream(std::string(UPDRAFT_SOURCE_DIR) + "/scenarios/traffic/azure-llm/" + name,
                       std::ios::binary);
  std::stringstream text;
  text << stream.rdbuf();
  const std::string content = text.str();
  const ReplayFile file = read_replay(
      content, name, {.size_column = "ContextTokens", .work_column = "GeneratedTokens"});
  EXPECT_THAT(file.errors, IsEmpty());
  EXPECT_EQ(file.size.size(), file.at_ns.size());
  EXPECT_EQ(file.work.size(), file.at_ns.size());
  const double span = static_cast<double>(file.at_ns.back()) / 1e9;
  const auto gaps = static_cast<double>(file.at_ns.size() - 1);
  const double mean = span / gaps;
  double squares = 0;
  for (std::size_t i = 1; i < file.at_ns.size(); ++i) {
    const double gap = static_cast<double>(file.at_ns[i] - file.at_ns[i - 1]) / 1e9;
    squares += (gap - mean) * (gap - mean);
  }
  return {file.at_ns.size(), span, gaps / span, squares / gaps / (mean * mean)};
}

TEST(ReplayFile, IN_05_ReplaysTheAzureTraces) {
  const Figures conversation = figures_of("AzureLLMInferenceTrace_conv.csv");
  EXPECT_EQ(conversation.arrivals, 19366u);
  EXPECT_NEAR(conversation.seconds, 3501.7, 0.05);
  EXPECT_NEAR(conversation.per_second, 5.530, 0.0005);
  EXPECT_NEAR(conversation.cv2, 1.20, 0.005);
  const Figures code = figures_of("AzureLLMInferenceTrace_code.csv");
  EXPECT_EQ(code.arrivals, 8819u);
  EXPECT_NEAR(code.seconds, 3435.9, 0.05);
  EXPECT_NEAR(code.per_second, 2.566, 0.0005);
  EXPECT_NEAR(code.cv2, 173, 0.5);
}

}  // namespace
}  // namespace updraft::sim
