// Distributions, through the loader: what is read, and where a fault is placed.
#include "sim/scenario/distribution_reader.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/scenario/distribution_build.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/testing/parcel_post.h"
#include "sim/scenario/testing/parcel_post.pb.h"

namespace updraft::sim {
namespace {

std::string scenario_with(const std::string& service) {
  return "scenario: s\nduration: 1d\nresources:\n  desk:\n    parcel_desk:\n      clerks: 2\n      "
         "service: " +
         service + "\n";
}

DistributionValue read(const std::string& service, const LoadOptions& options = {}) {
  const LoadResult loaded =
      Scenario::load(scenario_with(service), "d.yaml", testing::parcel_post_registry(), options);
  testing::ParcelDeskParams desk;
  loaded.plan.resource(0).params().UnpackTo(&desk);
  return desk.service();
}

// "LAW name=value ... | v v | w w", and the components in brackets.
std::string flat(const DistributionValue& value) {
  std::string out = DistributionValue::Law_Name(value.law());
  for (const auto& parameter : value.parameter()) {
    out += fmt::format(" {}={}", parameter.name(), parameter.value());
  }
  for (const double one : value.value()) {
    out += fmt::format(" {}", one);
  }
  for (const double one : value.weight()) {
    out += fmt::format(" w{}", one);
  }
  for (const DistributionValue& component : value.component()) {
    out += " [" + flat(component) + "]";
  }
  return out;
}

std::string error_of(const std::string& service, const LoadOptions& options = {}) {
  try {
    return "read: " + flat(read(service, options));
  } catch (const ScenarioError& error) {
    return error.diagnostics().front().message;
  }
}

class DistributionFile : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(folder_ / "inside");
    options_.directory = (folder_ / "inside").string();
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  void write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
  }

  std::filesystem::path folder_ = std::filesystem::temp_directory_path() /
                                  (std::string("updraft_distribution_") +
                                   ::testing::UnitTest::GetInstance()->current_test_info()->name());
  LoadOptions options_;
};

TEST(DistributionReader, ReadsEveryLaw) {
  EXPECT_EQ(flat(read("20ms")), "CONSTANT value=20000000");
  EXPECT_EQ(flat(read("{constant: 20ms}")), "CONSTANT value=20000000");
  EXPECT_EQ(flat(read("{uniform: {max: 30ms, min: 10ms}}")), "UNIFORM max=30000000 min=10000000");
  EXPECT_EQ(flat(read("{exponential: 1s}")), "EXPONENTIAL mean=1000000000");
  EXPECT_EQ(flat(read("{exponential: {mean: 1s}}")), "EXPONENTIAL mean=1000000000");
  EXPECT_EQ(flat(read("{lognormal: {median: 28ms, sigma: 0.8}}")),
            "LOGNORMAL median=28000000 sigma=0.8");
  EXPECT_EQ(flat(read("{lognormal: {p50: 28ms, p99.9: 1s}}")),
            "LOGNORMAL p50=28000000 p99.9=1000000000");
  EXPECT_EQ(flat(read("{gamma: {mean: 40ms, cv: 0.5}}")), "GAMMA cv=0.5 mean=40000000");
  EXPECT_EQ(flat(read("{weibull: {shape: 1.5, scale: 40ms}}")), "WEIBULL scale=40000000 shape=1.5");
  EXPECT_EQ(flat(read("{pareto: {min: 10ms, shape: 2}}")), "PARETO min=10000000 shape=2");
  EXPECT_EQ(flat(read("{truncated_normal: {mu: -5ms, sigma: 20ms}}")),
            "TRUNCATED_NORMAL mu=-5000000 sigma=20000000");
  EXPECT_EQ(flat(read("{empirical: [30ms, 10ms, 20ms]}")), "EMPIRICAL 10000000 20000000 30000000");
  EXPECT_EQ(
      flat(read("{mixture: [{weight: 90%, of: 20ms}, {weight: 0.1, of: {exponential: 1s}}]}")),
      "MIXTURE w0.9 w0.1 [CONSTANT value=20000000] [EXPONENTIAL mean=1000000000]");
}

