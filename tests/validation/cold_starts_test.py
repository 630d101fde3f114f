#!/usr/bin/env python3
"""The function model against twenty measurements on AWS: each one, all together, and the page that shows them."""

from __future__ import annotations

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))

import cold_starts

MOST_Z = 3.5
# The level of 99.99 % that analytic tests have. The sum is 47.5, which is one in two thousand: the page says so.
MOST_CHI_SQUARE = 52.4


class ColdStarts(unittest.TestCase):
    rows: list[cold_starts.Experiment]

    @classmethod
    def setUpClass(cls) -> None:
        cls.rows = cold_starts.experiments()
        cold_starts.simulate(cls.rows)

    def test_there_are_twenty_experiments(self) -> None:
        self.assertEqual(len(self.rows), 20)

    def test_the_simulation_is_sharper_than_the_measurement(self) -> None:
        for each in self.rows:
            with self.subTest(each.name):
                self.assertLess(each.simulated_error, each.measured_error / 2)

    def test_each_share_of_cold_starts_fits(self) -> None:
        for each in self.rows:
            with self.subTest(each.name):
                self.assertLess(abs(each.z), MOST_Z)

    def test_all_of_them_fit_together(self) -> None:
        self.assertLess(cold_starts.chi_square(self.rows), MOST_CHI_SQUARE)

    def test_another_idle_timeout_would_not_fit(self) -> None:
        """The bounds tell ten minutes from five: at the lowest rate a cold start is a gap of exp(-rate times that)."""
        sparse = self.rows[0]
        half = sparse.simulated**0.5
        self.assertGreater(abs(sparse.measured - half), MOST_Z * sparse.measured_error)

    def test_the_reuse_of_the_longest_idle_is_out_of_the_question(self) -> None:
        for each in self.rows:
            if each.others:
                with self.subTest(each.name):
                    self.assertGreater((each.measured - each.others[1]) / each.measured_error, 7)

    def test_the_page_shows_it(self) -> None:
        self.assertEqual(cold_starts.PAGE.read_text(), cold_starts.page(self.rows), "run tools/cold_starts.py")


if __name__ == "__main__":
    unittest.main()
