#include "models/program/check.h"

#include <fmt/format.h>

namespace updraft::program {
namespace {

using Steps = google::protobuf::RepeatedPtrField<Step>;

constexpr double kWhole = 1.0 + 1e-9;  // shares that are added up may miss 1 by a rounding

class ProgramChecker {
 public:
  explicit ProgramChecker(sim::Checker& checker) : checker_(checker) {}

  void check(const Steps& steps, const std::string& path) {
    for (int i = 0; i < steps.size(); ++i) {
      const std::string place = fmt::format("{}[{}]", path, i);
      const Step& step = steps[i];
      if (step.has_call()) {
        check_call(step.call(), place + ".call");
      } else if (step.has_send()) {
        check_send(step.send(), place + ".send");
      } else if (step.has_choose()) {
        check_choose(step.choose(), place + ".choose");
      } else if (step.has_parallel()) {
        check_parallel(step.parallel(), place + ".parallel");
      } else if (step.has_fail() && step.fail().probability() >= 1 && i + 1 < steps.size()) {
        checker_.error(place + ".fail", "fail ends the program; nothing that follows is ever done");
      }
    }
  }

 private:
  void check_call(const Call& call, const std::string& path) {
    if (call.ignore_failure() && call.if_failed_size() > 0) {
      checker_.error(path + ".ignore_failure",
                     "ignore_failure and if_failed say two things of the same; leave one out");
    }
    // They take a message and answer nothing; and a message stands for itself, not for its batch.
    if (const std::string_view type = checker_.type_of(call.to());
        type == "queue" || type == "topic") {
      checker_.error(path + ".to",
                     fmt::format("to is \"{}\", a {}, which has no answer to give; send to it",
                                 call.to(), type));
    }
    check(call.on_hit(), path + ".on_hit");
    check(call.on_miss(), path + ".on_miss");
    check(call.if_failed(), path + ".if_failed");
  }

  // Which types take messages is the business of roles, and roles are there when the simulation is
  // built; a type's name is all that the loader has.
  void check_send(const Send& send, const std::string& path) {
    const std::string_view type = checker_.type_of(send.to());
    for (const std::string_view taker :
         {"queue", "topic", "function", "function_version", "function_alias"}) {
      if (type == taker || type.empty()) {
        return;
      }
    }
    checker_.error(path + ".to",
                   fmt::format("to is \"{}\", a {}, which takes no messages; send to a queue, a "
                               "topic or a function, or call it",
                               send.to(), type));
  }

  void check_choose(const Choose& choose, const std::string& path) {
    double chances = 0;
    double keys = 0;
    bool rest_taken = false;
    for (int i = 0; i < choose.branches_size(); ++i) {
      const Branch& branch = choose.branches(i);
      const std::string place = fmt::format("{}.branches[{}]", path, i);
      if (rest_taken) {
        checker_.error(place, "a branch before it has no condition and takes every request");
      }
      chances += branch.probability();
      keys += branch.share_of_keys();
      if (branch.has_probability() && chances > kWhole) {
        checker_.error(place + ".probability",
                       fmt::format("the probabilities up to this branch add up to {:.4g} %; they "
                                   "are shares of all requests",
                                   chances * 100));
      }
      if (branch.has_share_of_keys() && keys > kWhole) {
        checker_.error(place + ".share_of_keys",
                       fmt::format("the shares up to this branch add up to {:.4g} %; they are "
                                   "shares of all keys",
                                   keys * 100));
      }
      rest_taken = rest_taken || branch.condition_case() == Branch::CONDITION_NOT_SET;
      check(branch.do_(), place + ".do");
    }
  }

  void check_parallel(const Parallel& parallel, const std::string& path) {
    if (parallel.has_need() && static_cast<int>(parallel.need()) > parallel.branches_size()) {
      checker_.error(path + ".need", fmt::format("need is {}, and there are {} branches",
                                                 parallel.need(), parallel.branches_size()));
    }
    for (int i = 0; i < parallel.branches_size(); ++i) {
      check(parallel.branches(i).do_(), fmt::format("{}.branches[{}].do", path, i));
    }
  }

  sim::Checker& checker_;
};

}  // namespace

void check_program(const Program& program, const std::string& path, sim::Checker& checker) {
  ProgramChecker(checker).check(program.steps(), path + ".steps");
}

}  // namespace updraft::program
