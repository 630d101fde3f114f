#include "sim/schema/text_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace updraft::sim {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Wrap, BreaksAtSpaces) {
  EXPECT_THAT(wrap("", 10), IsEmpty());
  EXPECT_THAT(wrap("one two three", 7), ElementsAre("one two", "three"));
  EXPECT_THAT(wrap("one two three", 6), ElementsAre("one", "two", "three"));
  EXPECT_THAT(wrap("  one   two ", 80), ElementsAre("one two"));
}

TEST(Wrap, LeavesALongWordWhole) {
  EXPECT_THAT(wrap("see https://example.com/x now", 8),
              ElementsAre("see", "https://example.com/x", "now"));
}

TEST(Wrap, CountsLettersNotBytes) {
  EXPECT_THAT(wrap("\xC2\xB5\xC2\xB5 \xC2\xB5\xC2\xB5", 5),
              ElementsAre("\xC2\xB5\xC2\xB5 \xC2\xB5\xC2\xB5"));
}

TEST(TextPage, SetsTextBesideItsLabel) {
  TextPage page({.width = 20, .ansi = false});
  page.title("Title");
  page.heading("Heading");
  page.row("a", "one two three four", 8);
  page.row("a long label", "text", 8);
  page.row("alone", "", 8);
  page.paragraph("some words in a row", 4);
  EXPECT_EQ(page.text(), R"(Title

Heading
  a     one two
        three four
  a long label
        text
  alone
    some words in a
    row
)");
}

}  // namespace
}  // namespace updraft::sim
