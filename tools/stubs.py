#!/usr/bin/env python3
"""Writes python/updraft/_core.pyi, the types of the extension, from the built module itself.

PYTHONPATH=build/release/python .venv/bin/python tools/stubs.py            writes it
PYTHONPATH=build/release/python .venv/bin/python tools/stubs.py --check    fails when it differs
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STUB = ROOT / "python" / "updraft" / "_core.pyi"
HEAD = "# Generated from the module by tools/stubs.py; a test compares the two.\n"


def generated() -> str:
    """The stub of updraft._core as it is on PYTHONPATH, formatted as the tree is."""
    python = Path(sys.executable)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [python, "-m", "pybind11_stubgen", "updraft._core", "--output-dir", folder, "--exit-code"],
            check=True,
            capture_output=True,
            text=True,
        )
        text = HEAD + (Path(folder) / "updraft" / "_core.pyi").read_text(encoding="utf-8")
    # In the tree's folder for its settings; the name says that it is a stub.
    formatted = subprocess.run(
        [python, "-m", "ruff", "format", "--quiet", "--stdin-filename", STUB, "-"],
        input=text,
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return formatted.stdout


def main() -> int:
    text = generated()
    if "--check" in sys.argv[1:]:
        if STUB.read_text(encoding="utf-8") != text:
            print(
                f"{STUB.relative_to(ROOT)} differs from the module; write it anew with tools/stubs.py", file=sys.stderr
            )
            return 1
        return 0
    STUB.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
