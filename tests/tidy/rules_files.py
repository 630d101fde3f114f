"""Sizes of files, and traces of one machine."""

from __future__ import annotations

import re
from collections.abc import Iterator

from source_tree import SOURCE_SUFFIXES, Tree

Finding = tuple[str, int, str, str]

MAX_BYTES = 100_000
LONG_LINES = 300  # reported
MAX_LINES = 700  # refused
_DATA = ("scenarios/traffic/", "notebooks/")

# Homes of people and of a build machine. Pieces are joined here so that this line does not match itself.
_HOMES = "|".join(["home", "root", "Users", "work", "mnt"])
_MACHINE_PATH = re.compile(rf"(?<![\w./}})$*-])/(?:{_HOMES})/[\w.]")
_NEIGHBOUR = re.compile(r"\.\./" + r"shared\b")


def check_sizes(tree: Tree) -> Iterator[Finding]:
    for file in tree.files:
        if file.size > MAX_BYTES and not file.path.startswith(_DATA):
            yield file.path, 0, "size", f"{file.size} bytes; more than {MAX_BYTES} only under {', '.join(_DATA)}"


def check_lengths(tree: Tree) -> Iterator[Finding]:
    for file in tree.files:
        if file.path.endswith(SOURCE_SUFFIXES):
            lines = file.text.count("\n")
            if lines > MAX_LINES:
                yield file.path, 0, "length", f"{lines} lines; look for the second idea in it (at most {MAX_LINES})"


def check_machine_paths(tree: Tree) -> Iterator[Finding]:
    for file in tree.files:
        if file.size > MAX_BYTES or file.path.startswith(_DATA):  # data stay as their authors wrote them
            continue
        for match in list(_MACHINE_PATH.finditer(file.text)) + list(_NEIGHBOUR.finditer(file.text)):
            yield (
                file.path,
                file.line_of(match.start()),
                "path",
                f"{match.group()}... is a path of one machine or outside the project",
            )


def long_files(tree: Tree) -> list[str]:
    """Files past the length that reads well, longest first: a report, no finding."""
    lengths = [(f.text.count("\n"), f.path) for f in tree.files if f.path.endswith(SOURCE_SUFFIXES)]
    return [f"{lines:5d}  {path}" for lines, path in sorted(lengths, key=lambda x: (-x[0], x[1])) if lines > LONG_LINES]


RULES = [check_sizes, check_lengths, check_machine_paths]
