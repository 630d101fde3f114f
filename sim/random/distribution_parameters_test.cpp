#include "sim/random/distribution_parameters.h"

#include <charconv>
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace updraft::sim {
namespace {

using Parameters = std::vector<LawParameter>;

double fact(const Distribution& law, const std::string& name) {
  if (name == "mean") {
    return law.mean();
  }
  if (name == "sd") {
    return std::sqrt(law.variance());
  }
  if (name == "cv") {
    return std::sqrt(law.cv2());
  }
  if (name == "min" || name == "max") {
    return law.quantile(name == "min" ? 0 : 1);
  }
  return law.quantile(percentile_of_name(name) / 100);
}

TEST(DistributionParameters, TheSolvedLawHasWhatWasAskedOfIt) {
  struct Case {
    Law law;
    Parameters parameters;
  };
  const std::vector<Case> cases = {
      {Law::kExponential, {{"mean", 3}}},
      {Law::kExponential, {{"p99", 3}}},
      {Law::kExponential, {{"median", 3}}},
      {Law::kExponential, {{"sd", 3}}},
      {Law::kUniform, {{"min", 2}, {"max", 7}}},
      {Law::kUniform, {{"mean", 5}, {"sd", 1}}},
      {Law::kUniform, {{"mean", 5}, {"cv", 0.3}}},
      {Law::kUniform, {{"mean", 5}, {"p99", 8}}},
      {Law::kUniform, {{"p10", 2}, {"p99.9", 8}}},
      {Law::kUniform, {{"min", 2}, {"mean", 8}}},
      {Law::kLognormal, {{"mean", 40e6}, {"p99", 200e6}}},
      {Law::kLognormal, {{"mean", 40}, {"p50", 30}}},
      {Law::kLognormal, {{"mean", 40}, {"p10", 30}}},
      {Law::kLognormal, {{"mean", 40}, {"p75", 35}}},
      {Law::kLognormal, {{"mean", 40}, {"p99", 598.6}}},
      {Law::kLognormal, {{"p50", 30}, {"p99.9", 400}}},
      {Law::kLognormal, {{"mean", 40}, {"sd", 80}}},
      {Law::kLognormal, {{"cv", 2}, {"mean", 40}}},
      {Law::kLognormal, {{"p99", 400}, {"cv", 2}}},
      {Law::kLognormal, {{"p99", 400}, {"sd", 70}}},
      {Law::kGamma, {{"mean", 40}, {"p99", 200}}},
      {Law::kGamma, {{"mean", 40}, {"p99", 45}}},
      {Law::kGamma, {{"mean", 40}, {"median", 30}}},
      {Law::kGamma, {{"p50", 30}, {"p99", 400}}},
      {Law::kGamma, {{"mean", 40}, {"cv", 2}}},
      {Law::kGamma, {{"mean", 40}, {"sd", 0.5}}},
      {Law::kWeibull, {{"mean", 40}, {"p99", 200}}},
      {Law::kWeibull, {{"p50", 30}, {"p99", 400}}},
      {Law::kWeibull, {{"mean", 40}, {"cv", 2}}},
      {Law::kPareto, {{"mean", 40}, {"p99", 200}}},
      {Law::kPareto, {{"min", 10}, {"p99", 400}}},
      {Law::kPareto, {{"p50", 30}, {"p99", 400}}},
      {Law::kPareto, {{"mean", 40}, {"sd", 60}}},
      {Law::kPareto, {{"mean", 40}, {"min", 30}}},
      {Law::kTruncatedNormal, {{"mean", 40}, {"sd", 10}}},
      {Law::kTruncatedNormal, {{"mean", 40}, {"cv", 0.9}}},
      {Law::kTruncatedNormal, {{"mean", 40}, {"p99", 100}}},
      {Law::kTruncatedNormal, {{"p50", 40}, {"p99", 100}}},
      {Law::kTruncatedNormal, {{"mean", 40}, {"sd", 10}, {"min", 20}, {"max", 90}}},
  };
  for (const Case& c : cases) {
    std::string text(law_name(c.law));
    for (const LawParameter& parameter : c.parameters) {
      text += " " + parameter.name;
    }
    const Result<Distribution> law = make_distribution(c.law, c.parameters);
    ASSERT_TRUE(law.ok()) << text << ": " << law.error();
    for (const LawParameter& parameter : c.parameters) {
      if (c.law == Law::kTruncatedNormal && parameter.name == "max") {
        EXPECT_EQ(law->cdf(parameter.value), 1);
        continue;
      }
      EXPECT_NEAR(fact(*law, parameter.name) / parameter.value, 1, 1e-9)
          << text << ": " << parameter.name;
    }
  }
}

TEST(DistributionParameters, OwnParametersAreTakenAsTheyStand) {
  EXPECT_DOUBLE_EQ(
      make_distribution(Law::kLognormal, Parameters{{"median", 30}, {"sigma", 0.5}})->quantile(0.5),
      30);
  EXPECT_DOUBLE_EQ(make_distribution(Law::kGamma, Parameters{{"shape", 3}, {"scale", 2}})->mean(),
                   6);
  EXPECT_DOUBLE_EQ(make_distribution(Law::kGamma, Parameters{{"shape", 4}, {"mean", 6}})->cv2(),
                   0.25);
  EXPECT_DOUBLE_EQ(make_distribution(Law::kWeibull, Parameters{{"shape", 1}, {"scale", 2}})->mean(),
                   2);
  EXPECT_DOUBLE_EQ(make_distribution(Law::kPareto, Parameters{{"shape", 3}, {"min", 2}})->mean(),
                   3);
  EXPECT_DOUBLE_EQ(make_distribution(Law::kConstant, Parameters{{"value", 2}})->mean(), 2);
  EXPECT_NEAR(
      make_distribution(Law::kTruncatedNormal, Parameters{{"mu", 50}, {"sigma", 5}})->mean(), 50,
      1e-9);
}

TEST(DistributionParameters, TakesTheLeastSpreadWhereTwoLawsFit) {
  // sigma is z -+ sqrt(z^2 - 2 log(p99 / mean)) with z = 2.3263: 0.8455 or 3.8072.
  const Distribution law =
      *make_distribution(Law::kLognormal, Parameters{{"mean", 40}, {"p99", 200}});
  EXPECT_NEAR(std::log(law.mean() / law.quantile(0.5)) * 2, 0.845464 * 0.845464, 1e-5);
  EXPECT_EQ(law.describe(Quantity::kPlain),
            "lognormal, median 27.98, sigma 0.8455 (mean 40, sd 40.87, p99 200)");
}

TEST(DistributionParameters, OrderOfWritingDoesNotMatter) {
  for (const Law law : {Law::kUniform, Law::kLognormal, Law::kGamma, Law::kWeibull, Law::kPareto,
                        Law::kTruncatedNormal}) {
    const Distribution one = *make_distribution(law, Parameters{{"mean", 40}, {"p90", 60}});
    const Distribution two = *make_distribution(law, Parameters{{"p90", 60}, {"mean", 40}});
    EXPECT_EQ(one.quantile(0.3), two.quantile(0.3)) << law_name(law);
  }
}

std::string error_of(Law law, const Parameters& parameters, Quantity quantity = Quantity::kPlain) {
  const Result<Distribution> result = make_distribution(law, parameters, quantity);
  return result.ok() ? "no error: " + result->describe(quantity) : result.error();
}

TEST(DistributionParameters, ErrorsNameTheParameters) {
  EXPECT_EQ(error_of(Law::kExponential, {{"rate", 3}}),
            "exponential has no parameter \"rate\"; it takes mean, sd, median, p99");
  EXPECT_EQ(error_of(Law::kExponential, {{"mean", 3}, {"p99", 3}}),
            "exponential takes one of mean, sd, median, p99; it has 2: mean, p99");
  EXPECT_EQ(error_of(Law::kLognormal, {{"mean", 3}}),
            "lognormal takes two of median, sigma, mean, sd, cv, p99; it has 1: mean");
  EXPECT_EQ(error_of(Law::kLognormal, {}),
            "lognormal takes two of median, sigma, mean, sd, cv, p99; it has none");
  EXPECT_EQ(error_of(Law::kLognormal, {{"mean", 3}, {"p99", 9}, {"sigma", 1}}),
            "lognormal takes two of median, sigma, mean, sd, cv, p99; it has 3: mean, p99, sigma");
  EXPECT_EQ(error_of(Law::kLognormal, {{"mean", 3}, {"mean", 4}}),
            "lognormal: mean is given twice");
  EXPECT_EQ(error_of(Law::kLognormal, {{"median", 3}, {"p50", 4}}),
            "lognormal: median and p50 are the same parameter");
  EXPECT_EQ(error_of(Law::kLognormal, {{"p50", 40e6}, {"p99", 30e6}}, Quantity::kDuration),
            "lognormal: p99 30ms must be above p50 40ms");
  EXPECT_EQ(error_of(Law::kLognormal, {{"sigma", 1}, {"cv", 1}}),
            "lognormal: sigma and cv both say the shape and nothing says the size");
  EXPECT_EQ(error_of(Law::kLognormal, {{"mean", -3}, {"p99", 9}}),
            "lognormal: mean is -3; it must be 0 or more");
  EXPECT_EQ(error_of(Law::kLognormal, {{"mean", 3}, {"p101", 9}}),
            "lognormal has no parameter \"p101\"; it takes median, sigma, mean, sd, cv, p99");
  EXPECT_EQ(error_of(Law::kUniform, {{"min", 3}, {"max", 2}}),
            "uniform with min 3 cannot have max 2: its max would lie below its min");
  EXPECT_EQ(error_of(Law::kUniform, {{"mean", 3}, {"median", 2}}),
            "uniform: mean and median do not pin it down; they are the same point of it");
  EXPECT_EQ(error_of(Law::kUniform, {{"mean", 3}, {"sd", 2}}),
            "uniform with mean 3 and sd 2 reaches below 0: its min is -0.4641");
  EXPECT_EQ(error_of(Law::kTruncatedNormal, {{"mean", 3}, {"sigma", 2}}),
            "truncated_normal: mu and sigma are those of the normal law before it is cut and go "
            "together; mean, sd, cv and percentiles are those of the law itself");
}

TEST(DistributionParameters, ErrorsSayWhatTheLawCouldDo) {
  const Quantity time = Quantity::kDuration;
  // At most mean * exp(z^2/2), z = 2.3263.
  EXPECT_EQ(error_of(Law::kLognormal, {{"mean", 40e6}, {"p99", 600e6}}, time),
            "lognormal with mean 40ms cannot have p99 600ms: its p99 is at most 598.7ms for any "
            "sigma from 0.001 to 4");
  EXPECT_EQ(error_of(Law::kLognormal, {{"mean", 40e6}, {"p99", 10e6}}, time),
            "lognormal with mean 40ms cannot have p99 10ms: its p99 is at least 40.09ms for any "
            "sigma from 0.001 to 4");
  EXPECT_EQ(error_of(Law::kLognormal, {{"mean", 40e6}, {"median", 50e6}}, time),
            "lognormal with mean 40ms cannot have median 50ms: its median is at most 40ms for any "
            "sigma from 0.001 to 4");
  EXPECT_EQ(error_of(Law::kGamma, {{"mean", 40e6}, {"p99", 2e9}}, time),
            "gamma with mean 40ms cannot have p99 2s: its p99 is at most 1.118s for any shape from "
            "0.02 to 100000");
  EXPECT_EQ(error_of(Law::kWeibull, {{"p99", 3e9}, {"mean", 40e6}}, time),
            "weibull with mean 40ms cannot have p99 3s: its p99 is at most 750.4ms for any shape "
            "from 0.1 to 1000");
  EXPECT_EQ(error_of(Law::kPareto, {{"mean", 40e6}, {"p50", 50e6}}, time),
            "pareto with mean 40ms cannot have p50 50ms: its p50 is at most 39.99ms for any shape "
            "from 0.1 to 1000");
  EXPECT_EQ(error_of(Law::kPareto, {{"mean", 40e6}, {"min", 50e6}}, time),
            "pareto with mean 40ms cannot have min 50ms: its min is at most 39.96ms for any shape "
            "from 0.1 to 1000");
  EXPECT_EQ(error_of(Law::kPareto, {{"shape", 0.9}, {"mean", 50e6}}, time),
            "pareto with shape 0.9 has no finite mean");
  EXPECT_EQ(error_of(Law::kTruncatedNormal, {{"mean", 40e6}, {"sd", 50e6}}, time),
            "truncated_normal with mean 40ms cannot have sd 50ms: its sd is at most 39.9ms");
  EXPECT_EQ(error_of(Law::kUniform, {{"mean", 40e6}, {"p99", 30e6}}, time),
            "uniform with mean 40ms cannot have p99 30ms: its max would lie below its min");
}

// The standard library reads decimals in the tests only: clang 14's libc++ has no from_chars for
// double, and the samplers are built against it.
double percentile_by_from_chars(const std::string& name) {
  double value = 0;
  const char* const end = name.data() + name.size();
  const auto [stopped, error] = std::from_chars(name.data() + 1, end, value);
  return error == std::errc{} && stopped == end ? value : -1;
}

TEST(PercentileOfName, ReadsTheNearestDouble) {
  for (int hundredths = 1; hundredths < 10'000; ++hundredths) {
    const std::string name = fmt::format("p{}.{:02}", hundredths / 100, hundredths % 100);
    ASSERT_EQ(percentile_of_name(name), percentile_by_from_chars(name)) << name;
  }
  for (std::uint64_t k = 1; k < 20'000; ++k) {  // 13 digits behind the point
    const std::string digits = fmt::format("{:013}", k * 0x9E3779B97F4A7C15 % 10'000'000'000'000);
    const std::string name = fmt::format("p{}.{}", k % 100, digits);
    ASSERT_EQ(percentile_of_name(name), percentile_by_from_chars(name)) << name;
  }
  for (const std::string name : {"p5", "p05", "p99.", "p99.9", "p99.99", "p0.000000000001"}) {
    EXPECT_EQ(percentile_of_name(name), percentile_by_from_chars(name)) << name;
  }
  EXPECT_EQ(percentile_of_name("median"), 50);
}

TEST(PercentileOfName, RefusesWhatIsNoPercentile) {
  for (const char* name :
       {"",     "p",   "p.",   "p.5",  "p0",   "p0.0",   "p100",
        "p101", "p-5", "p+5",  "p5e1", "p9,9", "p9.9.9", "p 9",
        "p9 ",  "px",  "pinf", "pnan", "99",   "P99",    "p99.99999999999999999"}) {
    EXPECT_TRUE(std::isnan(percentile_of_name(name))) << name;
  }
}

}  // namespace
}  // namespace updraft::sim
