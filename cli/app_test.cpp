// The program as a user meets it: texts and exit codes of run_app, with strings for streams.
#include "cli/app.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

namespace updraft::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

struct Outcome {
  int code = -1;
  std::string out;
  std::string err;
};

Outcome updraft(const std::vector<std::string>& arguments, bool color = false,
                const std::string& input = "") {
  std::ostringstream out;
  std::ostringstream err;
  std::istringstream in(input);
  Terminal terminal{.out = out, .err = err, .in = &in};
  terminal.color = color;
  terminal.err_color = color;
  const int code = run_app(arguments, terminal);
  return {code, out.str(), err.str()};
}

std::string content(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

void write(const fs::path& file, const std::string& text) {
  std::ofstream(file, std::ios::binary) << text;
}

/// Each test in a folder of its own, which is also the working directory.
class App : public ::testing::Test {
 protected:
  void SetUp() override {
    before_ = fs::current_path();
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(::testing::TempDir()) / (std::string("updraft_app_") + test->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    fs::current_path(folder_);
  }
  void TearDown() override {
    fs::current_path(before_);
    fs::remove_all(folder_);
  }

 private:
  fs::path before_;
  fs::path folder_;
};

TEST_F(App, InitWritesAScenarioThatValidatesAndRuns) {
  const Outcome init = updraft({"init", "my.yaml"});
  EXPECT_EQ(init.code, kDone);
  EXPECT_EQ(init.out, "wrote my.yaml\nnext: updraft run my.yaml\n");
  EXPECT_THAT(content("my.yaml"), HasSubstr("updraft validate my.yaml"));
  const Outcome validate = updraft({"validate", "my.yaml"});
  EXPECT_EQ(validate.code, kDone) << validate.out;
  EXPECT_THAT(validate.out, StartsWith("my.yaml: ok: "));
  const Outcome run = updraft({"run", "my.yaml", "--until", "2m"});
  EXPECT_EQ(run.code, kDone) << run.err;
  EXPECT_EQ(run.err, "");
  EXPECT_TRUE(fs::exists("results.h5"));
  EXPECT_THAT(run.out,
              EndsWith("again    updraft run my.yaml --seed 1 --until 2m -o results.h5\n"));
}

TEST_F(App, InitDoesNotReplaceAFileUnlessForced) {
  write("my.yaml", "mine\n");
  const Outcome init = updraft({"init", "my.yaml"});
  EXPECT_EQ(init.code, kCouldNot);
  EXPECT_EQ(init.err, "updraft: my.yaml is there already; --force replaces it\n");
  EXPECT_EQ(content("my.yaml"), "mine\n");
  EXPECT_EQ(updraft({"init", "my.yaml", "--force"}).code, kDone);
  EXPECT_NE(content("my.yaml"), "mine\n");
}

TEST_F(App, InitSaysWhyItCannotWrite) {
  const Outcome missing = updraft({"init", "none/my.yaml"});
  EXPECT_EQ(missing.code, kCouldNot);
  EXPECT_EQ(missing.err, "updraft: cannot write none/my.yaml: No such file or directory\n");
  const Outcome folder = updraft({"init", "."});
  EXPECT_EQ(folder.code, kCouldNot);
  EXPECT_EQ(folder.err, "updraft: . is a folder; name a file\n");
}

TEST_F(App, InitToADashWritesTheScenarioToStandardOutput) {
  const Outcome init = updraft({"init", "-"});
  EXPECT_EQ(init.code, kDone);
  EXPECT_EQ(init.err, "");
  EXPECT_FALSE(fs::exists("-"));
  write("my.yaml", init.out);
  EXPECT_THAT(init.out, HasSubstr("updraft validate FILE"));
  EXPECT_EQ(updraft({"validate", "my.yaml"}).code, kDone);
  for (const std::string option : {"--json", "--schema"}) {
    const Outcome refused = updraft({"init", "-", option});
    EXPECT_EQ(refused.code, kCouldNot);
    EXPECT_EQ(refused.out, "");
    EXPECT_THAT(refused.err, EndsWith("name a file for " + option + "\n"));
  }
  EXPECT_FALSE(fs::exists("scenario.schema.json"));
}

TEST_F(App, ADashReadsTheScenarioFromStandardInput) {
  const std::string text = updraft({"init", "-"}).out;
  const Outcome checked = updraft({"validate", "-"}, false, text);
  EXPECT_EQ(checked.code, kDone) << checked.out << checked.err;
  EXPECT_THAT(checked.out, StartsWith("-: ok: "));
  const Outcome run = updraft({"run", "-", "--until", "2m"}, false, text);
  EXPECT_EQ(run.code, kDone) << run.err;
  EXPECT_TRUE(fs::exists("results.h5"));
  EXPECT_THAT(run.out, EndsWith("updraft run - --seed 1 --until 2m -o results.h5 < SCENARIO\n"));
  const Outcome wrong = updraft({"validate", "-"}, false, "scenario: [");
  EXPECT_EQ(wrong.code, kFindings);
  EXPECT_THAT(wrong.out, StartsWith("<stdin>:2:1: not YAML: "));
}

TEST_F(App, InitQuotesANameWithASpace) {
  const Outcome init = updraft({"init", "my file.yaml"});
  EXPECT_EQ(init.out, "wrote my file.yaml\nnext: updraft run 'my file.yaml'\n");
  EXPECT_EQ(updraft({"validate", "my file.yaml"}).code, kDone);
}

TEST_F(App, InitWritesTheSchemaBesideTheScenario) {
  EXPECT_EQ(updraft({"init", "my.yaml", "--schema"}).code, kDone);
  EXPECT_THAT(content("my.yaml"),
              StartsWith("# yaml-language-server: $schema=scenario.schema.json\n"));
  EXPECT_EQ(content("scenario.schema.json"), updraft({"schema"}).out);
  EXPECT_EQ(updraft({"validate", "my.yaml"}).code, kDone);
}

TEST_F(App, NoCommandShowsTheHelpAndFails) {
  const Outcome bare = updraft({});
  EXPECT_EQ(bare.code, kCouldNot);
  EXPECT_EQ(bare.out, "");
  EXPECT_THAT(bare.err, HasSubstr("Subcommands:"));
}

TEST_F(App, AWrongWordIsMetWithTheNearestRightOne) {
  EXPECT_EQ(
      updraft({"valdate", "x"}).err,
      "updraft: no command \"valdate\"; did you mean \"validate\"?\nupdraft --help lists them\n");
  EXPECT_EQ(updraft({"run", "x.yaml", "--jsn"}).err,
            "updraft run: no option \"--jsn\"; did you mean \"--json\"?\nupdraft run --help says "
            "what it takes\n");
  EXPECT_EQ(updraft({"validate", "x.yaml", "y.yaml"}).err,
            "updraft validate: \"y.yaml\" is one word too many\nupdraft validate --help says what "
            "it takes\n");
  EXPECT_EQ(updraft({"--jsn"}).err,
            "updraft: no option \"--jsn\"\nupdraft --help says what it takes\n");
  EXPECT_EQ(updraft({"run"}).err,
            "updraft run: FILE is required\nupdraft run --help says what it takes\n");
  EXPECT_EQ(updraft({"completion", "bsh"}).err,
            "updraft completion: no shell \"bsh\"; it can be bash, zsh or fish; did you mean "
            "\"bash\"?\n");
  EXPECT_EQ(updraft({"completion", "tcsh"}).code, kCouldNot);
}

TEST_F(App, ANumberOfTheCommandLineIsInItsRange) {
  const auto error = [](const std::string& option, const std::string& word) {
    const Outcome run = updraft({"run", "x.yaml", option, word});
    EXPECT_EQ(run.code, kCouldNot) << word;
    return run.err.substr(0, run.err.find('\n'));
  };
  for (const std::string word : {"abc", "-1", "1.5", "1x", "18446744073709551616"}) {
    EXPECT_EQ(error("--seed", word), "updraft run: --seed: \"" + word +
                                         "\" is no whole number from 0 to 18446744073709551615");
  }
  EXPECT_EQ(error("--replication", "4294967296"),
            "updraft run: --replication: \"4294967296\" is no whole number from 0 to 4294967295");
  EXPECT_EQ(updraft({"run", "x.yaml", "--seed"}).err,
            "updraft run: --seed needs a value\nupdraft run --help says what it takes\n");
  updraft({"init", "my.yaml"});
  const Outcome largest = updraft({"run", "my.yaml", "--until", "1m", "--no-output", "--json",
                                   "--seed", "18446744073709551615"});
  EXPECT_EQ(json::parse(largest.out)["seed"], 18446744073709551615U) << largest.err;
}

TEST_F(App, ACommandThatIsStillToComeSaysWhatHelpsMeanwhile) {
  for (const std::string command : {"check", "diff", "sweep", "capacity", "tune", "analyze",
                                    "backtest", "cost", "report", "import"}) {
    const Outcome outcome = updraft({command, "x.yaml"});
    EXPECT_EQ(outcome.code, kCouldNot);
    EXPECT_EQ(outcome.out, "");
    EXPECT_THAT(outcome.err, StartsWith("updraft: \"" + command +
                                        "\" is planned and not there yet; until then, "));
  }
}

TEST_F(App, HelpAndVersionGoToStdout) {
  const Outcome help = updraft({"--help"});
  EXPECT_EQ(help.code, kDone);
  EXPECT_THAT(help.out, HasSubstr("validate"));
  EXPECT_EQ(help.err, "");
  EXPECT_THAT(updraft({"--version"}).out, StartsWith("updraft 0."));
  EXPECT_THAT(updraft({"run", "--help"}).out, HasSubstr("--until"));
}

TEST_F(App, AFileThatCannotBeReadIsTwo) {
  for (const std::string command : {"validate", "run"}) {
    const auto error = [&](const std::string& file) {
      const Outcome outcome = updraft({command, file});
      EXPECT_EQ(outcome.code, kCouldNot) << file;
      EXPECT_EQ(outcome.out, "") << file;
      return outcome.err;
    };
    EXPECT_EQ(error("none.yaml"), "updraft: cannot read none.yaml: there is no such file\n");
    EXPECT_EQ(error("."), "updraft: cannot read .: it is a folder\n");
    EXPECT_EQ(error("/dev/null"), "updraft: cannot read /dev/null: it is no plain file\n");
    EXPECT_EQ(error(""), "updraft: cannot read a scenario without a file name\n");
    // Nobody writes into the pipe: whoever opened it would wait for ever.
    ASSERT_EQ(::mkfifo("pipe", 0600), 0);
    EXPECT_EQ(error("pipe"), "updraft: cannot read pipe: it is no plain file\n");
    fs::remove("pipe");
  }
}

TEST_F(App, FindingsAreTheAnswerOfValidateAndStopARun) {
  write("bad.yaml", "scenario: bad\nduration: 1h\nresources:\n  web: {target_grup: {}}\n");
  const Outcome validate = updraft({"validate", "bad.yaml"});
  EXPECT_EQ(validate.code, kFindings);
  EXPECT_EQ(validate.err, "");
  EXPECT_EQ(validate.out,
            "bad.yaml:4:9: no resource type \"target_grup\"; did you mean \"target_group\"?\n"
            "  4 |   web: {target_grup: {}}\n"
            "    |         ^^^^^^^^^^^\n");
  const Outcome run = updraft({"run", "bad.yaml", "--no-output"});
  EXPECT_EQ(run.code, kCouldNot);
  EXPECT_EQ(run.out, "");
  EXPECT_EQ(run.err, validate.out + "updraft: cannot run bad.yaml\n");
  const json found = json::parse(updraft({"validate", "bad.yaml", "--json"}).out);
  EXPECT_EQ(found["version"], 1);
  EXPECT_FALSE(found["ok"]);
  EXPECT_EQ(found["findings"][0]["line"], 4);
  EXPECT_EQ(found["findings"][0]["column"], 9);
}

TEST_F(App, BytesThatSteerATerminalAreNotShown) {
  write("bad.yaml", "scenario: a\xff\x1b[31m\xc2\x9b\xe2\x82 caf\xc3\xa9 \x07\n");
  const Outcome validate = updraft({"validate", "bad.yaml"});
  EXPECT_EQ(validate.code, kFindings);
  EXPECT_THAT(validate.out, HasSubstr("\n  1 | scenario: a??[31m?? caf\xc3\xa9 ?\n"));
}

TEST_F(App, ColourComesOnlyWhereItIsWanted) {
  write("bad.yaml", "scenario: bad\nduration: 1h\nresource: {}\n");
  EXPECT_THAT(updraft({"validate", "bad.yaml"}, true).out, HasSubstr("\x1b["));
  EXPECT_THAT(updraft({"validate", "bad.yaml"}, false).out, Not(HasSubstr("\x1b[")));
}

TEST_F(App, UntilIsATimeInsideTheRun) {
  updraft({"init", "my.yaml"});
  const auto error = [](const std::string& until) {
    const Outcome run = updraft({"run", "my.yaml", "--no-output", "--until", until});
    EXPECT_EQ(run.code, kCouldNot) << until;
    return run.err;
  };
  EXPECT_EQ(error("0s"), "updraft: --until: 0s is not a time after the start\n");
  EXPECT_EQ(error("3h"), "updraft: --until: 3h is past the scenario's end; its duration is 2 h\n");
  EXPECT_THAT(error("soon"), StartsWith("updraft: --until: "));
  EXPECT_THAT(error("90"), HasSubstr("unit"));
}

TEST_F(App, TheScenarioAndOtherFilesAreNeverOverwritten) {
  updraft({"init", "my.yaml"});
  const std::string before = content("my.yaml");
  write("notes.txt", "notes\n");
  const auto error = [](const std::string& output) {
    const Outcome run = updraft({"run", "my.yaml", "--until", "1m", "-o", output});
    EXPECT_EQ(run.code, kCouldNot) << output;
    return run.err;
  };
  EXPECT_EQ(error("my.yaml"),
            "updraft: --output my.yaml is the scenario itself; name another file\n");
  EXPECT_EQ(
      error("notes.txt"),
      "updraft: --output notes.txt is there and is no result file; remove it or name another\n");
  EXPECT_EQ(error("."), "updraft: --output . is a folder; name a file in it\n");
  EXPECT_EQ(error("none/r.h5"), "updraft: --output none/r.h5: there is no folder none\n");
  EXPECT_EQ(error("/dev/null"),
            "updraft: --output /dev/null is not a plain file; --no-output runs without one\n");
  EXPECT_EQ(content("my.yaml"), before);
  EXPECT_EQ(content("notes.txt"), "notes\n");
}

TEST_F(App, AResultFileIsReplacedAndTheSameRunGivesTheSameHash) {
  updraft({"init", "my.yaml"});
  const std::vector<std::string> command = {"run", "my.yaml", "--until", "3m", "--json"};
  const json first = json::parse(updraft(command).out);
  const json second = json::parse(updraft(command).out);
  EXPECT_EQ(first["version"], 1);
  EXPECT_TRUE(first["complete"]);
  EXPECT_EQ(first["results_hash"], second["results_hash"]);
  EXPECT_EQ(first["simulated_s"], 180.0);
  EXPECT_EQ(first["repeat"], "updraft run my.yaml --seed 1 --until 3m -o results.h5");
  const json other =
      json::parse(updraft({"run", "my.yaml", "--until", "3m", "--json", "--seed", "2"}).out);
  EXPECT_NE(first["results_hash"], other["results_hash"]);
  EXPECT_GT(first["records"]["decisions"], 0);
  EXPECT_EQ(first["records"]["decisions_dropped"], 0);
  EXPECT_GT(first["records"]["traces"], 0);
  EXPECT_EQ(first["records"]["traces_dropped"], 0);
}

TEST_F(App, AMistakeInATrafficFileIsTold) {
  write("counts.csv", "period,count\n1998-06-15T00:00:00Z,5\n1998-06-15T00:01:00Z,five\n");
  updraft({"init", "my.yaml"});
  std::string text = content("my.yaml");
  const auto rate = text.find("rate: {spike");
  text.replace(rate, text.find('\n', rate) - rate, "rate: {csv: counts.csv}");
  write("my.yaml", text);
  const Outcome run = updraft({"run", "my.yaml", "--no-output"});
  EXPECT_EQ(run.code, kCouldNot);
  EXPECT_THAT(run.err, HasSubstr("counts.csv"));
  EXPECT_THAT(run.err, HasSubstr("five"));
  EXPECT_THAT(run.err, Not(HasSubstr("mistake in Updraft")));
}

TEST_F(App, WhyTellsOfResultsWhatItTellsOfTheirScenario) {
  updraft({"init", "my.yaml"});
  updraft({"run", "my.yaml", "--until", "30m"});
  const Outcome results = updraft({"why", "results.h5", "fleet", "--to", "10m"});
  EXPECT_EQ(results.code, kDone) << results.err;
  EXPECT_THAT(results.out, StartsWith("fleet from 0s to 10m (2026-01-01T00:00:00Z to "));
  EXPECT_THAT(results.out, HasSubstr("R2.10.1: A launch goes to the zone with the fewest"));
  const Outcome scenario = updraft({"why", "my.yaml", "fleet", "--to", "10m"});
  EXPECT_EQ(scenario.code, kDone) << scenario.err;
  // The run goes on past the window, so requests that are told come from the same first minutes.
  EXPECT_EQ(scenario.out, results.out);
  const json answer =
      json::parse(updraft({"why", "results.h5", "fleet", "--at", "2026-01-01", "--json"}).out);
  EXPECT_EQ(answer["version"], 1);
  EXPECT_EQ(answer["from_s"], 0);
  EXPECT_EQ(answer["to_s"], 60);
  EXPECT_EQ(answer["done"][0]["steps"][0]["rule"]["id"], "R2.10.1");
}

// Two threads take an order of ten seconds each, twelve a minute; six a minute come.
constexpr const char* kBacklog = R"(scenario: backlog
start: 2026-01-01T00:00:00Z
duration: 20m
resources:
  orders: {queue: {visibility_timeout: 1m, receive_message_wait_time_seconds: 20s}}
  hands:
    auto_scaling_group:
      min_size: 1
      max_size: 1
      availability_zones: [a]
      launch_template:
        instance_type: m5.large
        polls: {queue: orders, threads: 2, request_latency: 0s}
  do-it: {function: {timeout: 30s, reserved_concurrent_executions: 2}}
  jobs: {queue: {visibility_timeout: 3m}}
  from-jobs: {event_source_mapping: {event_source: jobs, function_name: do-it, batch_size: 1, maximum_concurrency: 2}}
initial:
  hands: {in_service: 1}
  orders: {messages: 60, demand: {wait: 10s}}
  jobs: {messages: 60, demand: {wait: 10s}}
traffic:
  shop: {to: orders, rate: {constant: 6/min, arrivals: regular}, demand: {wait: 10s}}
)";

TEST_F(App, WhyTellsThePaceOfABacklog) {
  write("backlog.yaml", kBacklog);
  ASSERT_EQ(updraft({"run", "backlog.yaml", "-q"}).code, kDone);
  const std::string orders =
      "orders from 5m to 6m (2026-01-01T00:05:00Z to 2026-01-01T00:06:00Z)\n"
      "\n"
      "The backlog at 6m\n"
      "\n"
      "  waits       22 messages; 2 in flight, of 120000 at most; the oldest is 3m55s old\n"
      "  a minute    6 sent, 12 received, 12 deleted, 0 returned unprocessed; each in flight for "
      "10s "
      "(from\n"
      "              1m to 6m)\n"
      "  hands/launch_template\n"
      "              2 of 2 threads are busy; 2 in each instance\n"
      "  empty       in 3m40s at this pace: 6 fewer a minute\n"
      "\n"
      "Nothing was decided or blocked about orders in this time.\n";
  const Outcome results =
      updraft({"why", "results.h5", "orders", "--from", "5m", "--to", "6m", "-q"});
  EXPECT_EQ(results.code, kDone) << results.err;
  EXPECT_EQ(results.out, orders);
  EXPECT_EQ(updraft({"why", "backlog.yaml", "orders", "--from", "5m", "--to", "6m", "-q"}).out,
            orders);
  const Outcome jobs = updraft({"why", "results.h5", "jobs", "--at", "3m", "-q"});
  EXPECT_THAT(
      jobs.out,
      HasSubstr("  from-jobs   2 of 2 batches at a time are busy; maximum_concurrency is 2\n"));
  const json answer = json::parse(
      updraft({"why", "results.h5", "jobs", "--from", "2m", "--to", "3m", "--json"}).out);
  EXPECT_EQ(answer["backlog"]["at_s"], 180);
  EXPECT_EQ(answer["backlog"]["consumers"][0]["name"], "from-jobs");
  EXPECT_TRUE(
      json::parse(updraft({"why", "results.h5", "hands", "--json"}).out)["backlog"].is_null());
}

TEST_F(App, WhyAnswersKindlyWhereThereIsNothingToTell) {
  updraft({"init", "my.yaml"});
  updraft({"run", "my.yaml", "--until", "10m"});
  const Outcome topics = updraft({"why", "results.h5"});
  EXPECT_EQ(topics.code, kDone);
  EXPECT_THAT(topics.out, StartsWith("What can be asked about\n"));
  EXPECT_THAT(topics.out, HasSubstr("fleet"));
  const Outcome unknown = updraft({"why", "results.h5", "fleeet"});
  EXPECT_EQ(unknown.code, kCouldNot);
  EXPECT_EQ(unknown.err,
            "updraft why: nothing is recorded about \"fleeet\"; did you mean \"fleet\"?\n"
            "`updraft why results.h5` lists what can be asked about\n");
  const Outcome quiet = updraft({"why", "results.h5", "fleet", "--from", "70s", "--to", "80s"});
  EXPECT_EQ(quiet.code, kDone);
  EXPECT_THAT(quiet.out, HasSubstr("Nothing was decided or blocked about fleet in this time."));
  EXPECT_THAT(quiet.out, HasSubstr("The last before: "));
}

TEST_F(App, WhyTellsWhereARequestsTimeWent) {
  updraft({"init", "my.yaml"});
  updraft({"run", "my.yaml", "--until", "10m"});
  const Outcome from_scenario = updraft({"why", "my.yaml", "--request", "17", "-q"});
  EXPECT_EQ(from_scenario.code, kDone) << from_scenario.err;
  EXPECT_THAT(from_scenario.out, StartsWith("request 17 of traffic/visitors: ok after "));
  EXPECT_THAT(from_scenario.out, HasSubstr("Where its time went\n"));
  // Not among the traced ones: run again from what the file holds, with the same result.
  const Outcome from_results = updraft({"why", "results.h5", "--request", "17", "-q"});
  EXPECT_EQ(from_results.code, kDone) << from_results.err;
  EXPECT_EQ(from_results.out, from_scenario.out);
  const json answer =
      json::parse(updraft({"why", "my.yaml", "--request", "17", "-q", "--json"}).out);
  EXPECT_EQ(answer["request"], 17);
  EXPECT_EQ(answer["calls"].size(), 2u);
  EXPECT_THAT(updraft({"why", "my.yaml", "fleet", "--request", "1"}).err, HasSubstr("not both"));
  EXPECT_THAT(updraft({"why", "my.yaml", "--request", "1", "--traffic", "visitor"}).err,
              HasSubstr("did you mean \"visitors\"?"));
  EXPECT_EQ(updraft({"why", "my.yaml", "--request", "soon"}).code, kCouldNot);
}

TEST_F(App, WhyRefusesWhatIsNoQuestion) {
  updraft({"init", "my.yaml"});
  updraft({"run", "my.yaml", "--until", "2m"});
  const auto refused = [](const std::vector<std::string>& question) {
    std::vector<std::string> words{"why", "results.h5", "fleet"};
    words.insert(words.end(), question.begin(), question.end());
    const Outcome outcome = updraft(words);
    EXPECT_EQ(outcome.code, kCouldNot);
    return outcome.err;
  };
  EXPECT_EQ(refused({"--at", "soon"}),
            "updraft why: --at: \"soon\" is no time; write it since the start, 3d2h, or in UTC, "
            "1998-06-18T02:00:00Z\n");
  EXPECT_EQ(refused({"--from", "2m", "--to", "1m"}), "updraft why: --to: it lies before --from\n");
  EXPECT_THAT(refused({"--at", "1m", "--to", "1m"}), HasSubstr("a moment or a window"));
  EXPECT_EQ(refused({"--at", "9d"}), "updraft why: 8d23h59m lies past the end of the run, 2m\n");
  EXPECT_EQ(updraft({"why", "nowhere.yaml", "fleet"}).code, kCouldNot);
  write("other.h5", "no HDF5");
  EXPECT_EQ(updraft({"why", "other.h5", "fleet"}).code, kCouldNot);
}

TEST_F(App, ExplainAnswersWithWordsOrJson) {
  EXPECT_THAT(updraft({"explain"}).out, HasSubstr("auto_scaling_group"));
  EXPECT_THAT(updraft({"explain", "auto_scaling_group.min_size"}).out,
              HasSubstr("Smallest number of instances."));
  const Outcome metric = updraft({"explain", "metric", "RequestCount"});
  EXPECT_EQ(metric.code, kDone) << metric.err;
  EXPECT_THAT(metric.out, HasSubstr("load_balancer"));
  EXPECT_EQ(json::parse(updraft({"explain", "R2.6.4", "--json"}).out)["version"], 1);
  const Outcome wrong = updraft({"explain", "auto_scaling_grup"});
  EXPECT_EQ(wrong.code, kCouldNot);
  EXPECT_THAT(wrong.err, HasSubstr("did you mean \"auto_scaling_group\"?"));
  EXPECT_EQ(updraft({"explain", "--rules", "soon"}).code, kCouldNot);
}

TEST_F(App, AllThatPrintsDataHasJson) {
  const json wrote = json::parse(updraft({"init", "my.yaml", "--schema", "--json"}).out);
  EXPECT_EQ(wrote["version"], 1);
  EXPECT_EQ(wrote["wrote"], (json{"my.yaml", "scenario.schema.json"}));
  EXPECT_EQ(wrote["next"], "updraft run my.yaml");
  EXPECT_EQ(json::parse(updraft({"validate", "my.yaml", "--json"}).out)["version"], 1);
  EXPECT_EQ(updraft({"schema", "--json"}).out, updraft({"schema"}).out);
  EXPECT_EQ(json::parse(updraft({"explain", "--json"}).out)["version"], 1);
}

TEST_F(App, ValidateCountsWhatWasWritten) {
  updraft({"init", "my.yaml"});
  EXPECT_EQ(updraft({"validate", "my.yaml"}).out,
            "my.yaml: ok: 3 resources, 1 traffic source, 0 operations, 0 faults, 2 objectives\n");
}

TEST_F(App, HelpIsAWordToo) {
  EXPECT_EQ(updraft({"help"}).out, updraft({"--help"}).out);
  EXPECT_EQ(updraft({"help", "run"}).out, updraft({"run", "--help"}).out);
}

TEST_F(App, AnObjectiveThatFailuresMissSaysSo) {
  updraft({"init", "my.yaml"});
  std::string text = content("my.yaml");
  const auto at = text.find("initial:");
  text.erase(at, text.find("traffic:") - at);  // nobody stands there at the start: 503
  write("my.yaml", text);
  const Outcome run = updraft({"run", "my.yaml", "--until", "1m", "--no-output"});
  EXPECT_THAT(run.out, HasSubstr("observed failures: more than 1 % of the requests\n"));
}

TEST_F(App, SchemaIsJson) {
  const Outcome schema = updraft({"schema"});
  EXPECT_EQ(schema.code, kDone);
  EXPECT_EQ(json::parse(schema.out)["title"], "Updraft scenario");
}

TEST_F(App, CompletionNamesEveryCommand) {
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    const Outcome script = updraft({"completion", shell});
    EXPECT_EQ(script.code, kDone);
    for (const std::string word :
         {"init", "validate", "run", "explain", "why", "trace", "schema", "completion"}) {
      EXPECT_THAT(script.out, HasSubstr(word)) << shell;
    }
    // Options and types come from where they are declared.
    EXPECT_THAT(script.out, HasSubstr("allow-any-file")) << shell;
    EXPECT_THAT(script.out, HasSubstr("auto_scaling_group")) << shell;
  }
}

}  // namespace
}  // namespace updraft::cli
