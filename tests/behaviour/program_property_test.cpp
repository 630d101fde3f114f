// Random programs against a judge that knows nothing of threads, frames and events: it follows the
// steps and says when the answer comes and how it is.
#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "models/registry/registry.h"
#include "sim/build/testing/model_bench.h"

namespace updraft::testing {
namespace {

using namespace std::chrono_literals;

struct Outcome {
  int at_ms = 0;
  bool well = true;
};

struct Node;
using Nodes = std::vector<Node>;

/// A step as text and as what it means.
struct Node {
  enum class Kind : std::uint8_t { kTime, kCall, kParallel, kChoose, kFail } kind = Kind::kTime;
  int ms = 0;               // of a time, of the callee
  bool fails = false;       // the callee
  bool misses = false;      // likewise
  int timeout_ms = 60'000;  // of the call
  bool ignores = false;
  bool falls_back = false;
  int need = 0;
  std::vector<Nodes> blocks;  // branches; of a call: on_hit, on_miss, if_failed
};

Outcome judge(const Nodes& steps, Outcome so_far);

Outcome judge_call(const Node& node, int now) {
  const bool late = node.ms > node.timeout_ms;
  const Outcome answer{now + std::min(node.ms, node.timeout_ms), !late && !node.fails};
  if (answer.well) {
    return judge(node.blocks[node.misses ? 1 : 0], answer);
  }
  if (node.falls_back) {
    return judge(node.blocks[2], {answer.at_ms, true});
  }
  return {answer.at_ms, node.ignores};
}

Outcome judge_parallel(const Node& node, int now) {
  std::vector<Outcome> ends;
  for (const Nodes& block : node.blocks) {
    ends.push_back(judge(block, {now, true}));
  }
  std::sort(ends.begin(), ends.end(),
            [](const Outcome& a, const Outcome& b) { return a.at_ms < b.at_ms; });
  int open = static_cast<int>(ends.size());
  int well = 0;
  for (const Outcome& end : ends) {
    --open;
    well += end.well ? 1 : 0;
    if (well >= node.need || well + open < node.need) {
      return {end.at_ms, well >= node.need};
    }
  }
  return {now, false};
}

Outcome judge(const Nodes& steps, Outcome so_far) {
  for (const Node& node : steps) {
    switch (node.kind) {
      case Node::Kind::kTime:
        so_far.at_ms += node.ms;
        break;
      case Node::Kind::kCall:
        so_far = judge_call(node, so_far.at_ms);
        break;
      case Node::Kind::kParallel:
        so_far = judge_parallel(node, so_far.at_ms);
        break;
      case Node::Kind::kChoose:
        so_far = judge(node.blocks[0], so_far);
        break;
      case Node::Kind::kFail:
        so_far.well = false;
        break;
    }
    if (!so_far.well) {
      return so_far;
    }
  }
  return so_far;
}

/// Writes random programs, and the services that they call.
class Author {
 public:
  explicit Author(std::uint32_t seed) : random_(seed) {}

  Nodes steps(int depth, int most) {
    Nodes out(static_cast<std::size_t>(number(1, most)));
    for (Node& node : out) {
      node = step(depth);
    }
    return out;
  }
  std::string text(const Nodes& steps) {
    std::vector<std::string> out;
    for (const Node& node : steps) {
      out.push_back(text(node));
    }
    return fmt::format("[{}]", fmt::join(out, ", "));
  }
  [[nodiscard]] const std::string& services() const { return services_; }

 private:
  int number(int low, int high) { return std::uniform_int_distribution<>(low, high)(random_); }

