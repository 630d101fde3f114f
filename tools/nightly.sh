#!/usr/bin/env bash
# What is too long for every change. Every stage runs, also after one that failed; the exit code tells of all.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
tools/bootstrap.sh --nightly
failed=()
stage() {
  local name=$1 begin=$SECONDS
  shift
  echo "== $name"
  if "$@" </dev/null; then
    echo "== $name: done in $((SECONDS - begin)) s"
  else
    echo "== $name: FAILED after $((SECONDS - begin)) s"
    failed+=("$name")
  fi
}
stage "clang-tidy on all files" tools/clang-tidy.sh --all
stage "every test, the slow ones among them" make test
stage "every quick test with sanitizers" make -s sanitize-all
stage "nightly tests (fourteen days, their memory, 200 kills)" tools/nightly-tests.sh
stage "whole runs by clang++" make -s golden-clang
stage "instructions of the benchmarks" make -s instructions
stage "another compiler, library and architecture" tools/compare-digests.sh engine engine-libcxx engine-aarch64
stage "ten minutes of fuzzing" tools/fuzz.sh 600
if [ ${#failed[@]} -gt 0 ]; then
  printf 'nightly: failed: %s\n' "${failed[@]}" >&2
  exit 1
fi
echo "nightly: all stages passed"
