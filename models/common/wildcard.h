// Patterns with * and ?, as load balancers and programs compare paths.
#pragma once

#include <string_view>

namespace updraft::common {

/// Whether `text` fits the pattern: `*` stands for any characters, `?` for exactly one, and a
/// backslash takes the next character as it is.
[[nodiscard]] bool wildcard_match(std::string_view pattern, std::string_view text,
                                  bool case_sensitive);

/// Whether two ASCII letters are the same, whatever the process's locale.
[[nodiscard]] bool same_letter(char a, char b, bool case_sensitive);

}  // namespace updraft::common