TEST(DistributionReader, WhatItReadsHasASampler) {
  const Result<Distribution> built =
      build_distribution(read("{mixture: [{weight: 1, of: 20ms}, {weight: 3, of: 40ms}]}"));
  ASSERT_TRUE(built.ok());
  EXPECT_DOUBLE_EQ(built->mean(), 35e6);
  EXPECT_NEAR(build_distribution(read("{lognormal: {mean: 40ms, p99: 200ms}}"))->mean(), 40e6, 1);
}

TEST(DistributionReader, FaultsOfALawAreToldInItsWords) {
  const auto says = [](const std::string& service, const std::string& words) {
    const std::string message = error_of(service);
    EXPECT_NE(message.find(words), std::string::npos) << message;
  };
  says("{lognormal: {mean: 40ms}}", "lognormal takes two of");
  says("{uniform: {min: 30ms, max: 10ms}}", "uniform");
  says("{gamma: {mean: 0s, cv: 1}}", "mean is 0");
  says("{mixture: [{weight: 1, of: {lognormal: {mean: 40ms, p99: 30ms}}}]}",
       "service.mixture[0].of: lognormal with mean 40ms cannot have p99 30ms");
  says("{empirical: []}", "empirical takes the name of a file or a list of values");
  says("{exponential: {rate: 3}}", "service.exponential: no \"rate\"");
  says("{pareto: [1]}", "service.pareto is a list; it must be a mapping of");
  says("{}", "service is a mapping; it must be");
}

TEST_F(DistributionFile, ReadsValuesWeightsAndUnitsOfTheHeader) {
  write("inside/plain.csv", "30ms\n10ms\n# a remark\n\n20ms\n");
  write("inside/header.csv", "latency_ms,weight\r\n30,1\r\n10,2.5\r\n");
  EXPECT_EQ(error_of("{empirical: plain.csv}", options_),
            "read: EMPIRICAL 10000000 20000000 30000000");
  EXPECT_EQ(error_of("{empirical: header.csv}", options_),
            "read: EMPIRICAL 10000000 30000000 w2.5 w1");
}

TEST_F(DistributionFile, FaultsNameTheLineOfTheFile) {
  write("inside/bare.csv", "10\n");
  write("inside/columns.csv", "10ms,1\n20ms\n");
  write("inside/weight.csv", "10ms,-1\n");
  write("inside/slow.csv", "10ms\n2h\n");
  write("inside/empty.csv", "latency_ms\n");
  const auto says = [&](const std::string& file, const std::string& words) {
    const std::string message = error_of("{empirical: " + file + "}", options_);
    EXPECT_NE(message.find(words), std::string::npos) << message;
  };
  says("bare.csv", "line 1 of the file: \"10\" is no value; missing unit: write 10s");
  says("columns.csv", "line 2 of the file: it has another number of columns");
  says("weight.csv", "line 1 of the file: the second column must be a weight, at least 0");
  says("slow.csv", "line 2 of the file: \"2h\" must be 0s to 1h");
  says("empty.csv", "the file has no values");
}

TEST_F(DistributionFile, LinksAndPathsThatLeaveTheFolderAreRefused) {
  write("secret.csv", "10ms\n");
  write("inside/plain.csv", "10ms\n");
  std::filesystem::create_symlink(folder_ / "secret.csv", folder_ / "inside" / "link.csv");
  std::filesystem::create_directory_symlink(folder_, folder_ / "inside" / "up");
  std::filesystem::create_symlink("plain.csv", folder_ / "inside" / "alias.csv");
  const auto says = [&](const std::string& file, const std::string& words) {
    const std::string message = error_of("{empirical: " + file + "}", options_);
    EXPECT_NE(message.find(words), std::string::npos) << message;
  };
  says("link.csv", "it leads out of the scenario's folder through a link");
  says("up/secret.csv", "it leads out of the scenario's folder through a link");
  says("../secret.csv", "it leaves the scenario's folder");
  says("x/../../secret.csv", "it leaves the scenario's folder");
  says((folder_ / "secret.csv").string(), "it must be relative to the scenario's folder");
  says(".", "it is not a file");
  says("alias.csv", "read: EMPIRICAL 10000000");
  options_.files = FilePolicy::kAnywhere;
  says("../secret.csv", "read: EMPIRICAL 10000000");
  options_.files = FilePolicy::kNone;
  says("plain.csv", "files are not read here");
}

}  // namespace
}  // namespace updraft::sim
