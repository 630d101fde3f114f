// Completion scripts, written from the commands that are there: a new option needs no line here.
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/load.h"
#include "models/registry/registry.h"
#include "sim/schema/nearest.h"

namespace updraft::cli {

namespace {

using Commands = std::vector<CompletedCommand>;

constexpr std::string_view kShells = "bash zsh fish";

/// What can follow a command besides its options: a file, a shell, or a type that can be explained.
enum class Follows : std::uint8_t { kFile, kScenario, kQuestion, kShell, kNothing };

Follows follows(const std::string& command) {
  if (command == "validate" || command == "run") {
    return Follows::kScenario;
  }
  if (command == "init" || command == "trace") {
    return Follows::kFile;
  }
  if (command == "explain") {
    return Follows::kQuestion;
  }
  return command == "completion" ? Follows::kShell : Follows::kNothing;
}

/// Resource types and faults, separated by spaces.
std::string questions() {
  std::string words = "metric";
  const sim::Catalogue known = catalogue(make_registry());
  for (const sim::ModelInfo& model : known.models()) {
    words += " " + model.type;
  }
  return words;
}

std::string names(const Commands& commands) {
  std::string words;
  for (const CompletedCommand& command : commands) {
    words += (words.empty() ? "" : " ") + command.name;
  }
  return words;
}

/// A description inside single quotes; zsh also wants its brackets and colons left out.
std::string quoted_doc(std::string_view doc) {
  std::string text;
  for (const char c : doc) {
    if (c == '\'') {
      text += "'\\''";
    } else if (c == '[' || c == ']' || c == ':') {
      text += ' ';
    } else {
      text += c;
    }
  }
  return text;
}

/// A command's options: all of them, and those that a value or a file follows, as patterns of sh.
struct OptionWords {
  std::string all;
  std::string valued;
  std::string with_file;
};

OptionWords options_of(const CompletedCommand& command) {
  OptionWords words;
  for (const CompletedCommand::Option& option : command.options) {
    words.all += " " + option.name;
    if (option.value) {
      std::string& pattern = option.file ? words.with_file : words.valued;
      pattern += (pattern.empty() ? "" : "|") + option.name;
    }
  }
  return words;
}

/// What bash completes behind one command.
std::string bash_case(const CompletedCommand& command) {
  OptionWords words = options_of(command);
  std::string more;
  switch (follows(command.name)) {
    case Follows::kScenario:
      more = "; files=yes filter='!*.y*ml'";
      break;
    case Follows::kFile:
      more = "; files=yes filter=";
      break;
    case Follows::kQuestion:
      words.all += " " + questions();
      break;
    case Follows::kShell:
      words.all += " " + std::string(kShells);
      break;
    case Follows::kNothing:
      break;
  }
  std::string text = fmt::format("    {}) words=\"{}\"{}", command.name,
                                 words.all.substr(words.all.empty() ? 0 : 1), more);
  if (!words.with_file.empty() || !words.valued.empty()) {
    text += "\n      case $prev in";
    if (!words.with_file.empty()) {
      text += fmt::format(" {}|-o) words= files=yes filter= ;;", words.with_file);
    }
    if (!words.valued.empty()) {
      text += fmt::format(" {}) words= files= ;;", words.valued);
    }
    text += " esac";
  }
  return text + " ;;\n";
}

std::string bash(const Commands& commands) {
  std::string text = fmt::format(
      R"sh(# bash completion of updraft: eval "$(updraft completion bash)"
_updraft() {{
  local cur=${{COMP_WORDS[COMP_CWORD]}} prev=${{COMP_WORDS[COMP_CWORD-1]}} IFS=$' \t\n'
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "{} help --help --version" -- "$cur"))
    return
  fi
  local words=--help files= filter=
  case ${{COMP_WORDS[1]}} in
)sh",
      names(commands));
  for (const CompletedCommand& command : commands) {
    text += bash_case(command);
  }
  return text + R"sh(  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  if [ -n "$files" ]; then
    IFS=$'\n'
    COMPREPLY+=($(compgen -f -X "$filter" -- "$cur"))
    [ -z "$filter" ] || COMPREPLY+=($(compgen -d -- "$cur"))
    compopt -o filenames 2>/dev/null
  fi
}
complete -F _updraft updraft
)sh";
}

std::string zsh(const Commands& commands) {
  std::string text = R"sh(#compdef updraft
# zsh completion of updraft: eval "$(updraft completion zsh)"
_updraft() {
  local -a commands
  commands=(
)sh";
  for (const CompletedCommand& command : commands) {
    text += fmt::format("    '{}:{}'\n", command.name, quoted_doc(command.doc));
  }
  text += R"sh(  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
)sh";
  for (const CompletedCommand& command : commands) {
    text += fmt::format("    {}) _arguments", command.name);
    for (const CompletedCommand::Option& option : command.options) {
      text += fmt::format(" \\\n      '{}[{}]{}'", option.name, quoted_doc(option.doc),
                          option.file    ? ":file:_files"
                          : option.value ? ":value: "
                                         : "");
    }
    switch (follows(command.name)) {
      case Follows::kScenario:
        text += " \\\n      '1:scenario:_files -g \"*.y(a|)ml\"'";
        break;
      case Follows::kFile:
        text += " \\\n      '1:file:_files'";
        break;
      case Follows::kQuestion:
        text += fmt::format(" \\\n      '*:question:({})'", questions());
        break;
      case Follows::kShell:
        text += fmt::format(" \\\n      '1:shell:({})'", kShells);
        break;
      case Follows::kNothing:
        break;
    }
    text += " ;;\n";
  }
  return text + "  esac\n}\ncompdef _updraft updraft\n";
}

std::string fish(const Commands& commands) {
  std::string text =
      "# fish completion of updraft: updraft completion fish | source\n"
      "complete -c updraft -f\n";
  for (const CompletedCommand& command : commands) {
    text += fmt::format("complete -c updraft -n __fish_use_subcommand -a {} -d '{}'\n",
                        command.name, quoted_doc(command.doc));
    const std::string here =
        fmt::format("complete -c updraft -n '__fish_seen_subcommand_from {}'", command.name);
    for (const CompletedCommand::Option& option : command.options) {
      text +=
          fmt::format("{} -l {} -d '{}'{}\n", here, option.name.substr(2), quoted_doc(option.doc),
                      option.file    ? " -r -F"
                      : option.value ? " -x"
                                     : "");
    }
    switch (follows(command.name)) {
      case Follows::kScenario:
      case Follows::kFile:
        text += here + " -F\n";
        break;
      case Follows::kQuestion:
        text += fmt::format("{} -a '{}'\n", here, questions());
        break;
      case Follows::kShell:
        text += fmt::format("{} -a '{}'\n", here, kShells);
        break;
      case Follows::kNothing:
        break;
    }
  }
  return text;
}

}  // namespace

int completion(const std::string& shell, const Commands& commands, const Terminal& terminal) {
  if (shell == "bash") {
    terminal.out << bash(commands);
  } else if (shell == "zsh") {
    terminal.out << zsh(commands);
  } else if (shell == "fish") {
    terminal.out << fish(commands);
  } else {
    terminal.err << fmt::format(
        "updraft completion: no shell \"{}\"; it can be bash, zsh or fish{}\n", shell,
        sim::did_you_mean(shell, {"bash", "zsh", "fish"}));
    return kCouldNot;
  }
  return kDone;
}

}  // namespace updraft::cli
