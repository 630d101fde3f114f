// Metric math: AWS's own tables, then the rules one by one.
#include "models/common/metric_math.h"

#include <cmath>
#include <sstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace updraft::common {
namespace {

using namespace std::chrono_literals;

/// "30 - 0" as points.
MathSeries points(const std::string& text) {
  MathSeries result;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    result.push_back(word == "-" ? std::nullopt : std::optional<double>(std::stod(word)));
  }
  return result;
}

std::string written(const MathSeries& series) {
  std::string text;
  for (const auto& point : series) {
    text += (text.empty() ? "" : " ") + (point ? fmt::format("{:g}", *point) : "-");
  }
  return text;
}

struct Metric {
  std::string id;
  std::string values;
};

std::string value_of(const std::string& expression, const std::vector<Metric>& metrics,
                     sim::Duration period = 60s) {
  const MathParse parsed = parse_math(expression);
  if (const auto* error = std::get_if<MathError>(&parsed)) {
    return fmt::format("{}+{}: {}", error->offset, error->length, error->text);
  }
  std::vector<MathName> names;
  std::vector<MathInput> inputs;
  std::size_t count = 0;
  for (const Metric& metric : metrics) {
    names.push_back({.id = metric.id});
    inputs.push_back(
        {.id = metric.id, .value = {.kind = MathKind::kSeries, .series = {points(metric.values)}}});
    count = inputs.back().value.series[0].size();
  }
  const auto& node = std::get<MathNode>(parsed);
  const auto kind = check_math(node, names);
  if (const auto* error = std::get_if<MathError>(&kind)) {
    return fmt::format("{}+{}: {}", error->offset, error->length, error->text);
  }
  const MathValue value =
      evaluate_math(node, inputs,
                    {.first = sim::kStart,
                     .period = period,
                     .count = count,
                     .start_unix_ns = 1'780'272'000 * std::int64_t{1'000'000'000}});
  EXPECT_EQ(value.kind, std::get<MathKind>(kind)) << expression;
  if (value.kind == MathKind::kScalar) {
    return value.scalar ? fmt::format("={:g}", *value.scalar) : "=-";
  }
  std::string text;
  for (const MathSeries& one : value.series) {
    text += (text.empty() ? "" : " | ") + written(one);
  }
  return text;
}

struct Case {
  std::string expression;
  std::string value;
};

TEST(MetricMath, R6_2_1_ComparisonsAsInTheGuidesTable) {
  const std::vector<Metric> metrics{{"metric1", "30 20 0 0"}, {"metric2", "20 - 20 -"}};
  for (const Case& one : std::vector<Case>{{"(metric1 < metric2)", "0 0 1 0"},
                                           {"(metric1 >= 30)", "1 0 0 0"},
                                           {"(metric1 > 15 AND metric2 > 15)", "1 0 0 0"},
                                           {"metric1 > 15 && metric2 > 15", "1 0 0 0"},
                                           {"metric1 > 15 OR metric2 > 15", "1 1 1 0"},
                                           {"metric1 == 0 || metric1 != 20", "1 0 1 1"},
                                           {"metric1 <= 20", "0 1 1 1"}}) {
    EXPECT_EQ(value_of(one.expression, metrics), one.value) << one.expression;
  }
}

TEST(MetricMath, R6_2_1_IfAsInTheGuidesTables) {
  const std::vector<Metric> metrics{
      {"metric1", "1 1 0 0 -"}, {"metric2", "30 - 0 0 30"}, {"metric3", "0 0 20 - 20"}};
  for (const Case& one : std::vector<Case>{{"IF(metric1, metric2, metric3)", "30 0 20 - -"},
                                           {"IF(metric1, 5, metric3)", "5 5 20 - -"},
                                           {"IF(metric1, metric2, 5)", "30 0 5 5 -"},
                                           {"IF(metric1, 7, 5)", "7 7 5 5 -"},
                                           {"IF(metric1, metric2)", "30 0 - - -"},
                                           {"IF(1, metric2, metric3)", "30 - 0 0 30"},
                                           {"IF(0, metric2, metric3)", "0 0 20 - 20"},
                                           {"IF(0, metric2)", "- - - - -"},
                                           {"IF(metric2 < 30, metric2)", "- - 0 0 -"}}) {
    EXPECT_EQ(value_of(one.expression, metrics), one.value) << one.expression;
  }
}

