#include "models/common/wildcard.h"

namespace updraft::common {
namespace {

// ASCII only, whatever the process's locale.
constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

bool same_letter(char a, char b, bool case_sensitive) {
  return case_sensitive ? a == b : lower(a) == lower(b);
}

bool wildcard_match(std::string_view pattern, std::string_view text, bool case_sensitive) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;  // place in the pattern behind the last *
  std::size_t taken = 0;                      // characters up to here are the last *'s
  while (t < text.size()) {
    const bool escaped = p + 1 < pattern.size() && pattern[p] == '\\';
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      taken = t;
    } else if (p < pattern.size() &&
               ((!escaped && pattern[p] == '?') ||
                same_letter(pattern[p + (escaped ? 1 : 0)], text[t], case_sensitive))) {
      p += escaped ? 2 : 1;
      ++t;
    } else if (star != std::string_view::npos) {  // the last * takes one more
      p = star;
      t = ++taken;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') {
    ++p;
  }
  return p == pattern.size();
}

}  // namespace updraft::common
