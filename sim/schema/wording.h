// How messages to the user spell things: suggestions, lists, the user's own text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace updraft::sim {

/// `; did you mean "x"?`, or else `; LABEL a, b, c` (shortened when long).
std::string suggestion(std::string_view word, const std::vector<std::string>& candidates,
                       std::string_view label);

/// "a, b, c"; past sixteen words, "a, b, ... (40 in all)".
std::string listed(const std::vector<std::string>& words);
/// "a van", "an auto_scaling_group".
std::string with_article(std::string_view word);

/// User's text fit to be shown inside a message: control characters escaped, cut after some 60
/// characters.
std::string shown(std::string_view text);
/// The same in double quotes.
std::string in_quotes(std::string_view text);

}  // namespace updraft::sim
