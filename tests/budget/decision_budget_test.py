#!/usr/bin/env python3
"""Recording decisions costs at most 1 % of a run's instructions.

decision_budget_test.py PROGRAM [HOURS]

Runs scenarios/match_day.yaml under callgrind and adds up, callees included, the entries of the decision log. Its rows
leave through the same buffers as every other table; what all tables together cost is printed beside it.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

SCENARIO = Path(__file__).resolve().parents[2] / "scenarios" / "match_day.yaml"
BUDGET_PERCENT = 1.0
LOG = ["DecisionLog::record", "DecisionLog::close_idle", "DecisionLog::finish"]
TABLES = ["hdf5::Table::write_buffer", "hdf5::Table::flush"]


def inclusive(listing, name):
    """Instructions of the function `name`, callees included; 0 when it was never called or is part of its caller."""
    pattern = re.compile(rf"^\s*([\d,]+) .*:updraft::sim::{re.escape(name)}\(", re.MULTILINE)
    found = [int(count.replace(",", "")) for count in pattern.findall(listing)]
    return max(found, default=0)


def main():
    program = sys.argv[1]
    hours = sys.argv[2] if len(sys.argv) > 2 else "6"
    with tempfile.TemporaryDirectory(prefix="updraft-budget-") as folder:
        counts = f"{folder}/counts"
        run = [program, "run", SCENARIO, "--until", f"{hours}h", "--quiet", "-o", f"{folder}/results.h5"]
        valgrind = ["valgrind", "--tool=callgrind", "--quiet", f"--callgrind-out-file={counts}"]
        subprocess.run([*valgrind, *run], check=True, stdout=subprocess.DEVNULL)
        annotate = ["callgrind_annotate", "--inclusive=yes", "--threshold=100", counts]
        listing = subprocess.run(annotate, check=True, capture_output=True, text=True).stdout
    total = int(re.search(r"^\s*([\d,]+) .*PROGRAM TOTALS", listing, re.MULTILINE).group(1).replace(",", ""))
    log = {name: inclusive(listing, name) for name in LOG}
    tables = max(inclusive(listing, name) for name in TABLES)
    share = 100 * sum(log.values()) / total
    for name, count in log.items():
        print(f"{count:>16,}  {name}")
    print(f"{tables:>16,}  writing all tables, those of decisions among them: {100 * tables / total:.3f} %")
    print(f"{total:>16,}  the run; the decision log has {share:.4f} % of {BUDGET_PERCENT} %")
    if log["DecisionLog::record"] == 0:
        sys.exit("DecisionLog::record is not in the listing: nothing was measured")
    if share > BUDGET_PERCENT:
        sys.exit("the budget is exceeded")


if __name__ == "__main__":
    main()
