#!/usr/bin/env python3
"""Writes docs/coverage.md: every rule of AWS's behaviour that the simulator is measured by, and what became of it.

    tools/coverage.py            write the page
    tools/coverage.py --check    say what is wrong, and whether the page is stale; exit 1 when something is

docs/coverage/rules.csv lists the rules, each with a headline in our own words and a status:

- empty: modelled; a behaviour or parameter of the schema cites it and a test's name carries it;
- approximated, later, not modelled: the note says how or why;
- by: a trap that other rules (the note) cover;
- planned: becomes modelled by itself as soon as a test carries it and the schema or the code knows it.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIST = "docs/coverage/rules.csv"
PAGE = "docs/coverage.md"
SECTIONS = {
    1: "EC2",
    2: "EC2 Auto Scaling",
    3: "Elastic Load Balancing",
    4: "SQS",
    5: "Lambda",
    6: "CloudWatch",
    7: "SNS",
    24: "SDK retries",
    30: "Traps",
}
STATUSES = ("", "approximated", "later", "not modelled", "by", "planned")
NEEDS_NOTE = ("approximated", "later", "not modelled", "by")
TESTS_SHOWN = 4

_TEST = re.compile(r"\b(?:TEST|TEST_F|TEST_P|TYPED_TEST|RC_GTEST_PROP|RC_GTEST_FIXTURE_PROP)\s*\(\s*(\w+)\s*,\s*(\w+)")
_ID = re.compile(r"\bR(\d+)\.((?:\d+\.)?T?\d+)\b")
_ID_IN_NAME = re.compile(r"(?<![A-Za-z0-9])R(\d+)((?:_\d+)?_T?\d+)(?![A-Za-z0-9]|_\d)")


@dataclass
class Rule:
    id: str
    headline: str
    status: str
    note: str
    behaviours: list[tuple[str, str]] = field(default_factory=list)  # (resource type, folder)
    parameters: list[str] = field(default_factory=list)  # folders whose schema cites it
    code: list[str] = field(default_factory=list)  # files that carry it out
    tests: list[tuple[str, str]] = field(default_factory=list)  # (Suite.Name, file)

    @property
    def section(self) -> int:
        return int(self.id[1:].split(".")[0])

    @property
    def known(self) -> bool:
        """The schema or the code carries it, and a test shows it."""
        return bool(self.behaviours or self.parameters or self.code) and bool(self.tests)


def read_list(root: Path) -> list[Rule]:
    with open(root / LIST, encoding="utf-8", newline="") as stream:
        return [Rule(row["id"], row["headline"], row["status"], row["note"]) for row in csv.DictReader(stream)]


def block_from(text: str, begin: int) -> str:
    """The text between the brace at or after `begin` and the one that closes it; braces in strings do not count."""
    at = text.index("{", begin)
    depth, quoted = 0, False
    for i in range(at, len(text)):
        c = text[i]
        if c == '"' and text[i - 1] != "\\":
            quoted = not quoted
        elif not quoted and c == "{":
            depth += 1
        elif not quoted and c == "}":
            depth -= 1
            if depth == 0:
                return text[at + 1 : i]
    return text[at + 1 :]


def sources(root: Path, folders: tuple[str, ...], suffixes: tuple[str, ...]) -> list[tuple[str, str]]:
    """(path, text) of every such file, in the order of their paths; testing/ holds made-up rules."""
    found = []
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            relative = path.relative_to(root).as_posix()
            if path.suffix in suffixes and "/testing/" not in relative and path.is_file():
                found.append((relative, path.read_text(encoding="utf-8")))
    return found


def read_schemas(root: Path, rules: dict[str, Rule], cited: set[str]) -> None:
    for path, text in sources(root, ("models", "sim"), (".proto",)):
        folder = path.rsplit("/", 1)[0]
        behaviours = set()
        for model in re.finditer(r"option\s*\(\s*(?:[\w.]*\.)?model\s*\)\s*=", text):
            block = block_from(text, model.end())
            kind = re.search(r'\btype\s*:\s*"([^"]+)"', block)
            for match in re.finditer(r"\bbehaviour\s*(?=:?\s*\{)", block):
                rule = re.search(r'\bid\s*:\s*"([^"]+)"', block_from(block, match.end()))
                if kind and rule:
                    behaviours.add(rule[1])
                    cited.add(rule[1])
                    if rule[1] in rules:
                        rules[rule[1]].behaviours.append((kind[1], folder))
        for rule in set(re.findall(r'\brule\s*:\s*"([^"]+)"', text)) - behaviours:
            cited.add(rule)
            if rule in rules:
                rules[rule].parameters.append(folder)


def read_code(root: Path, rules: dict[str, Rule], cited: set[str]) -> None:
    for path, text in sources(root, ("models", "sim"), (".cpp", ".h")):
        if path.endswith("_test.cpp"):
            continue
        for rule in {match.group() for match in _ID.finditer(text)}:
            cited.add(rule)
            if rule in rules:
                rules[rule].code.append(path)


def ids_in(name: str) -> set[str]:
    """R2_6_4 and R6_4_T1 in a test's name as rule ids."""
    return {"R" + m.group(1) + m.group(2).replace("_", ".") for m in _ID_IN_NAME.finditer(name)}


