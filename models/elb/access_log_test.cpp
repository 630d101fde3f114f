#include "models/elb/access_log.h"

#include <gtest/gtest.h>

namespace updraft::elb {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

LogEntry entry(const sim::RequestAttributes& request) {
  LogEntry entry;
  entry.balancer = "web";
  entry.request = &request;
  entry.client_port = 2817;
  entry.received = sim::kStart + seconds{1} + microseconds{250};
  entry.ended = sim::kStart + seconds{2};
  entry.received_bytes = 34;
  entry.sent_bytes = 366;
  entry.ordinal = 5;
  return entry;
}

TEST(AccessLog, AnAnswerOfATarget) {
  const sim::RequestAttributes request{.host = "www.example.com",
                                       .query = "a=\"b\"",
                                       .headers = {{"User-Agent", "curl/7.46.0"}},
                                       .source_address = 0xc0a88327};
  LogEntry line = entry(request);
  line.target_group = "my-targets";
  line.target = "i-000001";
  line.request_time = sim::Duration{0};
  line.target_time = milliseconds{48};
  line.response_time = sim::Duration{0};
  line.answer = {.code = 200, .by_target = true};
  EXPECT_EQ(
      log_line(line, 1'530'570'168'000'000'000),
      "http 2018-07-02T22:22:50.000000Z app/web/0 192.168.131.39:2817 i-000001:80 0.000 0.048 "
      "0.000 200 200 34 366 \"GET http://www.example.com:80/?a=\\\"b\\\" HTTP/1.1\" "
      "\"curl/7.46.0\" - - "
      "arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/my-targets/0 "
      "\"Root=1-5b3aa5b9-000000000000000000000005\" \"-\" \"-\" 0 "
      "2018-07-02T22:22:49.000250Z \"forward\" \"-\" \"-\" \"i-000001:80\" \"200\" \"-\" \"-\"");
}

TEST(AccessLog, R3_9_T1_AnAnswerOfTheBalancer) {
  const sim::RequestAttributes request;
  LogEntry line = entry(request);
  line.answer = {.code = 503};
  const std::string text = log_line(line, 0);
  EXPECT_NE(
      text.find(
          " 0.0.0.0:2817 - -1 -1 -1 503 - 34 366 \"GET http://web:80/ HTTP/1.1\" \"-\" - - - "),
      std::string::npos)
      << text;
}

}  // namespace
}  // namespace updraft::elb
