"""tools/new_model.py writes a model that obeys the tree's rules, whose schema compiles and whose test passes.

new_model_test.py [COMPILER]
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import check

ROOT = Path(__file__).resolve().parents[2]
COMPILER = sys.argv.pop() if len(sys.argv) > 1 else "c++"


def scaffold(root: Path, name: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "tools/new_model.py"), name, "--root", str(root)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


class NewModel(unittest.TestCase):
    def setUp(self) -> None:
        self.root = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def test_obeys_the_rules_of_the_tree(self) -> None:
        self.assertEqual(scaffold(self.root, "parcel_desk").returncode, 0)
        self.assertEqual(check.findings(self.root), [])

    def test_schema_compiles_and_its_test_passes(self) -> None:
        scaffold(self.root, "parcel_desk")
        shutil.copytree(ROOT / "sim/schema", self.root / "sim/schema")
        subprocess.run(
            ["protoc", "-I", ".", "--cpp_out=.", "models/parcel_desk/parcel_desk.proto"], cwd=self.root, check=True
        )
        sources = sorted(str(path.relative_to(self.root)) for path in self.root.glob("models/parcel_desk/*.cpp"))
        build = [
            COMPILER,
            "-std=c++20",
            "-Wall",
            "-Wextra",
            "-Wconversion",
            "-Werror",
            "-I.",
            "-o",
            "desk_test",
            *sources,
        ]
        subprocess.run([*build, "-lgtest_main", "-lgtest", "-pthread"], cwd=self.root, check=True)
        ran = subprocess.run(["./desk_test"], cwd=self.root, capture_output=True, text=True, check=False)
        self.assertEqual(ran.returncode, 0, ran.stdout)
        self.assertIn("PD1_RejectsBeyondTheLimit", ran.stdout)

    def test_refuses_a_bad_name_and_a_folder_that_exists(self) -> None:
        self.assertEqual(scaffold(self.root, "ParcelDesk").returncode, 2)
        self.assertEqual(scaffold(self.root, "desk").returncode, 0)
        self.assertEqual(scaffold(self.root, "desk").returncode, 2)


if __name__ == "__main__":
    unittest.main()
