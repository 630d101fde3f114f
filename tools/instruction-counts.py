#!/usr/bin/env python3
"""Instructions of the benchmarks' subjects for each unit, by callgrind, against bench/instructions.csv.

    tools/instruction-counts.py            fails when one is more than 3 % above what is written down
    tools/instruction-counts.py --update   writes what this build gives

Instructions repeat to a few per mille whatever else the machine does, seconds don't: so this is a gate and a time is
not. Two runs and one differ by the units of the second, which takes the start of the program out. The counts are those of
g++ 12 at -O2; another compiler has others.
"""

from __future__ import annotations

import argparse
import csv
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "bench" / "instructions.csv"
BUILD = ROOT / "build" / "bench" / "bench"
ALLOWED = 1.03


def count(program: str, only: str, runs: int) -> tuple[int, int]:
    """Instructions of a whole process, and units done after the first run."""
    done = subprocess.run(
        [
            "valgrind",
            "--tool=callgrind",
            "--callgrind-out-file=/dev/null",
            str(BUILD / program),
            "--only",
            only,
            "--count",
            str(runs),
        ],
        capture_output=True,
        text=True,
        check=True,
        stdin=subprocess.DEVNULL,
    )
    collected = re.search(r"Collected : (\d+)", done.stderr)
    if collected is None:
        sys.exit(f"instruction-counts: callgrind says nothing of {program}:\n{done.stderr}")
    units = [int(line.split()[1]) for line in done.stdout.splitlines() if line.split()[0] == only]
    if len(units) != 1:
        sys.exit(f"instruction-counts: {program} has no single comparison {only}")
    return int(collected[1]), units[0]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--update", action="store_true", help="write what this build gives")
    arguments = parser.parse_args()
    with TABLE.open(newline="") as table:
        rows = list(csv.DictReader(table))
    failed = []
    for row in rows:
        single, _ = count(row["program"], row["name"], 1)
        several, units = count(row["program"], row["name"], 2)
        now = (several - single) / units
        before = float(row["instructions"] or "inf")
        print(f"{row['name']:24} {now:9.1f} a unit   written down {before:9.1f}   ratio {now / before:.3f}", flush=True)
        if arguments.update:
            row["instructions"] = f"{now:.1f}"
        elif now > before * ALLOWED:
            failed.append(row["name"])
    if arguments.update:
        with TABLE.open("w", newline="") as table:
            writer = csv.DictWriter(table, ["program", "name", "instructions"], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    if failed:
        print(f"instruction-counts: more instructions than written down: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
