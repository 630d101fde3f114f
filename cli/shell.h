// Words as a shell takes them, so that a command that is shown can be pasted.
#pragma once

#include <string>
#include <string_view>

namespace updraft::cli {

/// `word` as it stands when a shell leaves it alone, else in single quotes.
std::string shell_word(std::string_view word);

}  // namespace updraft::cli
