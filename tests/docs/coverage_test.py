#!/usr/bin/env python3
"""docs/coverage.md says what the tree does: its rules against schemas, code and tests, and that each check can fail."""

from __future__ import annotations

import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import coverage  # noqa: E402

SCHEMA = """message DeskParams {
  option (sim.model) = {
    type: "desk"
    behaviour { id: "R2.1.1" says: "A full desk { turns } away." source { rule: "R2.1.1" } }
  };
  optional uint32 clerks = 1 [(sim.param) = {source { rule: "R2.1.2" }}];
}
"""
TEST = "TEST(Desk, R2_1_1_TurnsAway) {}\nTEST(Desk, R2_1_2_R2_1_T1_HasClerks) {}\n"
RULES = [
    "R2.1.T1,A table,,",
    "R2.1.1,Turns away,,",
    "R2.1.2,Has clerks,planned,",
    "R2.1.3,A bell,later,waits for the bell",
    "R30.1,A trap,by,R2.1.1 R2.1.2",
]


class Coverage(unittest.TestCase):
    def setUp(self) -> None:
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.root = Path(holder.name)
        for folder in ("models/desk", "sim", "tests", "cli", "docs/coverage"):
            (self.root / folder).mkdir(parents=True)
        (self.root / "models/desk/desk.proto").write_text(SCHEMA)
        (self.root / "models/desk/desk.cpp").write_text("// R2.1.T1\n")
        (self.root / "models/desk/desk_test.cpp").write_text(TEST)
        self.write(RULES)

    def write(self, rows: list[str]) -> None:
        (self.root / coverage.LIST).write_text("\n".join(["id,headline,status,note", *rows]) + "\n")

    def problems(self, rows: list[str] | None = None) -> list[str]:
        if rows is not None:
            self.write(rows)
        return coverage.problems(*coverage.read_tree(self.root))

    def test_the_page_of_the_tree_is_right_and_fresh(self) -> None:
        rules, cited = coverage.read_tree(ROOT)
        self.assertEqual(coverage.problems(rules, cited), [])
        self.assertEqual(len(rules), 239)
        page = (ROOT / coverage.PAGE).read_text(encoding="utf-8")
        self.assertTrue(page == coverage.page(rules), "docs/coverage.md is stale; run tools/coverage.py (make docs)")

    def test_what_is_modelled_names_its_type_and_its_tests(self) -> None:
        self.assertEqual(self.problems(), [])
        page = coverage.page(coverage.read_tree(self.root)[0])
        self.assertIn("| R2.1.1 | Turns away | modelled | [`desk`](reference/desk.md) | [Desk.R2_1_1_TurnsAway]", page)
        self.assertIn("| R2.1.2 | Has clerks | modelled | [models/desk](../models/desk) |", page)
        self.assertIn("| R2.1.3 | A bell | later |  | waits for the bell |", page)
        self.assertIn("| R30.1 | A trap | modelled |  | by R2.1.1, R2.1.2 |", page)

    def test_a_trap_is_modelled_when_all_that_cover_it_are(self) -> None:
        (self.root / "models/desk/desk_test.cpp").write_text(TEST.replace("R2_1_2_", ""))
        page = coverage.page(coverage.read_tree(self.root)[0])
        self.assertIn("| R30.1 | A trap | not yet |", page)

    def test_a_behaviour_of_a_rule_that_waits_is_found(self) -> None:
        self.assertEqual(
            self.problems([RULES[0], "R2.1.1,Turns away,later,waits", *RULES[2:]]),
            ["R2.1.1 is said to be later, and desk has a behaviour for it"],
        )

    def test_a_modelled_rule_needs_a_test_and_a_place(self) -> None:
        self.assertEqual(
            self.problems([*RULES[:3], "R2.1.3,A bell,,", RULES[4]]),
            ["R2.1.3 is said to be modelled, and no test's name carries it"],
        )
        (self.root / "models/desk/desk.cpp").write_text("\n")
        self.assertEqual(self.problems(RULES), ["R2.1.T1 is said to be modelled, and neither schema nor code knows it"])

    def test_a_rule_of_the_tree_that_is_not_listed_is_found(self) -> None:
        (self.root / "models/desk/desk.cpp").write_text("// R2.1.T1, R2.1.4, R9.9.9 of another section, R2.1 in all\n")
        self.assertEqual(self.problems(), [f"R2.1.4 stands in the tree and not in {coverage.LIST}"])

    def test_gaps_order_status_and_notes_are_checked(self) -> None:
        self.assertEqual(len(self.problems([*RULES[:3], "R2.1.4,A bell,later,waits", RULES[4]])), 1)
        self.assertEqual(len(self.problems([RULES[1], RULES[0], *RULES[2:]])), 1)
        self.assertEqual(len(self.problems([*RULES[:3], "R2.1.3,A bell,soon,waits", RULES[4]])), 1)
        self.assertEqual(len(self.problems([*RULES[:3], "R2.1.3,A bell,later,", RULES[4]])), 1)
        self.assertEqual(len(self.problems([*RULES[:4], "R30.1,A trap,by,R2.1.9"])), 1)


if __name__ == "__main__":
    sys.exit(unittest.main())