  Node step(int depth) {
    const int kind = number(0, depth > 0 ? 9 : 5);
    Node node;
    if (kind <= 1) {
      node.ms = number(0, 40);
    } else if (kind <= 5) {
      node.kind = Node::Kind::kCall;
      node.ms = number(0, 60);
      node.fails = number(0, 3) == 0;
      node.misses = number(0, 2) == 0;
      node.timeout_ms = number(0, 3) == 0 ? number(1, 50) : 60'000;
      node.ignores = number(0, 3) == 0;
      node.falls_back = !node.ignores && number(0, 2) == 0;
      node.blocks = {some(depth), some(depth), node.falls_back ? steps(depth - 1, 2) : Nodes{}};
    } else if (kind <= 7) {
      node.kind = Node::Kind::kParallel;
      for (int i = number(1, 4); i > 0; --i) {
        node.blocks.push_back(steps(depth - 1, 3));
      }
      node.need = number(1, static_cast<int>(node.blocks.size()));
    } else if (kind == 8) {
      node.kind = Node::Kind::kChoose;
      node.blocks = {steps(depth - 1, 3)};
    } else {
      node.kind = number(0, 3) == 0 ? Node::Kind::kFail : Node::Kind::kTime;
    }
    return node;
  }
  Nodes some(int depth) { return depth > 0 && number(0, 2) == 0 ? steps(depth - 1, 2) : Nodes{}; }

  std::string text(const Node& node) {
    switch (node.kind) {
      case Node::Kind::kTime:
        return fmt::format("{{{}: {}ms}}", number(0, 1) == 0 ? "wait" : "compute", node.ms);
      case Node::Kind::kCall:
        return call_text(node);
      case Node::Kind::kParallel: {
        std::vector<std::string> blocks;
        for (const Nodes& block : node.blocks) {
          blocks.push_back(text(block));
        }
        return fmt::format("{{parallel: {{branches: [{}], need: {}}}}}", fmt::join(blocks, ", "),
                           node.need);
      }
      case Node::Kind::kChoose:
        return fmt::format("{{choose: [{{probability: 0%, do: [{{fail: 100%}}]}}, {{do: {}}}]}}",
                           text(node.blocks[0]));
      case Node::Kind::kFail:
        return "{choose: [{do: [{fail: 100%}]}]}";
    }
    return "";
  }
  std::string call_text(const Node& node) {
    const std::string name = fmt::format("s{}", count_++);
    services_ += fmt::format(
        "  {}: {{service: {{latency: {}ms, error_probability: {}%, miss_probability: {}%}}}}\n",
        name, node.ms, node.fails ? 100 : 0, node.misses ? 100 : 0);
    std::string out = fmt::format("{{call: {{to: {}, timeout: {}ms", name, node.timeout_ms);
    constexpr std::array kBlocks{"on_hit", "on_miss", "if_failed"};
    for (std::size_t i = 0; i < kBlocks.size(); ++i) {
      if (!node.blocks[i].empty()) {
        out += fmt::format(", {}: {}", kBlocks[i], text(node.blocks[i]));
      }
    }
    return out + (node.ignores ? ", ignore_failure: true}}" : "}}");
  }

  std::mt19937 random_;
  std::string services_;
  int count_ = 0;
};

TEST(ProgramProperty, EndsWhenTheJudgeSaysAndAsItSays) {
  int failed = 0;
  for (std::uint32_t seed = 1; seed <= 1000; ++seed) {
    Author author(seed);
    const Nodes steps = author.steps(3, 5);
    const std::string program = author.text(steps);
    sim::testing::ModelBench bench(
        register_all_models, fmt::format("  it: {{service: {{latency: 0s, program: {}}}}}\n{}",
                                         program, author.services()));
    bench.send_at(0ms, 2, {});
    const Outcome end = judge(steps, {});
    failed += end.well ? 0 : 1;
    const char* how = end.well ? "ok" : "failed";
    ASSERT_EQ(bench.transcript(),
              fmt::format("{}ms #1 {}\n{}ms #2 {}\n", end.at_ms, how, end.at_ms, how))
        << "seed " << seed << ": " << program << "\n"
        << author.services();
    // Orphans have ended too: nothing is left of the requests.
    ASSERT_EQ(bench.simulation().requests().frames_in_flight(), 0U) << "seed " << seed;
    ASSERT_EQ(bench.simulation().requests().requests_in_flight(), 0U) << "seed " << seed;
  }
  EXPECT_GT(failed, 200);  // both ends are met
  EXPECT_LT(failed, 800);
}

}  // namespace
}  // namespace updraft::testing
