#!/usr/bin/env python3
"""Runs scenarios/match_day.yaml whole and puts what it says into README.md: the summary and the picture.

    .venv/bin/python tools/readme_run.py            after `make build`; takes about a minute
    .venv/bin/python tools/readme_run.py --check    fails when README's summary is another one

Everything in the summary is the same on every machine, so the check can be exact.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
UPDRAFT = ROOT / "build" / "release" / "cli" / "updraft"
RUN = ["run", "scenarios/match_day.yaml", "-o", "results.h5"]
PICTURE = "docs/images/match_day.png"
BEFORE = "and ends with:\n\n```text\n"


def main() -> int:
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    begin = text.index(BEFORE) + len(BEFORE)
    end = text.index("```", begin)
    summary = subprocess.run([UPDRAFT, *RUN], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    if "--check" in sys.argv[1:]:
        if text[begin:end] != summary:
            print(
                f"README.md shows another summary than this; write it anew with {__file__}\n{summary}", file=sys.stderr
            )
            return 1
        return 0
    readme.write_text(text[:begin] + summary + text[end:], encoding="utf-8")
    plot = [sys.executable, ROOT / "tools" / "plot_match_day.py", ROOT / "results.h5", ROOT / PICTURE]
    subprocess.run(plot, check=True)
    print(f"README.md and {PICTURE} are drawn anew; what README says in words about them is yours to read again")
    return 0


if __name__ == "__main__":
    sys.exit(main())
