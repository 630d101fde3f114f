#include "sim/schema/edition.h"

#include <algorithm>

#include <fmt/format.h>

namespace updraft::sim {
namespace {

constexpr int kFirstYear = 2006;
constexpr int kFirstMonth = 3;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

Result<RulesEdition> RulesEdition::parse(std::string_view text) {
  const auto refuse = [&] {
    return Error{fmt::format(R"(rules edition "{}" is no year and month; write it like "{}")", text,
                             latest().text())};
  };
  if (text.size() != 7 || text[4] != '-') {
    return refuse();
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i != 4 && !is_digit(text[i])) {
      return refuse();
    }
  }
  int year = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    year = 10 * year + (text[i] - '0');
  }
  const int month = 10 * (text[5] - '0') + (text[6] - '0');
  if (month < 1 || month > 12) {
    return refuse();
  }
  const RulesEdition edition(year, month);
  const RulesEdition first(kFirstYear, kFirstMonth);
  if (edition < first) {
    return Error{fmt::format("rules edition {} is before {}, the first", text, first.text())};
  }
  return edition;
}

RulesEdition RulesEdition::latest() {
  return {2026, 11};
}

std::string RulesEdition::text() const {
  return fmt::format("{:04}-{:02}", year_, month_);
}

}  // namespace updraft::sim
