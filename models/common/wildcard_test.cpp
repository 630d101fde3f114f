#include "models/common/wildcard.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace updraft::common {
namespace {

TEST(Wildcards, R3_3_7_AStarIsAnyCharactersAQuestionMarkOne) {
  struct Row {
    const char* pattern;
    const char* text;
    bool matches;
  };
  for (const Row& row : std::vector<Row>{{"/img/*", "/img/picture.jpg", true},
                                         {"/img/*", "/img/", true},
                                         {"/img/*", "/img", false},
                                         {"/img/*/pics", "/img/2026/may/pics", true},
                                         {"/img/*/pics", "/img/2026/pics/x", false},
                                         {"/img?", "/imgs", true},
                                         {"/img?", "/img", false},
                                         {"/img?", "/imgss", false},
                                         {"*", "", true},
                                         {"**", "ab", true},
                                         {"a*b*c", "axxbyybzzc", true},
                                         {"a*b*c", "axxbyybzz", false},
                                         {"*.example.com", "www.example.com", true},
                                         {"*.example.com", "example.com", false},
                                         {"what\\?", "what?", true},
                                         {"what\\?", "whats", false},
                                         {"2\\*3", "2*3", true},
                                         {"2\\*3", "2xx3", false},
                                         {"", "", true},
                                         {"", "a", false},
                                         {"/Img/*", "/img/a", false}}) {
    EXPECT_EQ(wildcard_match(row.pattern, row.text, true), row.matches)
        << row.pattern << " " << row.text;
  }
  EXPECT_TRUE(wildcard_match("WWW.*.com", "www.Example.COM", false));
}

// The slow judge: every way to share the text among the pattern's parts.
bool judge(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) {
    return text.empty();
  }
  if (pattern.front() == '*') {
    for (std::size_t n = 0; n <= text.size(); ++n) {
      if (judge(pattern.substr(1), text.substr(n))) {
        return true;
      }
    }
    return false;
  }
  return !text.empty() && (pattern.front() == '?' || pattern.front() == text.front()) &&
         judge(pattern.substr(1), text.substr(1));
}

// All words of at most `longest` letters.
std::vector<std::string> words(std::string_view letters, std::size_t longest) {
  std::vector<std::string> found{""};
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found[i].size() < longest) {
      for (const char letter : letters) {
        found.push_back(found[i] + letter);
      }
    }
  }
  return found;
}

TEST(Wildcards, R3_3_7_AgreesWithASlowJudgeOnAllShortWords) {
  for (const std::string& pattern : words("a*?", 5)) {
    for (const std::string& text : words("ab", 4)) {
      ASSERT_EQ(wildcard_match(pattern, text, true), judge(pattern, text))
          << pattern << " " << text;
    }
  }
}

}  // namespace
}  // namespace updraft::common
