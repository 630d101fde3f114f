#!/usr/bin/env python3
"""Runs the code blocks of README.md and docs/*.md, so that what they say stays true.

- ```sh: run by bash as it stands, all of a page in one folder that begins with a link to scenarios/; each must exit 0.
- ```yaml: a scenario (it has a `scenario:` line) is validated beside scenarios/traffic and run for two minutes; a part
  of one is first put into the scenario below: what it names replaces what is there.
- Other fences (```text, ```console) are shown only. `updraft` is the binary that UPDRAFT names.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

UPDRAFT = Path(os.environ["UPDRAFT"])
ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "scenarios" / "README.md", *sorted((ROOT / "docs").glob("*.md"))]

BASE = """scenario: base
start: 1998-06-15T00:00:00Z
duration: 14d
resources:
  web-alb:
    load_balancer: {availability_zones: [a, b, c], listeners: [{forward: web}]}
  web:
    target_group: {}
  fleet:
    auto_scaling_group:
      min_size: 2
      max_size: 20
      availability_zones: [a, b, c]
      target_groups: [web]
      launch_template: {instance_type: m5.large}
traffic:
  visitors:
    to: web-alb
    rate: 100/s
    demand: {cpu: 40ms}
"""


def blocks(page: Path) -> list[tuple[int, str, str]]:
    """(line, language, text) of each fenced block."""
    found = []
    lines = page.read_text().splitlines()
    at = 0
    while at < len(lines):
        fence = re.match(r"^```(\w+)\s*$", lines[at])
        if not fence:
            at += 1
            continue
        end = next(i for i in range(at + 1, len(lines)) if lines[i].startswith("```"))
        found.append((at + 1, fence[1], "\n".join(lines[at + 1 : end]) + "\n"))
        at = end + 1
    return found


def sections(text: str, indent: str) -> dict[str, str]:
    """The entries of a mapping written in block style at that indentation, each with its lines."""
    parts: dict[str, str] = {}
    key = ""
    for line in text.splitlines(keepends=True):
        begin = re.match(rf"^{indent}([A-Za-z][\w-]*):", line)
        if begin:
            key = begin[1]
            parts[key] = ""
        if key:
            parts[key] += line
    return parts


def shape(line: str) -> str:
    """A line of a summary without what differs from run to run: numbers, their units, verdicts, hashes."""
    line = re.sub(r"hash [0-9a-f]+|\b(pass|fail)\b|\(failed requests .*\)|\(\d+ \w+ simulated\)", "#", line)
    line = re.sub(r"[\d.,$-][\dT:.,-]*( (us|ms|s|%|d|min))?", "#", line)
    return re.sub(r"[# ]+", " ", line).strip()


def completed(part: str) -> str:
    whole = sections(BASE, "")
    for name, text in sections(part, "").items():
        if name == "resources":
            merged = {**sections(whole[name], "  "), **sections(text, "  ")}
            whole[name] = "resources:\n" + "".join(merged.values())
        else:
            whole[name] = text
    return "".join(whole.values())


class Blocks(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "scenarios").symlink_to(ROOT / "scenarios")
        (self.folder / "traffic").symlink_to(ROOT / "scenarios" / "traffic")

    def environment(self) -> dict[str, str]:
        return {**os.environ, "PATH": f"{UPDRAFT.parent}:{os.environ['PATH']}", "NO_COLOR": "1"}

    def test_shell_blocks_run(self) -> None:
        count = 0
        for page in PAGES:
            for line, language, text in blocks(page):
                if language != "sh":
                    continue
                count += 1
                with self.subTest(block=f"{page.relative_to(ROOT)}:{line}"):
                    done = subprocess.run(
                        ["bash", "-euo", "pipefail", "-c", text],
                        cwd=self.folder,
                        env=self.environment(),
                        capture_output=True,
                        text=True,
                        timeout=120,
                    )
                    self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            for left in self.folder.iterdir():
                if not left.is_symlink():
                    left.unlink()
        self.assertGreater(count, 3)

    def test_scenarios_and_their_parts_are_valid(self) -> None:
        count = 0
        for page in PAGES:
            for line, language, text in blocks(page):
                if language != "yaml":
                    continue
                count += 1
                with self.subTest(block=f"{page.relative_to(ROOT)}:{line}"):
                    whole = text if re.search(r"^scenario:", text, re.M) else completed(text)
                    (self.folder / "block.yaml").write_text(whole)
                    done = subprocess.run(
                        [UPDRAFT, "validate", "block.yaml", "--allow-any-file"],
                        cwd=self.folder,
                        capture_output=True,
                        text=True,
                        timeout=60,
                    )
                    self.assertEqual(done.returncode, 0, done.stdout + done.stderr + whole)
                    ran = subprocess.run(
                        [UPDRAFT, "run", "block.yaml", "--allow-any-file", "--no-output", "--json", "--until", "2m"],
                        cwd=self.folder,
                        capture_output=True,
                        text=True,
                        timeout=60,
                    )
                    self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr + whole)
        self.assertGreater(count, 8)

    def test_the_summary_in_the_readme_reads_as_a_run_does(self) -> None:
        """Its numbers are those of a whole run (tools/readme_run.py --check); its words are those of any run."""
        done = subprocess.run(
            [UPDRAFT, "run", "scenarios/match_day.yaml", "--until", "10m", "-o", "results.h5"],
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=120,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        block = next(
            text for _, language, text in blocks(ROOT / "README.md") if language == "text" and "visitors" in text
        )
        shown = [shape(line) for line in block.splitlines()]
        printed = [shape(line) for line in done.stdout.replace(" --until 10m", "").splitlines()]
        for line in printed:
            self.assertIn(line, shown)
        self.assertGreater(len(printed), 14)

    def test_every_scenario_of_the_tree_is_valid_and_listed(self) -> None:
        listed = (ROOT / "scenarios" / "README.md").read_text()
        for scenario in sorted((ROOT / "scenarios").glob("*.yaml")):
            with self.subTest(scenario=scenario.name):
                done = subprocess.run([UPDRAFT, "validate", scenario], capture_output=True, text=True, timeout=60)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                self.assertIn(f"[{scenario.name}]({scenario.name})", listed)

    def test_links_lead_to_files(self) -> None:
        further = [*(ROOT / "docs" / "reference").glob("*.md"), *(ROOT / "scenarios" / "lessons").glob("*.md")]
        for page in [*PAGES, *sorted(further)]:
            for target in re.findall(r"\]\(([^)#\s]+)", page.read_text()):
                if "://" not in target:
                    with self.subTest(page=str(page.relative_to(ROOT)), link=target):
                        self.assertTrue((page.parent / target).exists())


if __name__ == "__main__":
    sys.exit(unittest.main())
