#include "models/program/check.h"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "sim/client/check.h"
#include "sim/schema/nearest.h"

namespace updraft::program {
namespace {

using Steps = google::protobuf::RepeatedPtrField<Step>;

constexpr double kWhole = 1.0 + 1e-9;  // shares that are added up may miss 1 by a rounding

class ProgramChecker {
 public:
  explicit ProgramChecker(sim::Checker& checker) : checker_(checker) {}

  void check(const Program& program, const std::string& path) {
    check(program.steps(), path + ".steps");
    for (const Client& client : program.clients()) {
      check_client(client, fmt::format("{}.clients.{}", path, client.to()));
    }
  }

 private:
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

  void check_client(const Client& client, const std::string& path) {
    if (std::find(called_.begin(), called_.end(), client.to()) == called_.end()) {
      checker_.error(path, fmt::format("clients has \"{}\", and no step calls it{}", client.to(),
                                       sim::did_you_mean(client.to(), called_)));
    }
    if (!client.has_connections() && checker_.was_written(path + ".connection_timeout")) {
      checker_.error(path + ".connection_timeout",
                     "connection_timeout has a meaning with connections only; without a limit "
                     "nobody waits");
    }
    if (client.has_retry()) {
      check_client_retry(client.retry(), path + ".retry");
    }
    if (client.has_circuit_breaker()) {
      check_circuit_breaker(client.circuit_breaker(), path + ".circuit_breaker", checker_);
    }
  }

  void check_client_retry(const sim::Retry& retry, const std::string& path) {
    check_retry(retry, path, checker_);
    if (retry.mode() == sim::Retry::ADAPTIVE) {
      checker_.error(path + ".mode",
                     "mode adaptive is for traffic; a tier's calls are made at once or not at all");
    }
    for (const char* field : {"attempt_timeout", "pass_deadline"}) {
      if (checker_.was_written(fmt::format("{}.{}", path, field))) {
        checker_.error(fmt::format("{}.{}", path, field),
                       fmt::format("{} is for traffic; the call has its timeout, and the program "
                                   "its honour_deadline",
                                   field));
      }
    }
  }

  void check_call(const Call& call, const std::string& path) {
    called_.push_back(call.to());
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
  std::vector<std::string> called_;
};

}  // namespace

void check_program(const Program& program, const std::string& path, sim::Checker& checker) {
  ProgramChecker(checker).check(program, path);
}

}  // namespace updraft::program