def read_tests(root: Path, rules: dict[str, Rule], cited: set[str]) -> None:
    for path, text in sources(root, ("sim", "models", "tests", "cli"), (".cpp",)):
        for suite, name in _TEST.findall(text):
            for rule in ids_in(name):
                cited.add(rule)
                if rule in rules:
                    rules[rule].tests.append((f"{suite}.{name}", path))


def read_tree(root: Path) -> tuple[list[Rule], set[str]]:
    """The rules with what the tree knows of each, and every rule that the tree names."""
    rules = read_list(root)
    by_id = {rule.id: rule for rule in rules}
    cited: set[str] = set()
    read_schemas(root, by_id, cited)
    read_code(root, by_id, cited)
    read_tests(root, by_id, cited)
    return rules, cited


def is_modelled(rule: Rule, by_id: dict[str, Rule]) -> bool:
    if rule.status == "by":
        covering = [by_id[one] for one in rule.note.split() if one in by_id]
        return all(one.status == "approximated" or is_modelled(one, by_id) for one in covering)
    return rule.status in ("", "planned") and rule.known


def verdict(rule: Rule, by_id: dict[str, Rule]) -> str:
    if is_modelled(rule, by_id):
        return "modelled"
    return "not yet" if rule.status in ("", "planned", "by") else rule.status


def order(rule_id: str) -> tuple[int, ...]:
    """Tables first, as the list has them, then by number."""
    section, *rest = rule_id[1:].split(".")
    last = rest[-1]
    table = last.startswith("T")
    return (int(section), *(int(part) for part in rest[:-1]), 0 if table else 1, int(last.lstrip("T")))


def gaps(rules: list[Rule]) -> list[str]:
    numbers: dict[str, list[int]] = defaultdict(list)
    for rule in rules:
        group, last = rule.id.rsplit(".", 1)
        if not last.startswith("T"):
            numbers[group].append(int(last))
    return [
        f"{LIST}: {group}.1 to {group}.{max(found)} are not all there"
        for group, found in numbers.items()
        if sorted(found) != list(range(1, max(found) + 1))
    ]


def problems(rules: list[Rule], cited: set[str]) -> list[str]:
    by_id = {rule.id: rule for rule in rules}
    found = gaps(rules)
    ids = [rule.id for rule in rules]
    if ids != sorted(set(ids), key=order):
        found.append(f"{LIST}: ids are not in order, or not unique")
    for rule in sorted(cited - set(by_id), key=lambda one: [int(n) for n in re.findall(r"\d+", one)]):
        section = int(rule[1:].split(".")[0]) if re.fullmatch(_ID, rule) else 0
        group = any(one.startswith(rule + ".") for one in by_id)
        if section in SECTIONS and not group:
            found.append(f"{rule} stands in the tree and not in {LIST}")
    for rule in rules:
        if rule.status not in STATUSES:
            found.append(f'{rule.id}: "{rule.status}" is no status; allowed are {", ".join(STATUSES[1:])}, or none')
        if rule.status in NEEDS_NOTE and not rule.note:
            found.append(f"{rule.id}: {rule.status} needs a note that says how, why, or which rules")
        if rule.status in ("later", "not modelled") and rule.behaviours:
            found.append(f"{rule.id} is said to be {rule.status}, and {rule.behaviours[0][0]} has a behaviour for it")
        if rule.status == "" and not rule.known:
            lacks = "no test's name carries it" if not rule.tests else "neither schema nor code knows it"
            found.append(f"{rule.id} is said to be modelled, and {lacks}")
        if rule.status == "by":
            found += [f"{rule.id}: no rule {one}" for one in rule.note.split() if one not in by_id]
    return found


