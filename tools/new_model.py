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

# Names of the model's own files and words of C++ that somebody might want for a model.
RESERVED = {"admission", "register", "switch", "export", "union", "signed", "sim", "testing", "updraft", "std"}

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
    takes_requests: true
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
    "@name@.h": """\
// The component: turns events into decisions (admission.h) and decisions into events.
#pragma once

#include <cstdint>

#include "models/@name@/@name@.pb.h"
#include "sim/build/resource.h"
#include "sim/engine/model.h"
#include "sim/metrics/instruments.h"

namespace updraft::@name@ {

/// A request in service is done.
struct Served {
  static constexpr sim::Phase kPhase = sim::Phase::kCompletions;
  sim::FrameHandle frame;
};

class @Type@ final : public sim::Model<@Type@, Served>, public sim::Resource {
 public:
  @Type@(const sim::Birth& birth, const @Type@Params& params);

  void on_start(sim::Context& ctx) override;
  void on_arrival(sim::Context& ctx, sim::FrameHandle frame) override;
  void on(sim::Context& ctx, const Served& served);
  void on_roll_up(sim::Context& ctx, sim::Time period_start, sim::Time period_end) override;

 private:
  @Type@Params params_;
  std::uint32_t busy_ = 0;
  sim::Counter accepted_;
  sim::Counter rejected_;
  sim::MetricId accepted_metric_{};
  sim::MetricId rejected_metric_{};
};

}  // namespace updraft::@name@
""",
    "@name@.cpp": """\
#include "models/@name@/@name@.h"

#include "models/@name@/admission.h"
#include "sim/build/metric_schema.h"

namespace updraft::@name@ {

using sim::Context;

@Type@::@Type@(const sim::Birth& birth, const @Type@Params& params)
    : Model(birth), params_(params) {}

void @Type@::on_start(Context& ctx) {
  accepted_metric_ = sim::declare_metric<@Type@Params>(ctx, "Accepted");
  rejected_metric_ = sim::declare_metric<@Type@Params>(ctx, "Rejected");
  ctx.simulation().roll_up_with(*this);
}

void @Type@::on_arrival(Context& ctx, sim::FrameHandle frame) {
  if (admit(busy_, params_.limit()) == Admission::kReject) {
    rejected_.add();
    ctx.reply(frame, sim::Status::kThrottled);
    return;
  }
  ++busy_;
  accepted_.add();
  ctx.begin(frame);
  // Demand belongs to the request, so it is asked for, never drawn here.
  const sim::Demand demand = ctx.demand(frame);
  after(ctx, demand.cpu + demand.wait, Served{frame});
}

void @Type@::on(Context& ctx, const Served& served) {
  SIM_CHECK(busy_ > 0, "a request was served that was not in service");
  --busy_;
  ctx.reply(served.frame, sim::Status::kOk);
}

void @Type@::on_roll_up(Context& ctx, sim::Time period_start, sim::Time period_end) {
  ctx.metrics().publish(accepted_metric_, period_start,
                        accepted_.close_period(period_start, period_end));
  ctx.metrics().publish(rejected_metric_, period_start,
                        rejected_.close_period(period_start, period_end));
}

}  // namespace updraft::@name@
""",
    "register.h": """\
// Makes the folder's resource types known; models/registry calls it.
#pragma once

#include "sim/build/registry.h"

namespace updraft::@name@ {

void register_models(sim::ModelRegistry& registry);

}  // namespace updraft::@name@
""",
    "register.cpp": """\
#include "models/@name@/register.h"

#include "models/@name@/@name@.h"

namespace updraft::@name@ {

void register_models(sim::ModelRegistry& registry) {
  registry.add_resource<@Type@, @Type@Params>();
}

}  // namespace updraft::@name@
""",
    "@name@_test.cpp": """\
// The component in a bench: requests in, answers and metrics out.
#include <gtest/gtest.h>

#include "models/@name@/register.h"
#include "sim/build/testing/model_bench.h"

namespace updraft::@name@ {
namespace {

using namespace std::chrono_literals;

TEST(@Type@, @ID@1_ARequestBeyondTheLimitIsTurnedAwayAtOnce) {
  sim::testing::ModelBench bench(register_models, "@name@", "{limit: 2}");
  bench.send_at(0ms, 3, {.cpu = 10ms});
  bench.send_at(20ms, 1, {.cpu = 5ms, .wait = 5ms});
  EXPECT_EQ(bench.transcript(), "0ms #3 throttled\\n10ms #1 ok\\n10ms #2 ok\\n30ms #4 ok\\n");
  EXPECT_EQ(bench.total("Accepted"), 3);
  EXPECT_EQ(bench.total("Rejected"), 1);
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

`admission.h` decides, the component carries it out: a request that is taken is answered after its CPU and waiting time.

## Validation

`admission_test.cpp` checks @ID@1 at, below and above the limit, `@name@_test.cpp` what a client sees of it.

## References

None yet: @ID@1 is an assumption.
""",
}


def write_model(root: Path, name: str, title: str) -> Path:
    """The new folder. FileExistsError when there is one already, ValueError for a name that is no identifier."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name):
        raise ValueError(f"{name!r} is no model name; use snake_case, like parcel_desk")
    if name in RESERVED:
        raise ValueError(f"{name!r} cannot be a namespace or a file beside those of a model; choose another name")
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
