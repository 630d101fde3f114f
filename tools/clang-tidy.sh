#!/usr/bin/env bash
# clang-tidy on the sources that changed since a base, or on all of them; warnings are errors.
#
#   tools/clang-tidy.sh              changed since the merge base with origin/main or main (on main: in its last commit),
#                                    and in the work tree
#   tools/clang-tidy.sh --base REF   changed since REF
#   tools/clang-tidy.sh --all
#   tools/clang-tidy.sh FILE...
#
# A changed header is checked through its own .cpp and the sources that include it. Generated code is never checked.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=build/tidy
base="" all=no
files=()
while [ $# -gt 0 ]; do
  case "$1" in
    --all) all=yes ;;
    --base) base=${2:?"--base needs a commit"}; shift ;;
    -*) echo "usage: tools/clang-tidy.sh [--all | --base REF | FILE...]" >&2; exit 2 ;;
    *) files+=("$1") ;;
  esac
  shift
done

is_commit() { [ -n "$1" ] && git rev-parse -q --verify "$1^{commit}" >/dev/null; }

# On main itself (as in a pipeline) the change is the last commit; `make nightly` checks everything. When the clone is
# too shallow to tell, nothing is checked, and that is said.
find_base() {
  local ref
  for ref in "$base" origin/main main; do
    if is_commit "$ref" && [ "$(git rev-parse "$ref^{commit}")" != "$(git rev-parse HEAD)" ] &&
      git merge-base "$ref" HEAD 2>/dev/null; then
      return 0
    fi
  done
  git rev-parse -q --verify 'HEAD^1^{commit}' 2>/dev/null || true
}

sources() { git ls-files -co --exclude-standard -- 'sim/*.cpp' 'models/*.cpp' 'cli/*.cpp' 'bench/*.cpp' 'tests/*.cpp'; }

if [ ${#files[@]} -eq 0 ]; then
  from=""
  [ "$all" = yes ] || from=$(find_base)
  if [ "$all" = yes ]; then
    mapfile -t files < <(sources)
  elif [ -z "$from" ]; then
    echo "clang-tidy: this clone is too shallow to tell what changed; 'make nightly' checks everything" >&2
  else
    mapfile -t changed < <({ git diff --name-only --diff-filter=d "$from"; git ls-files -o --exclude-standard; } | sort -u)
    for file in "${changed[@]}"; do
      case "$file" in
        *.cpp) files+=("$file") ;;
        *.h) mapfile -t users < <(git grep -l --untracked -F "#include \"$file\"" -- '*.cpp' || true)
             files+=("${users[@]}") ;;
        .clang-tidy) mapfile -t files < <(sources); break ;;
      esac
    done
  fi
fi
if [ ${#files[@]} -gt 0 ]; then
  mapfile -t files < <(printf '%s\n' "${files[@]}" | grep . | sort -u)
fi

if [ ${#files[@]} -eq 0 ]; then
  echo "clang-tidy: 0 files"
  exit 0
fi
cmake --preset tidy >/dev/null
cmake --build --preset tidy >/dev/null

# Sources without a compile command (a part that is switched off) are left out, and said so.
checked=()
for file in "${files[@]}"; do
  if grep -qF "\"file\": \"$PWD/$file\"" "$build/compile_commands.json"; then
    checked+=("$file")
  else
    echo "clang-tidy: $file is in no target of the tidy preset; not checked" >&2
  fi
done
echo "clang-tidy: ${#checked[@]} files"
[ ${#checked[@]} -gt 0 ] || exit 0
printf '%s\0' "${checked[@]}" |
  xargs -0 -n 1 -P "$(nproc)" sh -c 'out=$(clang-tidy --quiet -p "$0" "$1" 2>&1) || { printf "%s\n" "$out"; exit 1; }' "$build"
