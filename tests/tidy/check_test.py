"""Each rule is seen to fail on a small bad tree, and to keep quiet on the good one beside it."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

import check

README = "# Desk\n" + "".join(f"\n## {heading}\n\ntext\n" for heading in check.rules_models.HEADINGS)
PROTO = 'message P {\n  option (sim.model) = {\n    type: "desk"\n    behaviour { id: "R9.1.2" says: "x" }\n  };\n}\n'
GOOD = {
    "sim/core/time.h": "#include <cstdint>\n",
    "sim/random/stream.h": '#include "sim/core/time.h"\n',
    "sim/metrics/hdf5_file.cpp": "#include <hdf5.h>\n",
    "sim/topology/graph.cpp": "#include <boost/graph/adjacency_list.hpp>\n",
    "sim/scenario/yaml_tree.cpp": "#include <yaml.h>\n",
    "python/core.cpp": '#include <pybind11/pybind11.h>\n#include "models/registry/registry.h"\n',
    "models/desk/desk.proto": PROTO,
    "models/desk/desk.cpp": '#include "sim/core/time.h"\n#include "models/common/line.h"\nint x;  // R9.1.2\n',
    "models/desk/desk_test.cpp": "TEST(Desk, R9_1_2_TurnsAway) {}\n",
    "models/desk/README.md": README,
}


def run(files: dict[str, str]) -> list[tuple[str, str]]:
    """(rule, path) of what is found in a tree of these files."""
    with tempfile.TemporaryDirectory() as folder:
        for path, text in files.items():
            target = Path(folder, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
        return [(rule, path) for path, _, rule, _ in check.findings(Path(folder))]


class Rules(unittest.TestCase):
    def expect(self, rule: str, path: str, text: str) -> None:
        self.assertIn((rule, path), run(GOOD | {path: text}), text)

    def quiet(self, path: str, text: str) -> None:
        self.assertEqual(run(GOOD | {path: text}), [], text)

    def test_the_good_tree_has_no_findings(self) -> None:
        self.assertEqual(run(GOOD), [])

    def test_include_direction(self) -> None:
        for path, include in [
            ("sim/core/a.h", "sim/random/stream.h"),
            ("sim/random/a.h", "sim/schema/s.h"),
            ("sim/metrics/a.h", "sim/topology/t.h"),
            ("sim/scenario/a.cpp", "models/desk/desk.h"),
            ("sim/study/a.cpp", "models/registry/registry.h"),
            ("sim/station/s.h", "sim/engine/e.h"),
            ("models/desk/a.cpp", "models/elb/elb.h"),
            ("models/desk/a.cpp", "sim/study/study.h"),
            ("models/desk/a.cpp", "sim/metrics/hdf5_file.h"),
            ("models/common/a.h", "models/desk/desk.h"),
            ("sim/core/a.cpp", "cli/main.h"),
            ("models/desk/a_test.cpp", "models/elb/elb.h"),
        ]:
            self.expect("include", path, f'#include "{include}"\n')
        self.expect("include", "models/desk/b.proto", 'import "models/elb/elb.proto";\n')
        self.quiet("cli/main.cpp", '#include "models/registry/registry.h"\n#include "sim/study/study.h"\n')

    def test_libraries_stay_inside_their_files(self) -> None:
        for path, include in [
            ("sim/metrics/series.cpp", "hdf5.h"),
            ("sim/topology/graph.h", "boost/graph/graph_traits.hpp"),
            ("cli/main.cpp", "pybind11/pybind11.h"),
            ("sim/scenario/loader.cpp", "yaml.h"),
        ]:
            self.expect("library", path, f"#include <{include}>\n")
        carrier = {"sim/metrics/hdf5_handle.h": "#include <hdf5.h>\n"}
        user = '#include "sim/metrics/hdf5_handle.h"\n'
        self.assertEqual(run(GOOD | carrier | {"sim/metrics/hdf5_sink.cpp": user}), [])
        self.assertIn(("library", "sim/metrics/series.cpp"), run(GOOD | carrier | {"sim/metrics/series.cpp": user}))

    def test_banned_words(self) -> None:
        for line in [
            "std::mt19937 g;",
            "auto t = std::chrono::system_clock::now();",
            "steady_clock::now();",
            "int r = rand();",
            "std::cout << 1;",
            'printf("x");',
            'fmt::print("x");',
            "exit(1);",
            "double y = std::exp(x);",
            "std::pow(x, 2);",
            "std::tgamma(x);",
            "__builtin_log(x);",
            "y = expf(x);",
            "std::exponential_distribution<> d;",
            "std::hash<int> h;",
            "auto d = __DATE__;",
            'setlocale(0, "");',
            'getenv("X");',
            "std::stod(s);",
            "std::thread t;",
            "x = time(nullptr);",
        ]:
            self.expect("word", "sim/core/a.cpp", line + "\n")
            self.expect("word", "models/desk/a.h", line + "\n")
            self.quiet("cli/main.cpp", line + "\n")
            self.quiet("sim/core/a.cpp", f"// {line}\n")
        self.quiet("sim/core/a.cpp", "double y = portable::exp(x); operand(1); std::sqrt(x); log.exit(2);\n")
        self.quiet("sim/core/a.cpp", 'const char* s = "rand() // std::exp(";\n')
        self.quiet("sim/random/a_test.cpp", "double judge = std::exp(x);\n")
        self.quiet("sim/study/a.cpp", "std::thread t;\n")
        self.quiet("sim/core/a.cpp", "std::hash<int> h;  // NOLINT(tidy-word): compared with, never stored\n")
        self.expect("word", "sim/core/a.cpp", "std::hash<int> h;  // NOLINT(tidy-word)\n")

    def test_unordered_loops(self) -> None:
        declared = "std::unordered_map<int, std::vector<int>> seen_;\n"
        self.expect("word", "sim/core/a.cpp", declared + "for (const auto& [k, v] : seen_) {}\n")
        self.expect("word", "sim/core/a.cpp", declared + "auto i = seen_.begin();\n")
        self.quiet("sim/core/a.cpp", declared + "seen_.find(1); for (int x : list_) {}\n")
        files = GOOD | {"sim/core/a.h": declared, "sim/core/a.cpp": "for (auto& x : seen_) {}\n"}
        self.assertIn(("word", "sim/core/a.cpp"), run(files))

    def test_build_flags(self) -> None:
        self.expect("flag", "cmake/Flags.cmake", "add_compile_options(-march=native)\n")
        self.expect("flag", "CMakeLists.txt", "add_compile_options(-ffast-math)\n")
        self.quiet("cmake/Flags.cmake", "# never -march, never -ffast-math\nset(X -fno-fast-math -ffp-contract=off)\n")

    def test_behaviour_ids(self) -> None:
        self.assertIn(("behaviour", "models/desk/desk.proto"), run(GOOD | {"models/desk/desk.cpp": "int x;\n"}))
        self.assertIn(
            ("behaviour", "models/desk/desk.proto"), run(GOOD | {"models/desk/desk.cpp": "int x;  // R9.1.22\n"})
        )
        for name in ["Other", "R9_1_22_Longer", "R9_1"]:
            files = GOOD | {"models/desk/desk_test.cpp": f"TEST(Desk, {name}) {{}}\n"}
            self.assertIn(("behaviour", "models/desk/desk.proto"), run(files), name)
        self.expect("behaviour", "models/desk/b_test.cpp", "TEST(Desk, R7_7_7_Unknown) {}\n")
        self.quiet("models/desk/b_test.cpp", "TEST(Desk, Again_R9_1_2) {}\n")

    def test_readme_headings(self) -> None:
        self.expect("readme", "models/desk/README.md", README.replace("## Validation", "## Proof"))
        self.assertIn(("readme", "models/desk/README.md"), run({k: v for k, v in GOOD.items() if "README" not in k}))

    def test_files(self) -> None:
        self.expect("size", "docs/big.md", "x" * 100_001)
        self.quiet("scenarios/traffic/big.csv", "1,2\n" * 30_000)
        self.expect("length", "sim/core/long.cpp", "int x;\n" * 701)
        self.quiet("sim/core/long.cpp", "int x;\n" * 700)
        for home in ["home", "root", "Users"]:
            self.expect("path", "docs/a.md", f"see /{home}/someone/notes\n")
        self.expect("path", "tests/a.py", 'open("../' + 'shared/x")\n')
        self.quiet("docs/a.md", "traffic at $HOME/x, sim/work/x, https://example.com/home/x\n")


if __name__ == "__main__":
    unittest.main()
