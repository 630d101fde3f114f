#!/usr/bin/env bash
# Builds engine and samplers under several presets and compares what their digest programs print.
#
#   tools/compare-digests.sh engine engine-libcxx engine-aarch64
#
# A program is tests/determinism/*_digest.cpp: it prints hashes, and takes no input. The first preset is the judge.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
mapfile -t programs < <(find tests -path 'tests/determinism/*_digest.cpp' -exec basename {} .cpp \; | sort)
if [ ${#programs[@]} -eq 0 ]; then
  echo "compare-digests: no tests/determinism/*_digest.cpp" >&2
  exit 1
fi
judge=""
for preset in "$@"; do
  cmake --preset "$preset" >/dev/null
  cmake --build --preset "$preset" -j "$(nproc)" >/dev/null
  runner=()
  [ "$preset" != engine-aarch64 ] || runner=(qemu-aarch64)
  for program in "${programs[@]}"; do
    echo "$program"
    "${runner[@]}" "build/$preset/$program" </dev/null
  done >"build/$preset/digests.txt"
  if [ -z "$judge" ]; then
    judge=$preset
  else
    diff -u "build/$judge/digests.txt" "build/$preset/digests.txt" ||
      { echo "compare-digests: $preset differs from $judge" >&2; exit 1; }
  fi
done
echo "compare-digests: $* agree on $(grep -c . "build/$judge/digests.txt") lines"
