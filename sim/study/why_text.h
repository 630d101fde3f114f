// An answer in plain words, for a terminal.
#pragma once

#include <cstddef>
#include <string>

#include "sim/study/why.h"
#include "sim/study/why_words.h"

namespace updraft::sim {

struct WhyTextOptions {
  std::size_t width = 100;
  bool ansi = false;
  std::size_t chains = 10;  // of each kind; the rest is counted
};

std::string why_text(const WhyAnswer& answer, const RunRecord& record, const WhyWords& words,
                     const WhyTextOptions& options);

}  // namespace updraft::sim
