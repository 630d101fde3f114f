// One function for each command; app.cpp fills the options from the arguments. Each returns an exit
// code.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/terminal.h"

namespace updraft::cli {

struct InitOptions {
  std::string file = "scenario.yaml";
  bool force = false;
  bool schema = false;  // write the JSON Schema for editors beside it
  bool json = false;
};
int init(const InitOptions& options, const Terminal& terminal);

struct ValidateOptions {
  std::string file;
  bool json = false;
  bool files_anywhere = false;
};
int validate(const ValidateOptions& options, const Terminal& terminal);

struct RunCommandOptions {
  std::string file;
  std::string output = "results.h5";
  bool no_output = false;
  std::optional<std::uint64_t> seed;
  std::uint32_t replication = 0;
  std::string until;   // a duration; empty: the scenario's
  std::string traces;  // a share of the requests; empty: the default
  bool json = false;
  bool quiet = false;
  bool files_anywhere = false;
};
int run(const RunCommandOptions& options, const Terminal& terminal);

struct ExplainCommandOptions {
  std::string question;
  std::string rules;
  bool json = false;
};
int explain(const ExplainCommandOptions& options, const Terminal& terminal);

struct WhyCommandOptions {
  std::string file;                      // a result file, or a scenario that is run first
  std::string resource;                  // empty: lists what can be asked about
  std::optional<std::uint64_t> request;  // one request instead of a resource
  std::string traffic;                   // its source; empty: the only one
  std::string at;                        // a moment ...
  std::string from;                      // ... or a window
  std::string to;
  std::optional<std::uint64_t> seed;  // of the run of a scenario
  std::uint32_t replication = 0;
  bool json = false;
  bool quiet = false;
  bool files_anywhere = false;
};
/// Says why something happened to a resource, or did not.
int why(const WhyCommandOptions& options, const Terminal& terminal);

struct TraceCommandOptions {
  std::string file;                   // a result file
  std::optional<std::string> output;  // "-": standard output; none: beside the result file
  bool json = false;
};
/// Exports the traced requests of a result file for Perfetto.
int trace(const TraceCommandOptions& options, const Terminal& terminal);

struct SchemaOptions {
  std::string rules;
};
/// Prints the JSON Schema of scenarios.
int schema(const SchemaOptions& options, const Terminal& terminal);

/// A command as a shell completes it.
struct CompletedCommand {
  struct Option {
    std::string name;  // "--output"
    std::string doc;
    bool value = false;  // takes one
    bool file = false;   // which is a file
  };
  std::string name;
  std::string doc;
  std::vector<Option> options;
};
/// Prints a completion script: bash, zsh or fish.
int completion(const std::string& shell, const std::vector<CompletedCommand>& commands,
               const Terminal& terminal);

}  // namespace updraft::cli
