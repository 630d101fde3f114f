// `updraft trace` as a user meets it. What the file says is tested in sim/study, and by a reader of
// Perfetto's own in tests/python/test_perfetto.py.
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "cli/app.h"
#include "sim/study/perfetto.h"

namespace updraft::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;

std::string content(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

class Trace : public ::testing::Test {
 protected:
  struct Outcome {
    int code = -1;
    std::string out;
    std::string err;
  };

  static Outcome updraft(const std::vector<std::string>& arguments, bool out_is_tty = false) {
    std::ostringstream out;
    std::ostringstream err;
    Terminal terminal{.out = out, .err = err};
    terminal.out_is_tty = out_is_tty;
    const int code = run_app(arguments, terminal);
    return {code, out.str(), err.str()};
  }

  void SetUp() override {
    before_ = fs::current_path();
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(::testing::TempDir()) / (std::string("updraft_trace_") + test->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    fs::current_path(folder_);
    updraft({"init", "my.yaml"});
  }
  void TearDown() override {
    fs::current_path(before_);
    fs::remove_all(folder_);
  }

 private:
  fs::path before_;
  fs::path folder_;
};

TEST_F(Trace, WritesAFileBesideTheResults) {
  updraft({"run", "my.yaml", "--until", "3m", "-o", "my.h5"});
  const Outcome text = updraft({"trace", "my.h5"});
  EXPECT_EQ(text.code, kDone) << text.err;
  EXPECT_EQ(text.err, "");
  EXPECT_THAT(text.out, MatchesRegex("wrote my.perfetto-trace: [0-9]+ requests, [0-9]+ hops\n"
                                     "next: open it in https://ui.perfetto.dev\n"));
  EXPECT_TRUE(sim::is_perfetto_export("my.perfetto-trace"));

  const json told = json::parse(updraft({"trace", "my.h5", "-o", "other", "--json"}).out);
  EXPECT_EQ(told["version"], 1);
  EXPECT_EQ(told["wrote"], json{"other"});
  EXPECT_GE(told["requests"], 15);                     // five of each minute
  EXPECT_EQ(told["hops"], 2 * int{told["requests"]});  // the balancer and an instance
  EXPECT_EQ(content("other"), content("my.perfetto-trace"));
  EXPECT_EQ(updraft({"trace", "my.h5", "-o", "-"}).out, content("other"));
}

TEST_F(Trace, ReplacesAnExportAndNothingElse) {
  updraft({"run", "my.yaml", "--until", "2m", "-o", "my.h5"});
  const std::string results = content("my.h5");
  EXPECT_EQ(updraft({"trace", "my.h5"}).code, kDone);
  const std::string first = content("my.perfetto-trace");
  EXPECT_EQ(updraft({"trace", "my.h5"}).code, kDone);
  EXPECT_EQ(content("my.perfetto-trace"), first);
  std::ofstream("empty").close();
  EXPECT_EQ(updraft({"trace", "my.h5", "-o", "empty"}).code, kDone);
  EXPECT_EQ(content("empty"), first);

  for (const std::string file : {"my.h5", "my.yaml"}) {
    const Outcome refused = updraft({"trace", "my.h5", "-o", file});
    EXPECT_EQ(refused.code, kCouldNot);
    EXPECT_EQ(refused.err, "updraft trace: --output " + file +
                               " is there and is no exported trace; remove it or name another\n");
  }
  EXPECT_EQ(content("my.h5"), results);
}

TEST_F(Trace, SaysWhereItCannotWrite) {
  updraft({"run", "my.yaml", "--until", "1m", "-o", "my.h5"});
  const auto error = [](const std::string& output) {
    const Outcome outcome = updraft({"trace", "my.h5", "-o", output});
    EXPECT_EQ(outcome.code, kCouldNot);
    EXPECT_EQ(outcome.out, "");
    return outcome.err;
  };
  EXPECT_EQ(error("none/my"), "updraft trace: --output none/my: there is no folder none\n");
  EXPECT_EQ(error("."), "updraft trace: --output . is a folder; name a file in it\n");
  EXPECT_EQ(error(""), "updraft trace: --output is empty; name a file, or - for standard output\n");
  EXPECT_EQ(error("/dev/null"),
            "updraft trace: --output /dev/null is not a plain file; name another, or - for "
            "standard output\n");
  const Outcome terminal = updraft({"trace", "my.h5", "-o", "-"}, true);
  EXPECT_EQ(terminal.code, kCouldNot);
  EXPECT_EQ(terminal.out, "");
  EXPECT_EQ(terminal.err,
            "updraft trace: a trace is no text for a terminal; name a file, or send it into a "
            "pipe\n");
  EXPECT_THAT(updraft({"trace", "my.h5", "-o", "-", "--json"}).err,
              EndsWith("name a file for --json\n"));
}

TEST_F(Trace, SaysWhatItCannotRead) {
  const Outcome missing = updraft({"trace", "none.h5"});
  EXPECT_EQ(missing.code, kCouldNot);
  EXPECT_EQ(missing.err, "updraft trace: there is no file none.h5\n");
  const Outcome scenario = updraft({"trace", "my.yaml"});
  EXPECT_EQ(scenario.code, kCouldNot);
  EXPECT_EQ(scenario.err,
            "updraft trace: my.yaml is no result file; a scenario has to run first: updraft run "
            "my.yaml\n");
  EXPECT_FALSE(fs::exists("my.perfetto-trace"));
}

TEST_F(Trace, SaysHowMoreIsTracedWhereNothingIs) {
  updraft({"run", "my.yaml", "--until", "1ms", "-o", "my.h5"});
  const Outcome nothing = updraft({"trace", "my.h5"});
  EXPECT_EQ(nothing.code, kCouldNot);
  EXPECT_EQ(nothing.out, "");
  EXPECT_EQ(nothing.err,
            "updraft trace: my.h5 holds no traced request: none had ended by 1ms. The slowest and "
            "the failed few of each minute are traced in every run, and of all others the share of "
            "`updraft run --traces SHARE`\n");
  EXPECT_FALSE(fs::exists("my.perfetto-trace"));
}

TEST_F(Trace, AllRequestsAreTracedThatTheRunWasAskedFor) {
  const Outcome run =
      updraft({"run", "my.yaml", "--until", "1m", "-o", "my.h5", "--traces", "100%"});
  EXPECT_EQ(run.code, kDone) << run.err;
  EXPECT_THAT(run.out, HasSubstr("--until 1m --traces 100% -o my.h5\n"));
  const json told = json::parse(updraft({"trace", "my.h5", "--json"}).out);
  EXPECT_GT(told["requests"], 900);  // 20/s for a minute
  for (const std::string wrong : {"101%", "-1%", "many"}) {
    const Outcome refused = updraft({"run", "my.yaml", "--no-output", "--traces", wrong});
    EXPECT_EQ(refused.code, kCouldNot);
    EXPECT_EQ(refused.err, "updraft: --traces: \"" + wrong +
                               "\" is no share of the requests; it can be 0% to 100%\n");
  }
}

}  // namespace
}  // namespace updraft::cli
