#!/usr/bin/env python3
"""Measured and simulated cold starts side by side: docs/validation/cold-starts.md.

Twenty experiments on AWS Lambda (the CSV file, by SimFaaS, MIT): Poisson arrivals at a rate, the mean time of a warm
and of a cold invocation, and the share of cold starts with its standard error. Each is simulated with the function
model's own defaults but for what the experiment says; z is the difference over both standard errors.

    cold_starts.py [--check]     # --check: say whether the page is what would be written
"""

from __future__ import annotations

import csv
import json
import math
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "tests" / "validation" / "data" / "aws_lambda_measured_cold_starts.csv"
PAGE = ROOT / "docs" / "validation" / "cold-starts.md"
UPDRAFT = os.environ.get("UPDRAFT", str(ROOT / "build" / "release" / "cli" / "updraft"))

DAY = 86_400
REQUESTS = 3_000_000  # of an experiment, unless that takes more than a year
SPARSE = 100_000  # of one whose share of cold starts is large
BATCHES = 4  # seeds: cold starts come in bursts, so their number is no binomial one
REUSES = ["most_recently_used", "least_recently_used"]
REUSED = ["experiment_0", "experiment_6", "experiment_9"]


@dataclass
class Experiment:
    name: str
    rate: float  # 1/s
    warm_ms: float
    cold_ms: float
    measured: float  # share of cold starts
    measured_error: float
    simulated: float = 0
    simulated_error: float = 0
    others: list[float] = field(default_factory=list)  # where another idle environment is taken: REUSES

    @property
    def z(self) -> float:
        return (self.measured - self.simulated) / math.hypot(self.measured_error, self.simulated_error)


def experiments() -> list[Experiment]:
    with DATA.open() as file:
        rows = [
            Experiment(
                row[""],
                float(row["ArrivalRate"]),
                float(row["ServiceTimeWarm"]),
                float(row["ServiceTimeCold"]),
                float(row["ColdStartProbability"]),
                float(row["ColdStartProbabilitySE"]),
            )
            for row in csv.DictReader(file)
        ]
    return sorted(rows, key=lambda each: each.rate)


def scenario(each: Experiment, reuse: str) -> str:
    wanted = SPARSE if each.measured > 0.015 else REQUESTS
    days = math.ceil(min(wanted / each.rate / DAY, 365) / BATCHES)
    return f"""scenario: {each.name}
duration: {days}d
resources:
  api:
    function:
      timeout: 60s
      environment_idle_timeout: 10m
      environment_reuse: {reuse}
      code: {{creation: 0s, init: {each.cold_ms - each.warm_ms:.3f}ms, wait: {{exponential: {each.warm_ms:.3f}ms}}}}
traffic: {{clients: {{to: api, rate: {each.rate!r}/s, latency: 0s}}}}
"""


def share_of(each: Experiment, folder: Path, reuse: str = "newest") -> tuple[float, float]:
    """The simulated share of cold starts and its standard error."""
    file = folder / f"{each.name}.yaml"
    file.write_text(scenario(each, reuse))
    shares = []
    for seed in range(1, BATCHES + 1):
        command = [UPDRAFT, "run", str(file), "--seed", str(seed), "--no-output", "--json", "-q"]
        report = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        function = report["functions"][0]
        shares.append(function["cold_starts"] / function["invocations"])
    mean = sum(shares) / BATCHES
    return mean, math.sqrt(sum((x - mean) ** 2 for x in shares) / (BATCHES - 1) / BATCHES)


def simulate(rows: list[Experiment]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for each in rows:
            each.simulated, each.simulated_error = share_of(each, Path(folder))
            if each.name in REUSED:
                each.others = [share_of(each, Path(folder), reuse)[0] for reuse in REUSES]


def chi_square(rows: list[Experiment]) -> float:
    return sum(each.z**2 for each in rows)


def page(rows: list[Experiment]) -> str:
    lines = [
        f"| {1e3 * each.rate:,.2f} | {each.warm_ms / 1e3:.3f} | {each.cold_ms / 1e3:.3f} "
        f"| {100 * each.measured:.3f} ± {100 * each.measured_error:.3f} "
        f"| {100 * each.simulated:.3f} ± {100 * each.simulated_error:.3f} | {each.z:+.2f} |"
        for each in rows
    ]
    others = [
        f"| {1e3 * each.rate:,.2f} | {100 * each.measured:.3f} ± {100 * each.measured_error:.3f} "
        f"| {100 * each.simulated:.3f} | {100 * each.others[0]:.3f} | {100 * each.others[1]:.4f} |"
        for each in rows
        if each.others
    ]
    text = TEXT.replace("@ROWS@", "\n".join(lines)).replace("@OTHERS@", "\n".join(others))
    return text.replace("@CHI@", f"{chi_square(rows):.1f}")


TEXT = """# Cold starts: measured on AWS, and simulated

<!-- Written by tools/cold_starts.py; tests/validation compares it. -->

Twenty experiments on AWS Lambda, published with [SimFaaS](https://github.com/pacslab/simfaas)
(MIT, [the data](../../tests/validation/data/aws_lambda_measured_cold_starts.csv) and
[its licence](../../tests/validation/data/LICENSE.SimFaaS.txt)): a function of about two seconds, Poisson arrivals, and the
share of invocations that began cold with its standard error. Each is simulated here with what the experiment says: its rate, the
mean times of a warm and of a cold invocation, ten minutes until an idle environment ends. As in SimFaaS times are exponential and
the newest idle environment is taken; the rest are this simulator's defaults.

| requests in 1,000 s | warm, s | cold, s | measured cold, % | simulated cold, % | z |
|---:|---:|---:|---:|---:|---:|
@ROWS@

z is the difference over the standard errors of both. Each is within 3.5. Over the twenty, the sum of z² is @CHI@; twenty
independent normal errors would make it more than 47.5 once in two thousand times. So the model is near, and not exact.

## What does not fit, and why

- The experiments from 0.05 to 0.4 requests a second measured less than what is simulated, by 4 to 26 %; those at 0.1 weigh most. At
  these rates nearly all cold starts are second environments: two invocations overlap after ten minutes without an overlap. What
  clients measure as the time of an invocation includes their way to AWS and back; the environment is busy for less, so fewer
  overlap. 100 ms less would take 5 % off.
- From 0.7 requests a second on, the measured shares are above the simulated ones, by up to 10 %. Environments are replaced in time
  even when they are busy; the simulation does that every two to six hours, an assumption (R5.5.2): AWS says no more than that it
  happens. A shorter life would raise these shares and hardly touch the others.
- The law of the time of an invocation is not published, only its mean.

## Which idle environment is taken

AWS does not say (R5.5.3), and it is a parameter of the function, `environment_reuse`. The shares of cold starts tell:

| requests in 1,000 s | measured cold, % | newest | most recently used | least recently used |
|---:|---:|---:|---:|---:|
@OTHERS@

To take the one that was idle for longest keeps all of them alive until the end of their life, and half of what is measured begins
cold: AWS does not do that. The newest fits better than the one that was used last, which is the default because neither is
documented.
"""


def main() -> int:
    rows = experiments()
    simulate(rows)
    text = page(rows)
    if "--check" in sys.argv[1:]:
        if PAGE.read_text() != text:
            print(f"{PAGE.relative_to(ROOT)} is stale; run tools/cold_starts.py", file=sys.stderr)
            return 1
        return 0
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
