#include "sim/traffic/metric_data_file.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace updraft::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::int64_t kMinute = 60'000'000'000;

// As `aws cloudwatch get-metric-data` prints it.
std::string answer(const std::string& stamps, const std::string& values,
                   const std::string& status = "Complete", const std::string& more = "") {
  return "{\n    \"MetricDataResults\": [\n        {\n            \"Id\": \"requests\",\n"
         "            \"Label\": \"RequestCount\",\n            \"Timestamps\": [" +
         stamps + "],\n            \"Values\": [" + values + "],\n            \"StatusCode\": \"" +
         status + "\"\n        }\n    ],\n" + more + "    \"Messages\": []\n}\n";
}

CountFile read(const std::string& text, Rate::Gaps gaps = Rate::GAPS_ERROR,
               const std::string& id = "") {
  Rate rate;
  rate.set_metric_data("export.json");
  rate.set_gaps(gaps);
  rate.set_metric_id(id);
  return read_metric_data(text, "export.json", rate);
}

constexpr const char* kNewestFirst =
    "\"2026-11-01T00:02:00+00:00\", \"2026-11-01T00:01:00+00:00\", \"2026-11-01T00:00:00+00:00\"";

TEST(MetricData, NewestFirstIsTurnedRound) {
  const CountFile file = read(answer(kNewestFirst, "30.0, 20.0, 10.0"));
  EXPECT_THAT(file.errors, IsEmpty());
  EXPECT_THAT(file.series.counts, ElementsAre(10, 20, 30));
  EXPECT_EQ(file.series.period_ns, kMinute);
  EXPECT_EQ(file.series.first_unix_ns, 1793491200000000000);
}

TEST(MetricData, OldestFirstAndSecondsAreReadToo) {
  const CountFile file = read(answer("1793491200.0, 1793491260.0", "1, 2.5"));
  EXPECT_THAT(file.errors, IsEmpty());
  EXPECT_THAT(file.series.counts, ElementsAre(1, 2.5));
}

TEST(MetricData, APeriodWithoutDataIsAGap) {
  const std::string text = answer(
      "\"2026-11-01T00:00:00Z\", \"2026-11-01T00:01:00Z\", \"2026-11-01T00:03:00Z\"", "1, 2, 4");
  EXPECT_THAT(read(text).errors, ElementsAre("export.json:6:76: 1 period is missing before "
                                             "2026-11-01 00:03:00"));
  EXPECT_THAT(read(text, Rate::GAPS_ZERO).series.counts, ElementsAre(1, 2, 0, 4));
}

TEST(MetricData, PartialDataIsRefused) {
  EXPECT_THAT(read(answer(kNewestFirst, "3, 2, 1", "PartialData")).errors,
              ElementsAre("export.json:8:27: StatusCode is PartialData, so points are missing that "
                          "are no gaps; fetch it until it is Complete"));
  EXPECT_THAT(
      read(answer(kNewestFirst, "3, 2, 1", "Complete", "    \"NextToken\": \"abc\",\n")).errors,
      ElementsAre("export.json:11:18: NextToken says that more is to come; fetch every page "
                  "and join them"));
}

TEST(MetricData, SeveralResultsAreToldApartByTheirId) {
  const std::string text =
      "{\"MetricDataResults\": [{\"Id\": \"a\", \"Timestamps\": [60, 120], \"Values\": [1, 2]}, "
      "{\"Id\": \"b\", \"Timestamps\": [60, 120], \"Values\": [3, 4]}]}";
  EXPECT_THAT(read(text, Rate::GAPS_ERROR, "b").series.counts, ElementsAre(3, 4));
  EXPECT_THAT(read(text).errors,
              ElementsAre("export.json:1:23: it has 2 results; write metric_id: a, b"));
  EXPECT_THAT(read(text, Rate::GAPS_ERROR, "c").errors,
              ElementsAre("export.json:1:23: it has no result \"c\"; its ids are a, b"));
}

TEST(MetricData, SaysWhatIsWrong) {
  const auto error = [](const std::string& text) {
    const CountFile file = read(text);
    return file.errors.empty() ? std::string("nothing") : file.errors.front();
  };
  EXPECT_THAT(error("period,count\n1998-06-15 00:00,1\n"),
              HasSubstr("export.json:1:1: it must be"));
  EXPECT_EQ(error("[1, 2"), "export.json:2:1: the list in brackets lacks a \",\" or \"]\"");
  EXPECT_EQ(error("{}"),
            "export.json:1:1: there is no MetricDataResults; write the answer of GetMetricData");
  EXPECT_THAT(error(answer(kNewestFirst, "1, 2")),
              HasSubstr("there are 2 Values for 3 Timestamps"));
  EXPECT_THAT(error(answer("\"2026-11-01T00:00:00+02:00\"", "1")),
              HasSubstr("export.json:6:28: \"2026-11-01T00:00:00+02:00\" is no stamp in UTC"));
  EXPECT_THAT(error(answer("60, 120", "1, -2")), HasSubstr("the value is \"-2\""));
  EXPECT_THAT(error(answer("60", "1")), HasSubstr("two rows with different stamps"));
}

}  // namespace
}  // namespace updraft::sim
