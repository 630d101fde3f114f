#!/usr/bin/env bash
# Runs every fuzzer of build/fuzz for its share of the seconds, from its kept corpus (tests/fuzz/corpus/NAME for NAME_fuzz).
#
#   tools/fuzz.sh [SECONDS]
#
# A crash stops it; the input that crashed stays in build/fuzz/crashes/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
seconds=${1:-60}
# Only what the fuzzers need, not the whole tree.
mapfile -t names < <(find tests/fuzz -name '*_fuzz.cpp' -exec basename {} .cpp \; | sort)
if [ ${#names[@]} -eq 0 ]; then
  echo "fuzz: no tests/fuzz/*_fuzz.cpp" >&2
  exit 1
fi
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz -j "$(nproc)" --target "${names[@]}"
fuzzers=("${names[@]/#/build/fuzz/tests/fuzz/}")
share=$((seconds / ${#fuzzers[@]}))
[ "$share" -gt 0 ] || share=1
mkdir -p build/fuzz/crashes
for fuzzer in "${fuzzers[@]}"; do
  name=$(basename "$fuzzer")
  # What is found new goes to the build folder; the kept corpus grows by hand.
  new=build/fuzz/corpus/$name
  mkdir -p "$new"
  kept=("tests/fuzz/corpus/${name%_fuzz}")
  [ -d "${kept[0]}" ] || { echo "fuzz: no ${kept[0]}" >&2; exit 1; }
  [ "$name" != scenario_fuzz ] || kept+=(tests/bad_scenarios/engine)
  echo "fuzz: $name for $share s"
  "$fuzzer" -max_total_time="$share" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix=build/fuzz/crashes/ "$new" "${kept[@]}"
done
