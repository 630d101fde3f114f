#!/usr/bin/env bash
# Runs every fuzzer of build/fuzz for its share of the seconds, from its kept corpus (tests/fuzz/corpus/NAME).
#
#   tools/fuzz.sh [SECONDS]
#
# A crash stops it; the input that crashed stays in build/fuzz/crashes/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
seconds=${1:-60}
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz -j "$(nproc)"
mapfile -t fuzzers < <(find build/fuzz -type f -perm -u+x -name '*_fuzz' | sort)
if [ ${#fuzzers[@]} -eq 0 ]; then
  echo "fuzz: no *_fuzz program in build/fuzz" >&2
  exit 1
fi
share=$((seconds / ${#fuzzers[@]}))
[ "$share" -gt 0 ] || share=1
mkdir -p build/fuzz/crashes
for fuzzer in "${fuzzers[@]}"; do
  name=$(basename "$fuzzer")
  # What is found new goes to the build folder; the kept corpus grows by hand.
  new=build/fuzz/corpus/$name
  mkdir -p "$new"
  kept=()
  [ ! -d "tests/fuzz/corpus/$name" ] || kept=("tests/fuzz/corpus/$name")
  echo "fuzz: $name for $share s"
  "$fuzzer" -max_total_time="$share" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix=build/fuzz/crashes/ "$new" "${kept[@]}"
done