TEST(MetricMath, R6_2_1_MissingIsZeroInArithmeticAndADivisionByZeroDropsThePoint) {
  const std::vector<Metric> metrics{{"a", "10 - 4 -"}, {"b", "2 5 0 -"}};
  for (const Case& one : std::vector<Case>{{"a + b", "12 5 4 -"},
                                           {"a - b", "8 -5 4 -"},
                                           {"a * b", "20 0 0 -"},
                                           {"a / b", "5 0 - -"},
                                           {"b / a", "0.2 - 0 -"},
                                           {"100 / b", "50 20 - -"},
                                           {"a + 1", "11 - 5 -"},
                                           {"1 + a", "11 - 5 -"},
                                           {"-a", "-10 - -4 -"},
                                           {"a ^ 2", "100 - 16 -"},
                                           {"2 ^ b", "4 32 1 -"},
                                           {"(0 - a) ^ 0.5", "- - - -"}}) {  // no number
    EXPECT_EQ(value_of(one.expression, metrics), one.value) << one.expression;
  }
}

TEST(MetricMath, OperatorsBindAsUsual) {
  const std::vector<Metric> metrics{{"m", "3"}};
  for (const Case& one : std::vector<Case>{{"m + 2 * 3", "9"},
                                           {"(m + 2) * 3", "15"},
                                           {"10 - m - 2", "5"},
                                           {"24 / m / 2", "4"},
                                           {"-m ^ 2", "-9"},
                                           {"2 ^ m ^ 2", "512"},
                                           {"2 ^ -1 * m", "1.5"},
                                           {"m > 2 AND m < 4 OR m == 9", "1"},
                                           {"m + 1 > 2 * 2", "0"},
                                           {"1e3*m", "3000"}}) {
    EXPECT_EQ(value_of(one.expression, metrics), one.value) << one.expression;
  }
}

TEST(MetricMath, R6_2_1_StatisticsOfASeriesAreNumbers) {
  const std::vector<Metric> metrics{{"m", "1 - 3 8"}};
  for (const Case& one : std::vector<Case>{{"AVG(m)", "=4"},
                                           {"MIN(m)", "=1"},
                                           {"MAX(m)", "=8"},
                                           {"SUM(m)", "=12"},
                                           {"DATAPOINT_COUNT(m)", "=3"},
                                           {"STDDEV(m) ^ 2 * 3", "=26"},
                                           {"m - AVG(m)", "-3 - -1 4"},
                                           {"TIME_SERIES(MAX(m))", "8 8 8 8"},
                                           {"PERIOD(m) / 60", "=1"},
                                           {"m / PERIOD(m) * 60", "1 - 3 8"}}) {
    EXPECT_EQ(value_of(one.expression, metrics), one.value) << one.expression;
  }
  EXPECT_EQ(value_of("AVG(m)", {{"m", "- -"}}), "=-");
  EXPECT_EQ(value_of("m - AVG(m)", {{"m", "- -"}}), "- -");
}

TEST(MetricMath, R6_2_1_StatisticsAcrossSeriesAreSeries) {
  const std::vector<Metric> metrics{{"m1", "1 2 - -"}, {"m2", "3 - 5 -"}, {"errors", "0 1 2 3"}};
  for (const Case& one : std::vector<Case>{{"SUM([m1, m2])", "4 2 5 -"},
                                           {"AVG([m1, m2])", "2 1 2.5 -"},  // missing: 0
                                           {"MIN([m1, m2])", "1 2 5 -"},
                                           {"MAX([m1, m2])", "3 2 5 -"},
                                           {"DATAPOINT_COUNT([m1, m2])", "2 1 1 0"},
                                           {"STDDEV([m1, m2])", "1 0 0 -"},
                                           {"SUM(METRICS())", "4 3 7 3"},
                                           {"SUM(METRICS(\"m\"))", "4 2 5 -"},
                                           {"SUM([METRICS(\"m1\"), METRICS('err')])", "1 3 2 3"},
                                           {"METRIC_COUNT(METRICS())", "=3"},
                                           {"100 / [m1, m2]", "100 50 - - | 33.3333 - 20 -"},
                                           {"[m1, m2] - errors", "1 1 -2 -3 | 3 -1 3 -3"},
                                           {"errors - [m1, m2]", "-1 -1 2 3 | -3 1 -3 3"},
                                           {"ABS(-[m1, m2])", "1 2 - - | 3 - 5 -"}}) {
    EXPECT_EQ(value_of(one.expression, metrics), one.value) << one.expression;
  }
}

