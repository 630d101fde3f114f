"""Words that make results differ between runs, machines or compilers, each with what to use instead."""

from __future__ import annotations

import re
from collections.abc import Iterator

from source_tree import SourceFile, Tree, blank

Finding = tuple[str, int, str, str]

_FUNCTIONS = (
    "exp|exp2|expm1|log|log2|log10|log1p|pow|sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|asinh|acosh|atanh"
    "|cbrt|hypot|tgamma|lgamma|erf|erfc"
)
_PORTABLE = "sim/random/portable_math.h"

# (pattern, replacement, holds for tests too)
BANNED = [
    (
        r"\bstd::(mt19937(_64)?|minstd_rand0?|default_random_engine|random_device)\b",
        "a keyed draw (sim/random/stream.h)",
        True,
    ),
    (r"\b(system_clock|steady_clock|high_resolution_clock)\b", "ctx.now(); simulated time only", True),
    (r"(?<![\w.>])(s?rand|drand48|clock_gettime|gettimeofday)\s*\(", "a keyed draw, or ctx.now()", True),
    (r"\bstd::time\s*\(|(?<![\w.>:])time\s*\(\s*(nullptr|NULL|0)\s*\)", "ctx.now(); simulated time only", True),
    (
        r"\bstd::(cout|cerr|clog)\b|(?<![\w.>])(std::)?(printf|fprintf|puts|fputs)\s*\(|\bfmt::print\b",
        "a return value; the library never prints",
        True,
    ),
    (
        r"(?<![\w.>])(std::)?(exit|abort|quick_exit|_Exit)\s*\(",
        "an exception (SIM_CHECK); the library never exits",
        False,
    ),
    (
        rf"\bstd::({_FUNCTIONS})[fl]?\b(?!\s*::)|\b__builtin_({_FUNCTIONS})[fl]?\b|(?<![\w.>:])({_FUNCTIONS})[fl]\s*\(",
        f"portable:: ({_PORTABLE})",
        False,
    ),
    (r"\bstd::\w+_distribution\b", "sim/random/distribution.h", True),
    (r"\bstd::(hash|_Hash_bytes)\b", "our own hash; std::hash differs between libraries", False),
    (r"\b__(DATE|TIME|TIMESTAMP)__\b", "the version; a build's time changes its bytes", True),
    (r"\b(setlocale|std::locale|imbue)\b", "from_chars, to_chars, fmt without L", True),
    (r"\b(std::)?(stod|stof|stold|strtod|strtof|atof)\s*\(", "std::from_chars; these follow the locale", False),
    (r"\b(std::)?(secure_)?getenv\s*\(", "a parameter; a run reads no environment", True),
    (r"\bstd::(jthread|thread|async|this_thread)\b", "replications in sim/study; a run has one thread", True),
]
_BANNED = [(re.compile(pattern), use, in_tests) for pattern, use, in_tests in BANNED]

_UNORDERED = re.compile(r"\bunordered_(?:multi)?(?:map|set)\s*<")
_BUILD_FLAG = re.compile(
    r"(?<!no-)(-march=|-mtune=native|(?<!-fno)-ffast-math|-Ofast|-funsafe-math-optimizations|-ffp-contract=(?:fast|on))"
)


def silenced(file: SourceFile, line: int) -> bool:
    """A line may say why it is right: // NOLINT(tidy-word): reason."""
    return re.search(r"NOLINT\(tidy-word\): \S", file.line_text(line)) is not None


def check_banned(tree: Tree) -> Iterator[Finding]:
    for file in tree.cpp("sim", "models"):
        for pattern, use, in_tests in _BANNED:
            if (file.is_test and not in_tests) or ("jthread" in pattern.pattern and file.path.startswith("sim/study/")):
                continue
            for match in pattern.finditer(file.code):
                line = file.line_of(match.start())
                if not silenced(file, line):
                    yield file.path, line, "word", f"{match.group().strip('( ')} is banned; use {use}"


def _declared_unordered(code: str) -> set[str]:
    names: set[str] = set()
    for match in _UNORDERED.finditer(code):
        depth, position = 1, match.end()
        while depth and position < len(code):
            depth += {"<": 1, ">": -1}.get(code[position], 0)
            position += 1
        name = re.match(r"[\s&*]*(\w+)", code[position:])
        if name:
            names.add(name.group(1))
    return names


def check_unordered_loops(tree: Tree) -> Iterator[Finding]:
    headers = {file.path: file for file in tree.files if file.path.endswith(".h")}
    for file in tree.cpp("sim", "models"):
        stem = re.sub(r"(_test)?\.(cpp|h)$", "", file.path)
        names = _declared_unordered(file.code)
        if stem + ".h" in headers:
            names |= _declared_unordered(headers[stem + ".h"].code)
        if not names:
            continue
        either = "|".join(sorted(map(re.escape, names)))
        loop = re.compile(rf"for\s*\([^;()]*:\s*(?:this->|\w+\.)?({either})\s*\)|\b({either})\.c?begin\s*\(")
        for match in loop.finditer(file.code):
            line = file.line_of(match.start())
            if not silenced(file, line):
                yield (
                    file.path,
                    line,
                    "word",
                    f"iterates over the unordered container {match.group(1) or match.group(2)}; use a sorted one, or sort the keys first",
                )


def check_build_flags(tree: Tree) -> Iterator[Finding]:
    for file in tree.files:
        if not (file.path.endswith((".cmake", "CMakeLists.txt")) or file.path == "CMakePresets.json"):
            continue
        code = re.sub(r"#[^\n]*", lambda m: blank(m.group()), file.text)
        for match in _BUILD_FLAG.finditer(code):
            yield file.path, file.line_of(match.start()), "flag", f"{match.group()} makes results depend on the machine"


RULES = [check_banned, check_unordered_loops, check_build_flags]
