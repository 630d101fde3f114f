#include "sim/schema/quantity.h"

#include <string>
#include <string_view>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace updraft::sim {
namespace {

// The value, or the error's text.
template <class T>
std::string shown_as(const Result<T>& result) {
  return result.ok() ? fmt::format("{}", *result) : result.error();
}

std::string duration(std::string_view text) {
  return shown_as(parse_duration(text));
}
std::string bytes(std::string_view text) {
  return shown_as(parse_bytes(text));
}
std::string real(std::string_view text, std::string_view unit) {
  return shown_as(parse_quantity(text, unit));
}
std::string whole(std::string_view text, std::string_view unit) {
  return shown_as(parse_whole_quantity(text, unit));
}

TEST(Quantity, DurationsAreExactNanoseconds) {
  EXPECT_EQ(duration("90s"), "90000000000");
  EXPECT_EQ(duration("20ms"), "20000000");
  EXPECT_EQ(duration("1.5h"), "5400000000000");
  EXPECT_EQ(duration("3d"), "259200000000000");
  EXPECT_EQ(duration("1h30m"), "5400000000000");
  EXPECT_EQ(duration("1w1d1h1m1s1ms1us1ns"), "694861001001001");
  EXPECT_EQ(duration("0.1s"), "100000000");
  EXPECT_EQ(duration("0.000000001s"), "1");
  EXPECT_EQ(duration("1.10000000000000000s"), "1100000000");
  EXPECT_EQ(duration("0s"), "0");
  EXPECT_EQ(duration("-90s"), "-90000000000");
  EXPECT_EQ(duration("106751d"), "9223286400000000000");
}

TEST(Quantity, WrongDurationsSayWhatToWrite) {
  EXPECT_EQ(duration("90"), "missing unit: write 90s");
  EXPECT_EQ(duration("0"), "missing unit: write 0s");
  EXPECT_EQ(duration("-5"), "missing unit: write -5s");
  EXPECT_EQ(duration("5min"), "write 5m");
  EXPECT_EQ(duration("5 minutes"), "write 5m");
  EXPECT_EQ(duration("5 s"), "write 5s");
  EXPECT_EQ(duration("3µs"), "write 3us");
  EXPECT_EQ(duration("2M"), "months and years have no fixed length; write days, such as 30d");
  EXPECT_EQ(duration("1h30"), "missing unit after 30: write 1h30s");
  EXPECT_EQ(duration("30m1h"), "units go from long to short, each once: 1h30m");
  EXPECT_EQ(duration("1s1s"), "units go from long to short, each once: 1h30m");
  EXPECT_EQ(duration("1.5h30m"), "only the last unit may have a fraction: 1h30.5m");
  EXPECT_EQ(duration("0.5ns"), "it is finer than 1ns");
  EXPECT_EQ(duration("0.00000000000000000000000001s"), "it is finer than 1ns");
  EXPECT_EQ(duration("106752d"), "it is longer than 292 years");
  EXPECT_EQ(duration("99999999999999999999999999d"), "it is longer than 292 years");
  EXPECT_EQ(duration("106751d23h59m"), "it is longer than 292 years");
  EXPECT_EQ(duration("5q"), "no unit of time \"q\"; the units are ns, us, ms, s, m, h, d, w");
  for (const char* text : {"", "s", "-", "--5s", "+5s", "soon", "1e3s", ".5s", "5.s"}) {
    EXPECT_FALSE(parse_duration(text).ok()) << text;
  }
}

TEST(Quantity, FormattedDurationsReadBack) {
  for (const std::int64_t ns : {std::int64_t{0}, std::int64_t{1}, std::int64_t{90'000'000'000},
                                std::int64_t{5'400'000'000'000}, std::int64_t{-1'500'000},
                                std::int64_t{9'223'372'036'854'775'807}}) {
    EXPECT_EQ(*parse_duration(format_duration(ns)), ns) << format_duration(ns);
  }
  EXPECT_EQ(format_duration(5'400'000'000'000), "1h30m");
  EXPECT_EQ(format_duration(1'209'600'000'000'000), "14d");
}

TEST(Quantity, BytesKnowBothFamiliesOfUnits) {
  EXPECT_EQ(bytes("1kB"), "1000");
  EXPECT_EQ(bytes("64KiB"), "65536");
  EXPECT_EQ(bytes("1.5MiB"), "1572864");
  EXPECT_EQ(bytes("0B"), "0");
  EXPECT_EQ(bytes("8PiB"), "9007199254740992");
  EXPECT_EQ(bytes("64KB"), "KB may be 1,000 or 1,024 bytes; write 64kB or 64KiB");
  EXPECT_EQ(bytes("64kb"), "write 64kB");
  EXPECT_EQ(bytes("512Mi"), "write 512MiB");
  EXPECT_EQ(bytes("0.5B"), "it is not a whole number of bytes");
  EXPECT_EQ(bytes("9000PiB"), "it is more than 8 EiB");
  EXPECT_EQ(bytes("1024"), "missing unit: write 1024B");
  EXPECT_EQ(bytes("big"), "it must be a size such as 64KiB or 1MB");
}

TEST(Quantity, RatesComeInTheUnitAskedFor) {
  EXPECT_EQ(real("100/s", "1/s"), "100");
  EXPECT_EQ(real("6000/min", "1/s"), "100");
  EXPECT_EQ(real("1/h", "1/h"), "1");
  EXPECT_EQ(real("2/s", "1/min"), "120");
  EXPECT_EQ(real("0.5/ms", "1/s"), "500");
  EXPECT_EQ(real("36/6h", "1/h"), "6");
  EXPECT_EQ(real("1/0.5s", "1/s"), "2");
  EXPECT_EQ(real("1/2m", "1/s"), "write 1/2min");
  EXPECT_EQ(real("1/0h", "1/s"), "it must be a rate such as 100/s or 6000/min");
  EXPECT_EQ(real("1/6fortnights", "1/s"), "it must be a rate such as 100/s or 6000/min");
  EXPECT_EQ(real("100", "1/s"), "missing unit: write 100/s");
  EXPECT_EQ(real("5/m", "1/s"), "write 5/min");
  EXPECT_EQ(real("5/fortnight", "1/s"), "it must be a rate such as 100/s or 6000/min");
  EXPECT_EQ(real("10MB/s", "kB/s"), "10000");
  EXPECT_EQ(real("10Gbit/s", "Mbit/s"), "10000");
  EXPECT_EQ(real("10", "Mbit/s"), "missing unit: write 10Mbit/s");
}

TEST(Quantity, SharesAndPercentagesTakeTheSign) {
  EXPECT_EQ(real("50%", "percent"), "50");
  EXPECT_EQ(real("50", "percent"), "50");
  EXPECT_EQ(real("50%", "share"), "0.5");
  EXPECT_EQ(real("0.5", "share"), "0.5");
  EXPECT_EQ(real("half", "share"), "it must be a share such as 50% or 0.5");
  EXPECT_EQ(whole("50%", "percent"), "50");
}

TEST(Quantity, TimesAndSizesComeInTheUnitAskedFor) {
  EXPECT_EQ(real("1.5h", "s"), "5400");
  EXPECT_EQ(real("90s", "min"), "1.5");
  EXPECT_EQ(whole("1h", "min"), "60");
  EXPECT_EQ(whole("90s", "min"), "it must be a whole number of min");
  EXPECT_EQ(whole("1GiB", "MiB"), "1024");
  EXPECT_EQ(whole("5", "min"), "missing unit: write 5m");
  EXPECT_EQ(whole("5", "MiB"), "missing unit: write 5MiB");
  EXPECT_EQ(whole("120/min", "1/s"), "2");
}

TEST(Quantity, OtherUnitsMayFollowTheNumber) {
  EXPECT_EQ(real("0.096", "USD/h"), "0.096");
  EXPECT_EQ(real("0.096 USD/h", "USD/h"), "0.096");
  EXPECT_EQ(real("0.096 EUR/h", "USD/h"), "it must be a number, in USD/h");
}

TEST(Quantity, NumbersAreDecimalAndFinite) {
  EXPECT_EQ(shown_as(parse_number("1e3")), "1000");
  EXPECT_EQ(shown_as(parse_number("-0.5")), "-0.5");
  EXPECT_EQ(shown_as(parse_number("1e999")), "it is out of the range of a 64-bit number");
  EXPECT_EQ(shown_as(parse_number("1,000.5")), "it must be a number");
  EXPECT_EQ(shown_as(parse_number("10,000")), "write 10000");
  for (const char* text : {"inf", "nan", "0x10", "+1", ".5", "", "-", "1 "}) {
    EXPECT_FALSE(parse_number(text).ok()) << text;
  }
}

TEST(Quantity, WholeNumbersHaveNoSeparatorsPointsOrLeadingZeros) {
  EXPECT_EQ(shown_as(parse_int("-12")), "-12");
  EXPECT_EQ(shown_as(parse_int("1_000")), "write 1000");
  EXPECT_EQ(shown_as(parse_int("-1,000")), "write -1000");
  EXPECT_EQ(shown_as(parse_int("012")), "it must be a whole number without leading zeros");
  EXPECT_EQ(shown_as(parse_int("1.0")), "it must be a whole number");
  EXPECT_EQ(shown_as(parse_uint("18446744073709551615")), "18446744073709551615");
  EXPECT_EQ(shown_as(parse_uint("18446744073709551616")),
            "it must be a whole number of at most 18446744073709551615");
  EXPECT_EQ(shown_as(parse_uint("-1")), "it must not be negative");
}

TEST(Quantity, BooleansAreTrueAndFalseAlone) {
  EXPECT_TRUE(*parse_bool("true"));
  EXPECT_FALSE(*parse_bool("false"));
  EXPECT_EQ(shown_as(parse_bool("yes")), "write true");
  EXPECT_EQ(shown_as(parse_bool("Off")), "write false");
  EXPECT_EQ(shown_as(parse_bool("maybe")), "it must be true or false");
}

TEST(Quantity, InstantsAreUtc) {
  EXPECT_EQ(shown_as(parse_instant("1970-01-01T00:00:00Z")), "0");
  EXPECT_EQ(shown_as(parse_instant("1998-06-15T00:00:00Z")), "897868800000000000");
  EXPECT_EQ(shown_as(parse_instant("2024-02-29T23:59:59.25Z")), "1709251199250000000");
  EXPECT_EQ(shown_as(parse_instant("1969-12-31T23:59:59.5Z")), "-500000000");
  EXPECT_EQ(shown_as(parse_instant("1998-06-15")),
            "missing time of day: write 1998-06-15T00:00:00Z");
  EXPECT_EQ(shown_as(parse_instant("1998-06-15T00:00:00")), "it must be in UTC and end in Z");
  EXPECT_EQ(shown_as(parse_instant("2023-02-29T00:00:00Z")), "there is no such day or time");
  EXPECT_EQ(shown_as(parse_instant("2023-01-01T24:00:00Z")), "there is no such day or time");
  EXPECT_EQ(shown_as(parse_instant("2262-01-01T00:00:00Z")), "the year must be 1700 to 2261");
  for (const char* text : {"", "now", "1998", "1998-06-15 00:00:00Z", "1998-06-15T00:00:00.Z",
                           "1998-06-15T00:00:00.1234567890Z", "19980615T000000Z"}) {
    EXPECT_FALSE(parse_instant(text).ok()) << text;
  }
}

}  // namespace
}  // namespace updraft::sim
