#!/usr/bin/env bash
# Updraft's queues and a peer's in turn, five rounds; medians of customers a second of processor time, in millions.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
rounds=${1:-5}
bench=build/bench/bench/station_bench
[ -x "$bench" ] || { echo "build it first: make bench" >&2; exit 1; }
CARGO_TARGET_DIR=build/peers cargo build --quiet --release --manifest-path bench/peers/simcore/Cargo.toml
peer=build/peers/release/queues
for queue in mm1 mm16 ten_round_robin ten_least_outstanding; do
  own=() other=()
  for _ in $(seq "$rounds"); do
    other+=("$("$peer" "$queue" 20000000 | awk '{print $2}')")
    own+=("$("$bench" --json --only "$queue" --rounds 1 |
      python3 -c 'import json, sys
name = sys.argv[1]
print(next(b["subject_per_us"] for b in json.load(sys.stdin)["ratios"] if b["name"] == name))' "$queue")")
  done
  python3 - "$queue" "${own[*]}" "${other[*]}" <<'PYTHON'
import statistics, sys
name, own, other = sys.argv[1], *([float(x) for x in text.split()] for text in sys.argv[2:])
a, b = statistics.median(own), statistics.median(other)
print(f"{name:24} updraft {a:6.2f}   simcore {b:6.2f}   {a / b:5.2f} times as fast")
PYTHON
done
