#include "cli/commands.h"

namespace updraft::cli {

namespace {

// What comes after a command is a file or one of its few options; the scripts say no more than
// that.
constexpr std::string_view kBash =
    R"sh(# bash completion of updraft: eval "$(updraft completion bash)"
_updraft() {
  local cur=${COMP_WORDS[COMP_CWORD]}
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "init validate run explain schema completion --help --version" -- "$cur"))
    return
  fi
  case ${COMP_WORDS[1]} in
    init) COMPREPLY=($(compgen -W "--force --schema" -- "$cur")) ;;
    validate) COMPREPLY=($(compgen -f -X '!*.y*ml' -- "$cur") $(compgen -W "--json --allow-any-file" -- "$cur")) ;;
    run) COMPREPLY=($(compgen -f -- "$cur") $(compgen -W "--output --no-output --seed --replication --until --json --quiet --allow-any-file" -- "$cur")) ;;
    explain) COMPREPLY=($(compgen -W "--rules --json metric" -- "$cur")) ;;
    schema) COMPREPLY=($(compgen -W "--rules" -- "$cur")) ;;
    completion) COMPREPLY=($(compgen -W "bash zsh fish" -- "$cur")) ;;
  esac
}
complete -o filenames -F _updraft updraft
)sh";

constexpr std::string_view kZsh = R"sh(#compdef updraft
# zsh completion of updraft: eval "$(updraft completion zsh)"
_updraft() {
  _arguments '1:command:(init validate run explain schema completion)' '*:file:_files'
}
compdef _updraft updraft
)sh";

constexpr std::string_view kFish =
    R"sh(# fish completion of updraft: updraft completion fish | source
complete -c updraft -n __fish_use_subcommand -f -a 'init validate run explain schema completion'
complete -c updraft -n '__fish_seen_subcommand_from run' -l output -s o -r
complete -c updraft -n '__fish_seen_subcommand_from run' -l seed -x
complete -c updraft -n '__fish_seen_subcommand_from run' -l until -x
complete -c updraft -n '__fish_seen_subcommand_from run' -l replication -x
complete -c updraft -n '__fish_seen_subcommand_from run' -l no-output
complete -c updraft -n '__fish_seen_subcommand_from run validate explain' -l json
complete -c updraft -n '__fish_seen_subcommand_from explain schema' -l rules -x
complete -c updraft -n '__fish_seen_subcommand_from completion' -f -a 'bash zsh fish'
)sh";

}  // namespace

int completion(const std::string& shell, const Terminal& terminal) {
  terminal.out << (shell == "bash" ? kBash : shell == "zsh" ? kZsh : kFish);
  return kDone;
}

}  // namespace updraft::cli
