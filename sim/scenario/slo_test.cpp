#include "sim/scenario/slo.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace updraft::sim {
namespace {

const std::vector<std::string> kTraffic = {"tour", "visitors"};

// subject statistic percentile comparison bound traffic, or "offset+length: message".
std::string read(std::string_view line) {
  const auto parsed = parse_slo(line, kTraffic);
  if (const auto* fault = std::get_if<SloFault>(&parsed)) {
    return fmt::format("{}+{}: {}", fault->offset, fault->length, fault->message);
  }
  const Slo& slo = std::get<Slo>(parsed);
  return fmt::format("{} {} {} {} {} {}", Slo::Subject_Name(slo.subject()),
                     Slo::Statistic_Name(slo.statistic()), slo.percentile(),
                     Slo::Comparison_Name(slo.comparison()), slo.bound(), slo.traffic());
}

TEST(Slo, ReadsEveryObjective) {
  EXPECT_EQ(read("p(99) latency < 500ms"), "LATENCY PERCENTILE 99 LESS 500000000 ");
  EXPECT_EQ(read("p(99.9) latency<=1s"), "LATENCY PERCENTILE 99.9 LESS_OR_EQUAL 1000000000 ");
  EXPECT_EQ(read("mean latency < 80ms"), "LATENCY MEAN 0 LESS 80000000 ");
  EXPECT_EQ(read("max latency of tour < 2s"), "LATENCY MAXIMUM 0 LESS 2000000000 tour");
  EXPECT_EQ(read("error_rate < 0.1%"), "ERROR_RATE SHARE 0 LESS 0.001 ");
  EXPECT_EQ(read("availability of visitors >= 99.9%"),
            "AVAILABILITY SHARE 0 GREATER_OR_EQUAL 0.9990000000000001 visitors");
  EXPECT_EQ(read("throughput > 6000/min"), "THROUGHPUT MEAN 0 GREATER 100 ");
}

TEST(Slo, TextHasSingleBlanks) {
  const auto parsed = parse_slo("  p(99)   latency<500ms ", {});
  EXPECT_EQ(std::get<Slo>(parsed).text(), "p(99) latency < 500ms");
}

TEST(Slo, FaultsNameTheirWord) {
  EXPECT_EQ(read(""), "0+0: an objective is missing; write it like \"p(99) latency < 500ms\"");
  EXPECT_EQ(read("p99 latency < 1s"), "0+3: write p(99)");
  EXPECT_EQ(read("p(0) latency < 1s"), "0+4: percentile is 0; it must be above 0 and below 100");
  EXPECT_EQ(read("p(99) latency of toor < 1s"),
            "17+4: no traffic \"toor\"; did you mean \"tour\"?");
  EXPECT_EQ(read("p(99) latency of < 1s"),
            "17+1: the name of a traffic source is missing after \"of\"");
  EXPECT_EQ(read("p(99) latency == 1s"),
            "14+2: \"==\" is no comparison; it must be <, <=, > or >=");
  EXPECT_EQ(read("availability < 99%"), "13+1: availability is wanted high; write > or >=");
  EXPECT_EQ(read("p(99) latency < 0s"), "16+2: bound is 0s; it must be above 0s");
  EXPECT_EQ(read("error_rate < 101%"), "13+4: bound is 101%; it must be 0% to 100%");
  EXPECT_EQ(read("error_rate <"), "12+0: bound is missing; it must be a share such as 99.9%");
  EXPECT_EQ(read("throughput > 5"), "13+1: bound is 5; missing unit: write 5/s");
}

}  // namespace
}  // namespace updraft::sim
