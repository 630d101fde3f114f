#!/usr/bin/env python3
"""Checks what compilers and clang-tidy cannot: include direction, banned words, behaviour ids, READMEs, sizes.

    tests/tidy/check.py [ROOT]

One line for each finding, `path:line: [rule] text`; exit 1 when there is one. Nothing but the tree decides:
no history, no clock, no environment.
"""

from __future__ import annotations

import sys
from pathlib import Path

import rules_files
import rules_includes
import rules_models
import rules_words
from source_tree import Tree

RULES = rules_includes.RULES + rules_words.RULES + rules_models.RULES + rules_files.RULES


def findings(root: Path) -> list[tuple[str, int, str, str]]:
    tree = Tree(root)
    return sorted({finding for rule in RULES for finding in rule(tree)})


def main(arguments: list[str]) -> int:
    root = Path(arguments[0]) if arguments else Path(__file__).resolve().parents[2]
    found = findings(root)
    for path, line, rule, text in found:
        print(f"{path}:{line}: [{rule}] {text}")
    long = rules_files.long_files(Tree(root))
    if long:
        print(f"longer than {rules_files.LONG_LINES} lines:", *long, sep="\n")
    print(f"{len(RULES)} rules, {len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
