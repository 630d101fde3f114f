// A program as it is run: the scenario's steps as instructions that name their successors.
//
// One program is shared by all who run it (the instances of a launch template). Where a step goes
// next is settled when it is compiled, so a thread of a run is a number of an instruction.
//
// Every draw belongs to the request: its key is the step's place in the program and the request's
// source, its counter the request's ordinal and the way by which the request got here
// (sim::step_below). So a request meets the same luck whichever instance serves it.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "models/program/clients.h"
#include "models/program/program.pb.h"
#include "models/roles/messages.h"
#include "sim/build/world.h"
#include "sim/engine/component.h"
#include "sim/random/distribution.h"

namespace updraft::program {

using Place = std::uint32_t;                // of an instruction
inline constexpr Place kEnd = 0xffffffff;   // the thread has come to its end
inline constexpr Place kFail = 0xfffffffe;  // likewise, with an error

struct ComputeStep {
  sim::Distribution work;  // ns on a vCPU of relative speed 1
};
struct WaitStep {
  sim::Distribution time;  // ns
};
/// What the request's source says: CPU, then a wait.
struct DemandStep {
  double factor = 1.0;
};
struct CallStep {
  static constexpr std::uint32_t kNoClient = 0xffffffff;
  std::string to;
  sim::ComponentId callee{};
  std::uint32_t client = kNoClient;  // whom it calls with
  sim::TimerLane timeout;
  Place on_miss = kEnd;  // where to go on
  Place on_failure = kFail;
};
struct SendStep {
  std::string to;
  roles::MessageSink* sink = nullptr;
  sim::Distribution latency;  // ns
  Place on_failure = kFail;
};
struct ChooseStep {
  struct Option {
    enum class By : std::uint8_t { kChance, kKey, kPath, kAlways };
    By by = By::kAlways;
    double up_to = 0;  // of the draw: shares of the options before and this one's own
    std::string path;
    Place place = kEnd;
  };
  std::vector<Option> options;
};
struct ParallelStep {
  std::vector<Place> branches;
  std::uint32_t need = 0;  // that end well
};
struct FailStep {
  double probability = 1.0;
};

struct Instruction {
  std::variant<ComputeStep, WaitStep, DemandStep, CallStep, SendStep, ChooseStep, ParallelStep,
               FailStep>
      what;
  sim::StreamKey stream;  // of the step's draws, before the source's identity is mixed in
  Place next = kEnd;
};

class Compiled {
 public:
  /// `birth` is the owner's: it gives the streams, and lanes for time-outs. The loader has checked
  /// the program (check.h).
  Compiled(const Program& program, const sim::Birth& birth);
  /// Turns names into components. Everybody who is named exists.
  void bind(const sim::World& world);

  [[nodiscard]] Place begin() const { return begin_; }
  [[nodiscard]] const Instruction& operator[](Place place) const { return instructions_[place]; }
  [[nodiscard]] std::size_t size() const { return instructions_.size(); }
  [[nodiscard]] const std::vector<ClientRules>& clients() const { return clients_; }
  [[nodiscard]] bool stops_on_disconnect() const { return stops_on_disconnect_; }
  [[nodiscard]] bool honours_deadline() const { return honours_deadline_; }

  /// The option that a request takes, or none of them: where to go on.
  [[nodiscard]] static Place choose(const Instruction& step, const sim::Request& request,
                                    std::uint32_t sub);

 private:
  std::vector<Instruction> instructions_;
  std::vector<ClientRules> clients_;
  Place begin_ = kEnd;
  bool stops_on_disconnect_ = false;
  bool honours_deadline_ = false;
};

/// The key of the draws of whoever serves a request: those of two sources are not the same.
[[nodiscard]] inline sim::StreamKey key_of(sim::StreamKey stream, const sim::Request& request) {
  return {stream.key ^ (request.source == nullptr ? 0 : request.source->identity())};
}
[[nodiscard]] inline sim::StreamKey key_of(const Instruction& step, const sim::Request& request) {
  return key_of(step.stream, request);
}

}  // namespace updraft::program
