"""The files under check, read once: text, and text without comments and strings."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

SOURCE_SUFFIXES = (".cpp", ".h", ".proto", ".py", ".cmake", ".sh")
_SKIPPED_DIRS = re.compile(r"^(build.*|dist|\.git|\.venv|.*\.egg-info|__pycache__|\.(?!ci$).*)$")
_SKIPPED_FILES = re.compile(r"^(results.*\.h5|.*\.pyc|\.git)$")

# Comments, raw strings, strings and character literals of C++, in one pass so that none hides another.
_CPP_TOKENS = re.compile(
    r"//[^\n]*|/\*.*?\*/"
    r'|R"(?P<tag>[^()\s\\]{0,16})\(.*?\)(?P=tag)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'",
    re.S,
)
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)
_IMPORT = re.compile(r'^import (?:public )?"([^"]+)";', re.M)


def blank(text: str) -> str:
    """The same number of lines and columns, without the content."""
    return re.sub(r"[^\n]", " ", text)


def strip_cpp(text: str) -> str:
    """C++ code with comments and literals blanked; positions stay."""
    return _CPP_TOKENS.sub(lambda match: blank(match.group()), text)


@dataclass(frozen=True)
class Include:
    line: int
    path: str
    system: bool


@dataclass
class SourceFile:
    path: str  # relative to the root, with forward slashes
    absolute: Path
    size: int = field(default=0)

    @cached_property
    def text(self) -> str:
        return self.absolute.read_text(encoding="utf-8", errors="replace")

    @cached_property
    def code(self) -> str:
        return strip_cpp(self.text)

    @property
    def folder(self) -> str:
        return self.path.rpartition("/")[0]

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def is_cpp(self) -> bool:
        return self.path.endswith((".cpp", ".h"))

    @property
    def is_test(self) -> bool:
        return self.path.endswith("_test.cpp") or self.path.startswith("tests/")

    @cached_property
    def includes(self) -> list[Include]:
        if self.path.endswith(".proto"):
            return [Include(self.line_of(m.start()), m.group(1), False) for m in _IMPORT.finditer(self.text)]
        return [Include(self.line_of(m.start()), m.group(2), m.group(1) == "<") for m in _INCLUDE.finditer(self.text)]

    def line_of(self, position: int) -> int:
        return self.text.count("\n", 0, position) + 1

    def line_text(self, line: int) -> str:
        return self.text.splitlines()[line - 1] if line else ""


class Tree:
    """Every file of the project that is not built, installed or generated."""

    def __init__(self, root: Path):
        self.root = root
        self.files: list[SourceFile] = []
        for directory, folders, names in os.walk(root):
            folders[:] = sorted(name for name in folders if not _SKIPPED_DIRS.match(name))
            for name in sorted(names):
                absolute = Path(directory, name)
                if _SKIPPED_FILES.match(name) or absolute.is_symlink():
                    continue
                relative = absolute.relative_to(root).as_posix()
                self.files.append(SourceFile(relative, absolute, absolute.stat().st_size))

    def cpp(self, *roots: str) -> list[SourceFile]:
        return [f for f in self.files if f.is_cpp and f.path.startswith(tuple(root + "/" for root in roots))]