TEST(MetricMath, R6_2_1_FillsMissingPoints) {
  const std::vector<Metric> metrics{{"m", "- 2 - - 8 -"}, {"n", "1 1 - 3 1 -"}};
  for (const Case& one : std::vector<Case>{{"FILL(m, 0)", "0 2 0 0 8 0"},
                                           {"FILL(m, REPEAT)", "- 2 2 2 8 8"},
                                           {"FILL(m, LINEAR)", "- 2 4 6 8 -"},
                                           {"FILL(m, n)", "1 2 - 3 8 -"},
                                           {"FILL(m, MIN(m))", "2 2 2 2 8 2"},
                                           {"FILL([m, n], 0)", "0 2 0 0 8 0 | 1 1 0 3 1 0"}}) {
    EXPECT_EQ(value_of(one.expression, metrics), one.value) << one.expression;
  }
}

TEST(MetricMath, R6_2_1_DifferencesAreAgainstTheValueBefore) {
  const std::vector<Metric> metrics{{"m", "- 60 - 180 120"}};
  for (const Case& one : std::vector<Case>{{"DIFF(m)", "- - - 120 -60"},
                                           {"DIFF_TIME(m)", "- - - 120 60"},
                                           {"RATE(m)", "- - - 1 -1"},
                                           {"RUNNING_SUM(m)", "- 60 - 240 360"}}) {
    EXPECT_EQ(value_of(one.expression, metrics), one.value) << one.expression;
  }
}

TEST(MetricMath, EachPointByItself) {
  const std::vector<Metric> metrics{{"m", "-1.5 0 1 100"}};
  for (const Case& one : std::vector<Case>{{"ABS(m)", "1.5 0 1 100"},
                                           {"CEIL(m)", "-1 0 1 100"},
                                           {"FLOOR(m)", "-2 0 1 100"},
                                           {"LOG10(m)", "- - 0 2"},
                                           {"CEIL(LOG(m) * 1000)", "- - 0 4606"}}) {
    EXPECT_EQ(value_of(one.expression, metrics), one.value) << one.expression;
  }
}

TEST(MetricMath, ArraysAreSortedAndCut) {
  const std::vector<Metric> metrics{{"a", "1 1"}, {"b", "5 5"}, {"c", "- -"}, {"d", "3 3"}};
  for (const Case& one : std::vector<Case>{{"SORT(METRICS(), AVG, DESC)", "5 5 | 3 3 | 1 1 | - -"},
                                           {"SORT(METRICS(), MAX, ASC, 2)", "1 1 | 3 3"},
                                           {"FIRST(SORT(METRICS(), SUM, DESC))", "5 5"},
                                           {"LAST(SORT(METRICS(), MIN, ASC))", "- -"},
                                           {"REMOVE_EMPTY(METRICS())", "1 1 | 5 5 | 3 3"},
                                           {"SLICE(METRICS(), 1)", "5 5 | - - | 3 3"},
                                           {"SLICE(METRICS(), 0, 2)", "1 1 | 5 5"},
                                           {"FIRST(SLICE(METRICS(), 9))", "- -"}}) {
    EXPECT_EQ(value_of(one.expression, metrics), one.value) << one.expression;
  }
}

