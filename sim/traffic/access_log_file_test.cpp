#include "sim/traffic/access_log_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace updraft::sim {
namespace {

using ::testing::ElementsAre;

AccessLog options(double speed = 1, std::int64_t offset_ns = 0) {
  AccessLog options;
  options.set_speed(speed);
  options.mutable_offset()->set_ns(offset_ns);
  return options;
}

// The example of the ALB User Guide, and one that ended before it and began later.
constexpr const char* kLog =
    "http 2018-07-02T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 192.168.131.39:2817 "
    "10.0.0.1:80 0.000 0.001 0.000 200 200 34 366 \"GET http://www.example.com:80/ HTTP/1.1\" "
    "\"curl/7.46.0\" - - arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/"
    "my-targets/73e2d6bc24d8a067 \"Root=1-58337262-36d228ad5d99923122bbe354\" \"-\" \"-\" 0 "
    "2018-07-02T22:22:48.364000Z \"forward\" \"-\" \"-\" \"10.0.0.1:80\" \"200\" \"-\" \"-\" "
    "TID_1234abcd5678ef90\n"
    "http 2018-07-02T22:22:49.000000Z app/my-loadbalancer/50dc6c495c0c9188 2001:db8::1:2817 - -1 "
    "-1 -1 503 - 40 0 \"POST http://shop.example.com:80/cart?item=7&n=\\\"2\\\" HTTP/1.1\" \"-\" "
    "- - - \"-\" \"-\" \"-\" 0 2018-07-02T22:22:48.264500Z \"forward\" \"-\" \"-\" \"-\" \"-\" "
    "\"-\" \"-\"\n";

TEST(AccessLogFile, ReadsTheExampleOfTheGuide) {
  const AccessLogFile file = read_access_log(kLog, "web.log", options());
  ASSERT_THAT(file.errors, ElementsAre());
  ASSERT_EQ(file.requests.size(), 2u);
  EXPECT_EQ(file.requests[0].at_ns, 0);  // by creation time, not by the time of the answer
  EXPECT_EQ(file.requests[0].received_bytes, 40);
  EXPECT_EQ(file.requests[0].kind, 1u);
  EXPECT_EQ(file.requests[1].at_ns, 99'500'000);
  EXPECT_EQ(file.requests[1].sent_bytes, 366);
  ASSERT_EQ(file.kinds.size(), 2u);
  EXPECT_EQ(file.kinds[0].host, "www.example.com");
  EXPECT_EQ(file.kinds[0].path, "/");
  EXPECT_EQ(file.kinds[0].source_address, 0xc0a88327u);
  EXPECT_EQ(file.kinds[0].headers.at(0).second, "curl/7.46.0");
  EXPECT_EQ(file.kinds[1].method, "POST");
  EXPECT_EQ(file.kinds[1].path, "/cart");
  EXPECT_EQ(file.kinds[1].query, "item=7&n=\"2\"");
  EXPECT_EQ(file.kinds[1].source_address, 0u);
}

TEST(AccessLogFile, SpeedAndOffsetMoveTheArrivals) {
  const AccessLogFile file = read_access_log(kLog, "web.log", options(2, 5'000'000'000));
  EXPECT_EQ(file.requests[0].at_ns, 5'000'000'000);
  EXPECT_EQ(file.requests[1].at_ns, 5'049'750'000);
}

TEST(AccessLogFile, SaysWhatIsWrongAndWhere) {
  std::string text(kLog);
  text.replace(text.find(" 34 366"), 7, " 3x 366");
  text.replace(text.find("POST http"), 9, "POST_http");
  const AccessLogFile file = read_access_log("http x\n" + text, "web.log", options());
  EXPECT_THAT(
      file.errors,
      ElementsAre("web.log:1:1: there are 2 fields; an entry of an access log has at least 22",
                  "web.log:2:129: \"3x\" is not a number of bytes",
                  ::testing::HasSubstr("web.log:3:")));
  EXPECT_THAT(read_access_log("", "web.log", options()).errors,
              ElementsAre("web.log:0:1: there is no entry"));
}

}  // namespace
}  // namespace updraft::sim
