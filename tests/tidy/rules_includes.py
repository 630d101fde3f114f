"""Who may include whom (docs/architecture.md), and which libraries stay inside which files."""

from __future__ import annotations

import re
from collections.abc import Iterator

from source_tree import SourceFile, Tree

Finding = tuple[str, int, str, str]  # path, line, rule, text

# Left to right; a folder includes what stands on earlier rows, never its own row's neighbours or later rows.
ENGINE = [
    ["sim/core"],
    ["sim/random"],
    ["sim/schema"],
    ["sim/metrics", "sim/topology", "sim/station"],
    ["sim/engine"],
    ["sim/scenario"],
    ["sim/client"],
    ["sim/build"],
    ["sim/traffic"],
]
SHARED_MODELS = ["models/common", "models/roles", "models/program"]
OUTSIDE = ("cli", "python", "tests", "bench")

# Parts of the engine that models never see: sinks, files, and the statistics of many runs.
HIDDEN_FROM_MODELS = re.compile(r"^sim/(study/|metrics/(hdf5_|.*sink)|scenario/(yaml|file_))")

# A header of the same home may include it too, but is then itself included from that home only.
LIBRARIES = [  # (what is included, where it may be, name)
    (re.compile(r"^(hdf5(_hl)?\.h|H5.*\.h)$"), re.compile(r"^sim/metrics/hdf5_[^/]*\.(cpp|h)$"), "HDF5"),
    (re.compile(r"^boost/graph/"), re.compile(r"^sim/topology/[^/]*(\.cpp|_impl\.h)$"), "Boost.Graph"),
    (re.compile(r"^pybind11/"), re.compile(r"^python/(.*/)?[^/]*\.(cpp|h)$"), "pybind11"),
    (re.compile(r"^yaml\.h$"), re.compile(r"^sim/scenario/yaml[^/]*\.cpp$"), "libyaml"),
]


def part_of(path: str) -> str:
    """'sim/core/time.h' -> 'sim/core', 'sim/model.h' -> 'sim/model.h', 'cli/main.cpp' -> 'cli'."""
    pieces = path.split("/")
    if pieces[0] in ("sim", "models") and len(pieces) >= 2:
        return "/".join(pieces[:2])
    return pieces[0]


def _engine_before(part: str) -> set[str]:
    allowed: set[str] = set()
    for row in ENGINE:
        if part in row:
            return allowed
        allowed.update(row)
    return allowed


def allowed_parts(file: SourceFile) -> set[str] | None:
    """Parts that the file may include besides its own; None: all of them."""
    part = part_of(file.path)
    engine = {name for row in ENGINE for name in row} | {"sim/model.h"}
    if part == "sim/model.h":
        return engine | set(SHARED_MODELS)
    if part == "sim/study":
        return engine
    if part.startswith("sim/"):
        return _engine_before(part)
    if part == "models/program":
        return engine | {"models/common", "models/roles"}
    if part in SHARED_MODELS:
        return engine
    if part == "models/registry":
        return None
    if part.startswith("models/"):
        return engine | set(SHARED_MODELS)
    return None


def check_direction(tree: Tree) -> Iterator[Finding]:
    for file in tree.files:
        if not (file.is_cpp or file.path.endswith(".proto")):
            continue
        own, allowed = part_of(file.path), allowed_parts(file)
        for include in file.includes:
            target = part_of(include.path)
            if include.system or "/" not in include.path or target == own:
                continue
            if target in OUTSIDE and own not in OUTSIDE:
                yield (
                    file.path,
                    include.line,
                    "include",
                    f"{own} includes {include.path}; the library knows no face, test or benchmark",
                )
            elif allowed is not None and target.startswith(("sim/", "models/")) and target not in allowed:
                yield (
                    file.path,
                    include.line,
                    "include",
                    f"{own} includes {include.path}; it may include {', '.join(sorted(allowed)) or 'nothing'}",
                )
            elif own.startswith("models/") and not file.is_test and HIDDEN_FROM_MODELS.match(include.path):
                yield (
                    file.path,
                    include.line,
                    "include",
                    f"a model includes {include.path}; sinks, files and studies are not for models",
                )


def check_libraries(tree: Tree) -> Iterator[Finding]:
    sources = [file for file in tree.files if file.is_cpp]
    for library, home, name in LIBRARIES:
        carriers = {f.path for f in sources if f.path.endswith(".h") and any(library.match(i.path) for i in f.includes)}
        for file in sources:
            for include in file.includes:
                if (library.match(include.path) or include.path in carriers) and not home.match(file.path):
                    yield file.path, include.line, "library", f"{include.path} brings {name} outside {home.pattern}"


RULES = [check_direction, check_libraries]
