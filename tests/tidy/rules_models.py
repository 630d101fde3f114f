"""Behaviour ids (schema, code, test) and the README of a model."""

from __future__ import annotations

import re
from collections.abc import Iterator

from source_tree import Tree

Finding = tuple[str, int, str, str]

_MODEL = re.compile(r"option\s*\(\s*(?:[\w.]*\.)?model\s*\)")
_BEHAVIOUR = re.compile(r'\bbehaviour\s*:?\s*\{\s*id\s*:\s*"([^"]+)"', re.S)
_RULE = re.compile(r'\brule\s*:\s*"([^"]+)"')
_TEST = re.compile(r"\b(?:TEST|TEST_F|TEST_P|TYPED_TEST|RC_GTEST_PROP|RC_GTEST_FIXTURE_PROP)\s*\(\s*\w+\s*,\s*(\w+)")
_RULE_ID = re.compile(r"\bR\d+(?:\.\d+)+(?:\.T\d+)?\b")
_RULE_ID_IN_NAME = re.compile(r"(?<![A-Za-z0-9])R\d+(?:_T?\d+)+(?![A-Za-z0-9])")
HEADINGS = ["Scope", "Not modelled", "How it works", "Validation", "References"]


def as_name(rule_id: str) -> str:
    """R2.6.4 as it stands in a test's name: R2_6_4."""
    return re.sub(r"\W", "_", rule_id)


def _carries(name: str, rule_id: str) -> bool:
    return re.search(rf"(?<![A-Za-z0-9]){re.escape(as_name(rule_id))}(?!\d|_\d)", name) is not None


def check_behaviours(tree: Tree) -> Iterator[Finding]:
    """An id that a model declares stands at a line of its code and in the name of a test (testing/ holds made-up ones)."""
    names = [m.group(1) for f in tree.cpp("sim", "models", "tests") for m in _TEST.finditer(f.code)]
    for file in tree.files:
        if not file.path.endswith(".proto") or "/testing/" in file.path:
            continue
        code = "\n".join(f.text for f in tree.cpp(file.folder) if not f.is_test) if file.folder else ""
        for match in _BEHAVIOUR.finditer(file.text):
            rule_id, line = match.group(1), file.line_of(match.start())
            if not re.search(rf"(?<![\w.]){re.escape(rule_id)}(?!\.?\w)", code):
                yield file.path, line, "behaviour", f"{rule_id} stands at no line of code in {file.folder}"
            if not any(_carries(name, rule_id) for name in names):
                yield file.path, line, "behaviour", f"no test's name carries {as_name(rule_id)}"


def check_test_names(tree: Tree) -> Iterator[Finding]:
    """A rule id in a test's name is one that the schema declares or cites, or that stands at a line of code."""
    known: set[str] = set()
    for file in tree.files:
        if file.path.endswith(".proto"):
            known.update(as_name(i) for i in _BEHAVIOUR.findall(file.text) + _RULE.findall(file.text))
        if file.path.endswith(".proto") or (file.is_cpp and not file.is_test):
            known.update(as_name(i) for i in _RULE_ID.findall(file.text))
    for file in tree.cpp("sim", "models", "tests"):
        for test in _TEST.finditer(file.code):
            for match in _RULE_ID_IN_NAME.finditer(test.group(1)):
                if match.group() not in known:
                    yield (
                        file.path,
                        file.line_of(test.start()),
                        "behaviour",
                        f"test {test.group(1)} names {match.group()}, which no schema or code line knows",
                    )


def check_readme(tree: Tree) -> Iterator[Finding]:
    """A folder that declares a model has a README.md with the five headings, in their order and no others."""
    by_path = {file.path: file for file in tree.files}
    for folder in sorted({f.folder for f in tree.files if f.path.endswith(".proto") and _MODEL.search(f.text)}):
        if not folder.startswith("models/"):
            continue
        path = folder + "/README.md"
        if path not in by_path:
            yield path, 0, "readme", f"missing; its headings are {', '.join(HEADINGS)}"
            continue
        found = re.findall(r"^## +(.+?) *$", by_path[path].text, re.M)
        if found != HEADINGS:
            yield path, 0, "readme", f"headings are {found}; they must be {HEADINGS}"


RULES = [check_behaviours, check_test_names, check_readme]
