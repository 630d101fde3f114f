// Two series that CloudWatch recorded (Numenta Anomaly Benchmark), row by row through the
// evaluator; gaps of the files are ignored, so the range is the latest rows.
#include <algorithm>
#include <charconv>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "models/cloudwatch/alarm_evaluation.h"

namespace updraft::cloudwatch {
namespace {

struct Row {
  std::string stamp;
  double value = 0;
};

std::vector<Row> read_rows(const std::string& name) {
  std::ifstream file(std::string(UPDRAFT_SOURCE_DIR) + "/scenarios/traffic/nab/" + name);
  std::string line;
  std::getline(file, line);  // the head
  std::vector<Row> rows;
  while (std::getline(file, line)) {
    const std::size_t comma = line.find(',');
    Row row{.stamp = line.substr(0, comma)};
    std::from_chars(line.data() + comma + 1, line.data() + line.size(), row.value);
    rows.push_back(row);
  }
  return rows;
}

struct Replay {
  int entered = 0;
  std::string first;  // stamp of the row at which ALARM was entered first
};

Replay replay(const std::vector<Row>& rows, double threshold, std::uint32_t n) {
  const AlarmRule rule{.evaluation_periods = n, .datapoints_to_alarm = n, .threshold = threshold};
  std::vector<Datapoint> range(n + 2);
  AlarmState state = AlarmState::kInsufficientData;
  Replay result;
  for (const Row& row : rows) {
    std::rotate(range.begin(), range.begin() + 1, range.end());
    range.back() = {range[n].start + 300s, row.value};
    const AlarmState next = evaluate(rule, range, state).state;
    if (next == AlarmState::kAlarm && state != AlarmState::kAlarm && result.entered++ == 0) {
      result.first = row.stamp;
    }
    state = next;
  }
  return result;
}

TEST(NabReplay, IN_01_RequestsOfARealLoadBalancer) {
  const std::vector<Row> rows = read_rows("elb_request_count_8c0756.csv");
  ASSERT_EQ(rows.size(), 4032u);
  double sum = 0;
  for (const Row& row : rows) {
    sum += row.value;
  }
  EXPECT_EQ(sum, 249'327);
  EXPECT_EQ(std::count_if(rows.begin(), rows.end(), [](const Row& row) { return row.value > 200; }),
            103);

  const Replay one = replay(rows, 200, 1);
  EXPECT_EQ(one.entered, 96);
  EXPECT_EQ(one.first, "2014-04-10 07:04:00");
  const Replay two = replay(rows, 200, 2);
  EXPECT_EQ(two.entered, 6);
  EXPECT_EQ(two.first, "2014-04-11 20:29:00");
  const Replay three = replay(rows, 200, 3);
  EXPECT_EQ(three.entered, 1);
  EXPECT_EQ(three.first, "2014-04-16 20:59:00");
}

TEST(NabReplay, IN_03_CpuOfARealAutoScalingGroup) {
  const std::vector<Row> rows = read_rows("cpu_utilization_asg_misconfiguration.csv");
  ASSERT_EQ(rows.size(), 18'050u);
  EXPECT_EQ(replay(rows, 80, 1).entered, 695);
  EXPECT_EQ(replay(rows, 80, 2).entered, 36);
  EXPECT_EQ(replay(rows, 80, 3).entered, 3);
}

}  // namespace
}  // namespace updraft::cloudwatch
