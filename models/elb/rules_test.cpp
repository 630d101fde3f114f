#include "models/elb/rules.h"

#include <vector>

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "models/elb/actions.h"
#include "sim/core/check.h"

namespace updraft::elb {
namespace {

TEST(AddressBlock, R3_3_7_HoldsAddressesWithTheSameBits) {
  const AddressBlock block = AddressBlock::parse("203.0.113.7/24").value();
  EXPECT_TRUE(block.contains(0xcb007101));
  EXPECT_FALSE(block.contains(0xcb007201));
  EXPECT_TRUE(AddressBlock::parse("0.0.0.0/0")->contains(0xffffffff));
  EXPECT_FALSE(AddressBlock::parse("203.0.113.7/32")->contains(0xcb007108));
  for (const char* text :
       {"203.0.113.7", "203.0.113.7/33", "203.0.113/24", "203.0.113.7/", "a/8"}) {
    EXPECT_FALSE(AddressBlock::parse(text).ok()) << text;
  }
}

Listener listener(const char* text) {
  Listener listener;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &listener));
  return listener;
}

TEST(RuleBook, R3_3_1_TheLowestPriorityWinsAndTheDefaultIsLast) {
  const RuleBook rules = RuleBook::make(listener(R"(
    rules { priority: 30 conditions { path_pattern { values: "/*" } } }
    rules { priority: 10 conditions { path_pattern { values: "/api/*" } } }
    rules { priority: 20 conditions { path_pattern { values: "/api/v2/*" } } })"));
  EXPECT_EQ(rules.match({.path = "/api/v2/x"}).rule, 1u);
  EXPECT_EQ(rules.match({.path = "/api/v2/x"}).evaluated, 1u);
  EXPECT_EQ(rules.match({.path = "/other"}).rule, 0u);
  EXPECT_EQ(rules.match({.path = "/other"}).evaluated, 3u);
  EXPECT_EQ(rules.match({.path = ""}).rule, kDefaultRule);
  EXPECT_TRUE(RuleBook::make(listener("")).empty());
}

TEST(RuleBook, R3_3_7_AllConditionsAndAnyOfTheirValues) {
  const RuleBook rules = RuleBook::make(listener(R"(
    rules { priority: 1
      conditions { http_request_method { values: ["GET", "HEAD"] } }
      conditions { host_header { values: "*.Example.com" } } })"));
  EXPECT_EQ(rules.match({.method = "HEAD", .host = "www.example.com"}).rule, 0u);
  EXPECT_EQ(rules.match({.method = "POST", .host = "www.example.com"}).rule, kDefaultRule);
  EXPECT_EQ(rules.match({.method = "get", .host = "www.example.com"}).rule, kDefaultRule);
  EXPECT_EQ(rules.match({.method = "GET", .host = "example.org"}).rule, kDefaultRule);
}

TEST(RuleBook, R3_3_7_HeadersQueriesAndAddresses) {
  const RuleBook rules = RuleBook::make(listener(R"(
    rules { priority: 1 conditions { http_header { http_header_name: "User-Agent" values: ["*chrome*", "*safari*"] } } }
    rules { priority: 2 conditions { query_string { values { key: "version" value: "v1" } values { value: "*example*" } } } }
    rules { priority: 3 conditions { source_ip { values: ["192.0.2.0/24", "198.51.100.10/32"] } } })"));
  EXPECT_EQ(rules.match({.headers = {{"user-agent", "Mozilla Safari/605"}}}).rule, 0u);
  EXPECT_EQ(rules.match({.headers = {{"accept", "chrome"}}}).rule, kDefaultRule);
  EXPECT_EQ(rules.match({.query = "lang=en&VERSION=V1"}).rule, 1u);
  EXPECT_EQ(rules.match({.query = "version=v2&site=my-example-page"}).rule, 1u);
  EXPECT_EQ(rules.match({.query = "version=v2"}).rule, kDefaultRule);
  EXPECT_EQ(rules.match({.query = "version"}).rule, kDefaultRule);
  EXPECT_EQ(rules.match({.source_address = 0xc0000263}).rule, 2u);
  EXPECT_EQ(rules.match({.source_address = 0xc6336409}).rule, kDefaultRule);
}

// Shares of evenly spread draws.
std::vector<double> shares(const std::vector<std::uint32_t>& weights) {
  const WeightedSplit split(weights);
  std::vector<double> hits(weights.size(), 0);
  constexpr std::uint64_t kDraws = 30000;
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    hits[split.pick(i * (~std::uint64_t{0} / kDraws))] += 1.0 / kDraws;
  }
  return hits;
}

TEST(WeightedSplit, LB_05_R3_3_6_SharesFollowTheWeights) {
  EXPECT_NEAR(shares({10, 10})[0], 0.5, 1e-3);
  EXPECT_NEAR(shares({10, 20})[0], 1.0 / 3, 1e-3);
  EXPECT_NEAR(shares({10, 20})[1], 2.0 / 3, 1e-3);
  EXPECT_EQ(shares({0, 999, 0})[1], shares({1})[0]);
  EXPECT_THROW((void)WeightedSplit({0, 0}).pick(1), sim::InvariantError);
}

}  // namespace
}  // namespace updraft::elb
