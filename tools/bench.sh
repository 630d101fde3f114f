#!/usr/bin/env bash
# Runs every benchmark of build/bench, one after the other; the results go to build/bench/*.json too.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
mapfile -t benches < <(find build/bench/bench -type f -perm -u+x -name '*_bench' 2>/dev/null | sort)
if [ ${#benches[@]} -eq 0 ]; then
  echo "bench: no *_bench program in build/bench" >&2
  exit 1
fi
for bench in "${benches[@]}"; do
  if "$bench" --only nothing >/dev/null 2>&1; then # compares with a reference loop (bench/ratio.h)
    "$bench"
    "$bench" --json >"$bench.json"
  else
    "$bench" --benchmark_out_format=json --benchmark_out="$bench.json"
  fi
done
