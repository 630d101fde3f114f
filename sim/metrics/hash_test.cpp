#include "sim/metrics/hash.h"

#include <gtest/gtest.h>

namespace updraft::sim {
namespace {

std::string hash_of(std::string_view text) {
  Fnv128 hash;
  hash.add(text);
  return hash.hex();
}

// Vectors of the FNV reference (isthe.com/chongo/tech/comp/fnv).
TEST(Fnv128, GivesTheReferenceAnswers) {
  EXPECT_EQ(hash_of(""), "6c62272e07bb014262b821756295c58d");
  EXPECT_EQ(hash_of("a"), "d228cb696f1a8caf78912b704e4a8964");
  EXPECT_EQ(hash_of("foobar"), "343e1662793c64bf6f0d3597ba446f18");
}

TEST(Fnv64, GivesTheReferenceAnswers) {
  EXPECT_EQ(fnv1a_64(""), 0xCBF29CE484222325ull);
  EXPECT_EQ(fnv1a_64("a"), 0xAF63DC4C8601EC8Cull);
  EXPECT_EQ(fnv1a_64("foobar"), 0x85944171F73967E8ull);
}

TEST(Fnv128, StreamsInPiecesOfAnySize) {
  Fnv128 hash;
  hash.add("foo");
  hash.add("");
  hash.add("bar");
  EXPECT_EQ(hash.hex(), hash_of("foobar"));
}

TEST(Fnv128, WritesIntegersLeastSignificantByteFirst) {
  Fnv128 hash;
  hash.add_int(0x0807060504030201ull);
  EXPECT_EQ(hash.hex(), hash_of("\x01\x02\x03\x04\x05\x06\x07\x08"));
}

TEST(Fnv128, KeepsTheBordersOfTexts) {
  Fnv128 a;
  a.add_text("ab");
  a.add_text("c");
  Fnv128 b;
  b.add_text("a");
  b.add_text("bc");
  EXPECT_NE(a.hex(), b.hex());
}

}  // namespace
}  // namespace updraft::sim
