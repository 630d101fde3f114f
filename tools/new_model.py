#!/usr/bin/env python3
"""Begins a model: models/NAME with schema, a first decision, its test and a README.

    tools/new_model.py parcel_desk [--title "Parcel desk"] [--root DIR]

What it writes builds, passes its test and obeys tests/tidy; CONTRIBUTING.md says how to go on.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

FILES = {
    "CMakeLists.txt": "sim_model(@name@)\n",
    "@name@.proto": """\
// @title@: what may be set, what is measured, and what is documented.
syntax = "proto2";
package updraft.@name@;

import "sim/schema/options.proto";

message @Type@Params {
  option (updraft.sim.model) = {
    type: "@name@"
    doc: "@title@."
    metric { name: "Accepted" kind: COUNTER unit: "Count" doc: "Requests taken." statistic: "Sum" }
    metric { name: "Rejected" kind: COUNTER unit: "Count" doc: "Requests turned away." statistic: "Sum" }
    behaviour { id: "@ID@1" says: "A request beyond the limit is turned away at once." basis: ASSUMED }
  };
  optional uint32 limit = 1 [(updraft.sim.param) = {
    doc: "Requests in service at the same time." default_value: "10" unit: "1" min: "1" basis: ASSUMED
    note: "Where the service documents a number: DOCUMENTED, with source, quote and date."}];
}
""",
    "admission.h": """\
// Whether a request is taken: a pure function, tested with a table and without an engine.
#pragma once

#include <cstdint>

namespace updraft::@name@ {

enum class Admission : std::uint8_t { kAccept, kReject };

/// `busy` requests are in service, `limit` may be.
[[nodiscard]] Admission admit(std::uint32_t busy, std::uint32_t limit);

}  // namespace updraft::@name@
""",
    "admission.cpp": """\
#include "models/@name@/admission.h"

namespace updraft::@name@ {

Admission admit(std::uint32_t busy, std::uint32_t limit) {
  return busy < limit ? Admission::kAccept : Admission::kReject;  // @ID@1
}

}  // namespace updraft::@name@
""",
    "admission_test.cpp": """\
#include "models/@name@/admission.h"

#include <gtest/gtest.h>

namespace updraft::@name@ {
namespace {

TEST(@Type@, @ID@1_RejectsBeyondTheLimit) {
  EXPECT_EQ(admit(0, 1), Admission::kAccept);
  EXPECT_EQ(admit(9, 10), Admission::kAccept);
  EXPECT_EQ(admit(10, 10), Admission::kReject);
}

}  // namespace
}  // namespace updraft::@name@
""",
    "README.md": """\
# @title@

## Scope

One decision: a request beyond the limit is turned away at once (@ID@1).

## Not modelled

Everything else.

## How it works

`admission.h` decides; nothing carries the decision out yet.

## Validation

`admission_test.cpp` checks @ID@1 at, below and above the limit.

## References

None yet: @ID@1 is an assumption.
""",
}


def write_model(root: Path, name: str, title: str) -> Path:
    """The new folder. FileExistsError when there is one already, ValueError for a name that is no identifier."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name):
        raise ValueError(f"{name!r} is no model name; use snake_case, like parcel_desk")
    words = {
        "@name@": name,
        "@title@": title,
        "@Type@": "".join(word.capitalize() for word in name.split("_")),
        "@ID@": "".join(word[0].upper() for word in name.split("_")),
    }

    def fill(text: str) -> str:
        return re.sub("|".join(words), lambda match: words[match.group()], text)

    folder = root / "models" / name
    folder.mkdir(parents=True)
    for path, text in FILES.items():
        (folder / fill(path)).write_text(fill(text), encoding="utf-8")
    return folder


def main() -> int:
    parser = argparse.ArgumentParser(description="Begin a model: models/NAME with schema, decision, test and README.")
    parser.add_argument("name", help="folder and resource type, snake_case")
    parser.add_argument("--title", help="as a heading reads; the name by default")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[1], help="the project's folder")
    arguments = parser.parse_args()
    title = arguments.title or arguments.name.replace("_", " ").capitalize()
    try:
        folder = write_model(arguments.root, arguments.name, title)
    except (ValueError, FileExistsError) as error:
        print(f"new_model: {error}", file=sys.stderr)
        return 2
    print(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
