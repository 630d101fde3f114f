// Numbers as people read them.
#pragma once

#include <cstdint>
#include <string>

#include "sim/core/time.h"

namespace updraft::cli {

/// 75123456 -> "75,123,456".
std::string grouped(std::uint64_t number);
/// A latency in nanoseconds with three significant digits: "41.2 ms", "1.53 s", "870 us".
std::string latency(double ns);
/// A share as per cent with enough digits to tell 99.99 from 100: "99.993 %", "100 %", "0.0004 %".
std::string percent(double share);
/// A length of simulated time: "14 d", "6 h", "90 s", "1 d 6 h".
std::string length(sim::Duration duration);
/// "$1,234.56"; small amounts keep three significant digits: "$0.0123".
std::string money(double usd);
/// A plain number with up to that many decimals, trailing zeros cut.
std::string plain(double number, int decimals);

}  // namespace updraft::cli
