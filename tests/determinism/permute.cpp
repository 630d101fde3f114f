#include "tests/determinism/permute.h"

#include <sstream>
#include <vector>

namespace updraft::testing {

namespace {

std::vector<std::string> lines_of(const std::string& yaml) {
  std::vector<std::string> lines;
  std::istringstream in(yaml);
  for (std::string line; std::getline(in, line);) {
    const std::size_t first = line.find_first_not_of(' ');
    if (first != std::string::npos && line[first] != '#') {
      lines.push_back(line);
    }
  }
  return lines;
}

std::size_t indent_of(const std::string& line) {
  return line.find_first_not_of(' ');
}

/// Lines [begin, end): entries at one depth, each with what stands below it.
std::string reversed(const std::vector<std::string>& lines, std::size_t begin, std::size_t end) {
  std::vector<std::string> entries;
  const bool sequence = lines[begin][indent_of(lines[begin])] == '-';
  for (std::size_t i = begin; i < end;) {
    std::size_t next = i + 1;
    while (next < end && indent_of(lines[next]) > indent_of(lines[i])) {
      ++next;
    }
    std::string entry = lines[i] + "\n";
    if (next > i + 1) {
      entry += reversed(lines, i + 1, next);
    }
    entries.push_back(std::move(entry));
    i = next;
  }
  std::string text;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    text += sequence ? entries[i] : entries[entries.size() - 1 - i];
  }
  return text;
}

}  // namespace

std::string with_keys_reversed(const std::string& yaml) {
  const std::vector<std::string> lines = lines_of(yaml);
  return lines.empty() ? "" : reversed(lines, 0, lines.size());
}

}  // namespace updraft::testing