// 2026-06-01T00:00:00Z is a Monday.
TEST(MetricMath, TheCalendarIsTheScenariosOwn) {
  const std::vector<Metric> metrics{{"m", "- 1 -"}};
  for (const Case& one : std::vector<Case>{{"HOUR(m)", "0 10 20"},
                                           {"MINUTE(m)", "0 0 0"},
                                           {"DAY(m)", "1 1 1"},
                                           {"DATE(m)", "1 1 1"},
                                           {"MONTH(m)", "6 6 6"},
                                           {"YEAR(m)", "2026 2026 2026"},
                                           {"EPOCH(m) - 1780272000", "0 36000 72000"},
                                           {"IF(HOUR(m) >= 9 AND HOUR(m) < 17, m)", "- 1 -"}}) {
    EXPECT_EQ(value_of(one.expression, metrics, 10h), one.value) << one.expression;
  }
}

// Where it is wrong and how long that is, then why.
TEST(MetricMath, AMistakeIsTold) {
  const std::vector<Metric> metrics{{"errors", "1"}, {"requests", "2"}};
  for (const Case& one : std::vector<Case>{
           {"", "0+1: the expression ends too early"},
           {"errors +", "7+1: the expression ends too early"},
           {"errors / request", "9+7: no id \"request\"; did you mean \"requests\"?"},
           {"SUMM(METRICS())", "0+4: no function \"SUMM\"; did you mean \"SUM\"?"},
           {"sum(errors)", "0+3: \"sum\" is no function; functions are in capitals"},
           {"errors requests", "7+1: \"r\" is not expected here"},
           {"(errors", "0+1: this parenthesis is never closed"},
           {"SUM([errors, requests)", "21+1: \",\" or \"]\" is missing"},
           {"METRICS(\"e)", "8+1: this quote is never closed"},
           {"METRICS(errors)", "8+6: METRICS() takes a text in quotes, a part of the ids"},
           {"\"errors\"", "0+8: a text stands in METRICS() only"},
           {"FILL(errors)", "0+12: FILL takes 2 arguments, and has 1"},
           {"IF(errors)", "0+10: IF takes 2 to 3 arguments, and has 1"},
           {"FILL(errors, ZERO)", "13+4: it must be one of REPEAT, LINEAR"},
           {"AVG(5)", "4+1: it must be a time series or an array of them, and this is a number"},
           {"HOUR(METRICS())",
            "5+9: it must be a time series, and this is an array of time series"},
           {"[errors, 3]", "9+1: an array holds time series, and this is a number"},
           {"METRICS() > 3", "0+13: an array can't be compared; compare time series or numbers"},
           {"METRICS() + METRICS()",
            "0+21: two arrays can't be combined; combine an array with a number or a time series"},
           {"PERIOD(errors + 1)", "7+10: PERIOD takes the id of a metric"},
           {"FIRST(errors)", "6+6: it must be an array of time series, and this is a time series"},
           {"SORT(METRICS(), MEAN, ASC)", "16+4: it must be one of AVG, MIN, MAX, SUM"},
           {"IF(1, 2, 3)", "3+1: one of IF's arguments must be a time series"},
           {"errors + AVG",
            "9+3: \"AVG\" is not expected here; ids begin with a small letter, "
            "functions take parentheses"},
           {"SEARCH(\"x\")", "0+11: SEARCH is not modelled"},
           {"errors $ 2", "7+1: \"$\" is not expected here"}}) {
    EXPECT_EQ(value_of(one.expression, metrics), one.value) << one.expression;
  }
}

TEST(MetricMath, DeepNestsAreRefusedAndLongOnesQuick) {
  const std::string deep(1000, '(');
  EXPECT_EQ(value_of(deep, {{"m", "1"}}).substr(0, 5), "64+1:");
  EXPECT_EQ(value_of(std::string(1000, '-') + "m", {{"m", "1"}}).substr(0, 5), "64+1:");
  std::string nest = "m";
  for (int i = 0; i < 60; ++i) {  // would take for ever if each level asked its child twice
    nest.insert(0, "ABS(").append(")");
  }
  EXPECT_EQ(value_of(nest, {{"m", "-1"}}), "1");
  EXPECT_EQ(value_of(std::string(3000, '1'), {{"m", "1"}}),
            "2048+1: an expression has at most 2048 characters");
}

}  // namespace
}  // namespace updraft::common