def links(rule: Rule) -> str:
    parts = []
    for kind, _ in sorted(set(rule.behaviours)):
        parts.append(f"[`{kind}`](reference/{kind}.md)")
    if not rule.behaviours:
        folders = sorted(set(rule.parameters) | {path.rsplit("/", 1)[0] for path in rule.code})
        parts += [f"[{folder}](../{folder})" for folder in folders]
    return ", ".join(parts)


def tests(rule: Rule) -> str:
    named = sorted(set(rule.tests))
    shown = [f"[{name}](../{path})" for name, path in named[:TESTS_SHOWN]]
    more = len(named) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def page(rules: list[Rule]) -> str:
    by_id = {rule.id: rule for rule in rules}
    sections = [number for number in SECTIONS if any(rule.section == number for rule in rules)]
    words = ["modelled", "approximated", "later", "not modelled"]
    if any(verdict(rule, by_id) == "not yet" for rule in rules):
        words.append("not yet")
    text = (
        "<!-- Generated by tools/coverage.py from docs/coverage/rules.csv, the schemas and the tests (make docs); "
        "a test compares it. -->\n\n"
        "# What is covered\n\n"
        "The simulator is measured by a list of rules: what AWS's documentation says of EC2, Auto Scaling, Elastic Load\n"
        "Balancing, SQS, SNS, Lambda, CloudWatch and the retries of its SDKs, each with an id. This page says of every rule\n"
        "what became of it.\n\n"
        "- **modelled**: a behaviour of a resource type, a parameter, or the code carries it out, and tests whose names\n"
        "  carry the id show it. `updraft explain R2.6.4` says what it means and who says so.\n"
        "- **approximated**: AWS gives no number or no algorithm; ours is a parameter, or is named here.\n"
        "- **later**: not built yet, and can wait.\n"
        "- **not modelled**: a simulation of requests can't show it.\n\n"
    )
    text += "| section | " + " | ".join(words) + " |\n|---|" + "---|" * len(words) + "\n"
    for number in sections:
        inside = [verdict(rule, by_id) for rule in rules if rule.section == number]
        text += f"| [{SECTIONS[number]}](#{anchor(number)}) | "
        text += " | ".join(str(inside.count(word)) for word in words) + " |\n"
    for number in sections:
        text += (
            f"\n## {heading(number)}\n\n| rule | in short | status | where | tests or reason |\n|---|---|---|---|---|\n"
        )
        for rule in rules:
            if rule.section != number:
                continue
            reason = tests(rule)
            if rule.status == "by":
                reason = "by " + ", ".join(rule.note.split())
            elif rule.status in ("approximated", "later", "not modelled"):
                reason = rule.note + ("; " + reason if reason else "")
            text += f"| {rule.id} | {rule.headline} | {verdict(rule, by_id)} | {links(rule)} | {reason} |\n"
    return text


def heading(number: int) -> str:
    return f"{SECTIONS[number]} (R{number})"


def anchor(number: int) -> str:
    return re.sub(r"[^a-z0-9 -]", "", heading(number).lower()).replace(" ", "-")


def main(arguments: list[str]) -> int:
    rules, cited = read_tree(ROOT)
    found = problems(rules, cited)
    text = page(rules)
    target = ROOT / PAGE
    if "--check" in arguments:
        if not target.is_file() or target.read_text(encoding="utf-8") != text:
            found.append(f"{PAGE} is stale; run tools/coverage.py (make docs)")
    else:
        target.write_text(text, encoding="utf-8")
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
