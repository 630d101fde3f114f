#include "sim/core/ipv4.h"

#include <gtest/gtest.h>

namespace updraft::sim {
namespace {

TEST(Ipv4, ReadsAndWritesAddresses) {
  EXPECT_EQ(parse_ipv4("192.0.2.1").value(), 0xc0000201u);
  EXPECT_EQ(parse_ipv4("0.0.0.0").value(), 0u);
  EXPECT_EQ(parse_ipv4("255.255.255.255").value(), 0xffffffffu);
  EXPECT_EQ(format_ipv4(0xc0000201), "192.0.2.1");
}

TEST(Ipv4, RefusesWhatIsNone) {
  for (const char* text : {"", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.-4", "1.2.3.4 ",
                           "a.b.c.d", "1..2.3", "0001.2.3.4", "1.2.3.4/8"}) {
    EXPECT_FALSE(parse_ipv4(text).ok()) << text;
  }
}

}  // namespace
}  // namespace updraft::sim
