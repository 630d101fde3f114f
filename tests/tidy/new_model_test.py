"""tools/new_model.py writes a model that obeys the tree's rules. CMakeLists.txt beside this compiles and runs it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import check

ROOT = Path(__file__).resolve().parents[2]


def scaffold(root: Path, name: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "tools/new_model.py"), name, "--root", str(root)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


class NewModel(unittest.TestCase):
    def setUp(self) -> None:
        self.root = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def test_obeys_the_rules_of_the_tree(self) -> None:
        self.assertEqual(scaffold(self.root, "parcel_desk").returncode, 0)
        self.assertEqual(check.findings(self.root), [])

    def test_refuses_a_bad_name_and_a_folder_that_exists(self) -> None:
        self.assertEqual(scaffold(self.root, "ParcelDesk").returncode, 2)
        self.assertEqual(scaffold(self.root, "desk").returncode, 0)
        self.assertEqual(scaffold(self.root, "desk").returncode, 2)


if __name__ == "__main__":
    unittest.main()
