#!/usr/bin/env python3
"""Every lesson of scenarios/lessons is true: its commands are run as they stand, and print what its page shows.

A page NAME.md has a question as its title, three possible answers, commands (```sh) each followed by an excerpt of
what they print (```text, a line "..." leaves some out), and an answer. `lessons_test.py --write` puts what is printed
now into the excerpts; then read the pages again. The table below holds the rules and words that
the answer has to contain whatever else the page shows, and numbers of the run that the page relies on.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import unittest
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LESSONS = ROOT / "scenarios" / "lessons"
UPDRAFT = os.environ["UPDRAFT"]


@dataclass
class Lesson:
    """What has to hold: rules and words that `why` prints for the page's commands, and facts of the run."""

    name: str
    rules: list[str]
    words: list[str]
    facts: dict[str, tuple[str, float, float]] = field(default_factory=dict)  # scenario: (path in --json, low, high)


def ok_of(traffic: str) -> str:
    return f"traffic.{traffic}.by_status.ok"


def p95_of(traffic: str) -> str:
    return f"traffic.{traffic}.latency.percentiles.p95.value_s"


def p99_of(traffic: str) -> str:
    return f"traffic.{traffic}.latency.percentiles.p99.value_s"


def sender(work: str, traffic: str) -> str:
    return f"work.{work}.by_source.traffic/{traffic}.age.percentiles"


TABLE = [
    Lesson(
        "storm",
        ["R24.1"],
        ["the retry quota is exhausted", "too many of the last calls failed"],
        {
            ok_of("five-attempts"): ("storm", 70_000, 75_000),
            ok_of("no-retries"): ("storm", 195_000, 205_000),
            ok_of("with-a-quota"): ("storm", 195_000, 205_000),
            ok_of("with-a-budget"): ("storm", 195_000, 205_000),
            ok_of("with-a-breaker"): ("storm", 195_000, 205_000),
            ok_of("to-one-who-sheds"): ("storm", 195_000, 205_000),
        },
    ),
    Lesson(
        "burst-and-rate",
        ["service.rate_limit"],
        ["no token is left"],
        {
            ok_of("job"): ("burst-and-rate", 1_900, 2_100),
            "traffic.even.by_status.throttled": ("burst-and-rate", 0, 0),
            "traffic.job-large.by_status.throttled": ("burst-and-rate", 0, 0),
            "traffic.job-again.by_status.throttled": ("burst-and-rate", 0, 0),
        },
    ),
    Lesson(
        "who-retries",
        ["R5.2.2", "R4.3.1"],
        ["3 failed invocations and 0 throttles", "received 5 times, and max_receive_count is 5"],
        {
            "functions.asked.invocations": ("who-retries", 100, 100),
            "functions.asked-by-sdk.invocations": ("who-retries", 200, 200),
            "functions.told.invocations": ("who-retries", 300, 300),
            "functions.behind-queue.invocations": ("who-retries", 500, 500),
            ok_of("waits"): ("who-retries-shaky", 60, 80),
            ok_of("waits-with-sdk"): ("who-retries-shaky", 94, 100),
        },
    ),
    Lesson(
        "cold-despite-provisioned",
        ["R5.1.6", "R5.5.6"],
        [
            "the provisioned ones are all in use, and no other is idle",
            "of another version than the one that was called",
            "the provisioned ones are still being allocated",
        ],
        {
            "traffic.to-enough.latency.max_s": ("cold-despite-provisioned", 0.2, 0.21),
            "traffic.to-too-few.latency.max_s": ("cold-despite-provisioned", 3.1, 3.3),
            "traffic.to-too-early.latency.max_s": ("cold-despite-provisioned", 3.1, 3.3),
            "traffic.to-by-name.latency.max_s": ("cold-despite-provisioned", 3.1, 3.3),
        },
    ),
    Lesson(
        "concurrent-not-per-second",
        ["R5.1.4", "R5.1.5"],
        ["1000 are in use, the limit is 1000", "10000 requests a second may come; 117 are in use"],
        {
            "traffic.reports.by_status.throttled": ("concurrent-not-per-second", 70_000, 80_000),
            "traffic.lookups.by_status.throttled": ("concurrent-not-per-second", 240_000, 260_000),
            "traffic.pages.by_status.throttled": ("concurrent-not-per-second", 0, 0),
            "traffic.reports-halved.by_status.throttled": ("concurrent-not-per-second", 0, 0),
            "traffic.lookups-raised.by_status.throttled": ("concurrent-not-per-second", 0, 0),
        },
    ),
    Lesson(
        "one-fifo-customer",
        [],
        ["(R4.4.1)", "among the first 120000 messages only (R4.4.2)", "1.004 of 20 threads are busy"],
        {
            sender("one-hands/launch_template", "orders-one") + ".p99.value_s": ("one-fifo-customer", 1_000, 1_200),
            sender("one-hands/launch_template", "orders-one") + ".p50.value_s": ("one-fifo-customer", 0.03, 0.05),
            sender("many-hands/launch_template", "orders-many") + ".p99.value_s": ("one-fifo-customer", 100, 259),
            sender("many-hands/launch_template", "import-many") + ".p99.value_s": ("one-fifo-customer", 200, 260),
        },
    ),
    Lesson(
        "slow-drain",
        [],
        ["20 threads are busy", "30 threads are busy", "in 4h32m at this pace", "in 9m58s at this pace"],
        {
            "queues.to-two.visible": ("slow-drain", 0, 10),
            "work.two/launch_template.age.max_s": ("slow-drain", 3_600, 3_900),
        },
    ),
    Lesson(
        "visibility-too-long",
        ["R4.2.2"],
        ["the visibility timeout of 21600 s had ended", "the visibility timeout of 120 s had ended"],
        {
            "work.long-hands/launch_template.age.max_s": ("visibility-too-long", 21_600, 25_200),
            "work.beating-hands/launch_template.age.max_s": ("visibility-too-long", 3_600, 7_200),
            "work.beating-hands/launch_template.again": ("visibility-too-long", 4, 4),
        },
    ),
    Lesson(
        "fills-the-dead-letter-queue",
        ["R5.3.5"],
        ["the function was throttled; they were received all the same"],
        {"queues.dead.visible": ("fills-the-dead-letter-queue", 100, 200)},
    ),
    Lesson(
        "throttled-below-the-limit",
        ["R5.1.4"],
        ["more than ten requests a second for each unit of concurrency"],
        {"traffic.lookups.by_status.throttled": ("throttled-below-the-limit", 290_000, 310_000)},
    ),
    Lesson(
        "processed-twice",
        ["R4.2.2"],
        ["the visibility timeout of 30 s had ended"],
        {
            "work.beating-hands/launch_template.again": ("processed-twice", 0, 0),
            "work.short-hands/launch_template.again": ("processed-twice", 100, 300),
        },
    ),
    Lesson("warm-up", ["R2.4.5"], ["a warming instance blocks scale-in", "9 times until 36m"]),
    Lesson(
        "eight-minutes",
        [],
        ["desired capacity from 2 to 4", "3 out of the last 3 datapoints", "in service at 14m30s (+30s)"],
        {"capacity.fleet.provided.max": ("eight-minutes", 4, 6)},
    ),
    Lesson(
        "never-scales-in",
        ["R2.6.4"],
        ["105 times until 2h blocked: one instance less would put the metric over the target"],
        {"capacity.fleet.provided.min": ("never-scales-in", 2, 2)},
    ),
    Lesson(
        "flaps",
        [],
        ["changing the desired capacity from 4 to 8", "changing the desired capacity from 8 to 4"],
        {"capacity.fleet.activities": ("flaps", 6, 6), "capacity.fleet.provided.max": ("flaps", 8, 8)},
    ),
    Lesson(
        "at-maximum",
        ["R2.1.2"],
        ["the group is at its maximum size"],
        {"capacity.fleet.provided.max": ("at-maximum", 4, 4)},
    ),
    Lesson(
        "requests-per-target",
        ["R2.6.4"],
        ["2 instances x 45", "50 (target)", "3000 (target)", "from 2 to 20", "from 2 to 3"],
        {
            "capacity.wrong.provided.max": ("requests-per-target", 20, 20),
            "capacity.right.provided.max": ("requests-per-target", 3, 4),
        },
    ),
    Lesson(
        "terminated-in-a-loop",
        ["R2.3.2"],
        ["an ELB system health check failure", "blocked: inside the health check grace period"],
        {
            ok_of("visitors"): ("terminated-in-a-loop", 0, 48_000),
            "capacity.fleet.terminations": ("terminated-in-a-loop", 5, 40),
        },
    ),
    Lesson(
        "average-is-fine",
        [],
        ["fault slow_instance: begins", "on the way and in line"],
        {
            p95_of("visitors"): ("average-is-fine", 3, 7),
            "traffic.visitors.latency.percentiles.p50.value_s": ("average-is-fine", 0.02, 0.03),
        },
    ),
    Lesson(
        "algorithm",
        [],
        ["fault slow_instance: begins"],
        {p95_of("to-least"): ("algorithm", 0.06, 0.12), p95_of("to-turns"): ("algorithm", 2, 5)},
    ),
    Lesson(
        "cross-zone", ["R6.4.2"], ["hot-two-off: ALARM", "hot-two-on: OK", "newest datapoint 80", "newest datapoint 32"]
    ),
    Lesson(
        "lose-a-zone",
        ["R2.3.2"],
        ["an ELB system health check failure"],
        {
            p95_of("to-nine"): ("lose-a-zone", 0.03, 0.1),
            p95_of("to-seven"): ("lose-a-zone", 1, 10),
            p95_of("to-six"): ("lose-a-zone", 1, 10),
        },
    ),
    Lesson(
        "codes",
        ["R3.7.1"],
        ["web-closed: i-000003 draining"],
        {
            "traffic.reports.by_status.bad_gateway": ("codes", 20, 60),
            "traffic.visitors.by_status.unavailable": ("codes", 2_700, 3_300),
            "traffic.searches.by_status.gateway_timeout": ("codes", 5_700, 6_300),
            "traffic.searches.by_status.ok": ("codes", 0, 0),
        },
    ),
    Lesson(
        "ready-at-nine",
        ["R2.8.2", "R2.12.1", "R2.6.4"],
        ["Launching a new EC2 instance from warm pool", "predictive scaling policy daily changed the desired capacity"],
        {
            "traffic.to-pool.by_status.bad_gateway": ("ready-at-nine", 20_000, 60_000),
            "traffic.to-predictive.by_status.bad_gateway": ("ready-at-nine", 0, 0),
            "traffic.to-scheduled.by_status.bad_gateway": ("ready-at-nine", 0, 0),
            "capacity.predictive.provided.max": ("ready-at-nine", 7, 7),
        },
    ),
    Lesson(
        "deploy",
        ["R3.7.1"],
        ["i-000001 draining", "an instance refresh replaced instances"],
        {
            "traffic.reports-cut.by_status.bad_gateway": ("deploy", 30, 60),
            "traffic.reports-patient.by_status.bad_gateway": ("deploy", 0, 0),
            "traffic.pages-cut.by_status.bad_gateway": ("deploy", 0, 0),
        },
    ),
    Lesson(
        "sticky",
        [],
        ["desired capacity from 2 to 6", "i-000006 in b: in service at 5m30s"],
        {p95_of("to-sticky"): ("sticky", 0.6, 1.2), p95_of("to-free"): ("sticky", 0.1, 0.45)},
    ),
    Lesson(
        "fast-failing",
        ["R3.6.1"],
        ["web-least: i-000001 unhealthy", "Target.FailedHealthChecks"],
        {
            "traffic.to-least.by_status.bad_gateway": ("fast-failing", 6_000, 14_000),
            "traffic.to-turns.by_status.bad_gateway": ("fast-failing", 1_500, 4_000),
        },
    ),
    Lesson(
        "stuck-alarm",
        ["R6.4.3"],
        ["slow-ignore: ALARM", "slow-missing: INSUFFICIENT_DATA", "slow-not-breaching: OK"],
    ),
    Lesson(
        "the-cliff",
        [],
        ["Nothing was decided or blocked about at-95"],
        {
            p99_of("percent-50"): ("the-cliff", 0.11, 0.14),
            p99_of("percent-70"): ("the-cliff", 0.17, 0.23),
            p99_of("percent-85"): ("the-cliff", 0.33, 0.48),
            p99_of("percent-95"): ("the-cliff", 0.8, 1.7),
        },
    ),
]


def updraft(arguments: list[str]) -> str:
    done = subprocess.run(
        [UPDRAFT, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "NO_COLOR": "1"},
    )
    if done.returncode != 0:
        raise AssertionError(f"updraft {' '.join(arguments)} gave {done.returncode}: {done.stderr}")
    return done.stdout


def blocks(page: str) -> list[tuple[str, str]]:
    return re.findall(r"^```(\w+)\n(.*?)^```$", page, re.M | re.S)


def missing_line(shown: str, printed: str) -> str | None:
    """The first line of the excerpt that the output does not have, in order; without gaps but for "..."."""
    lines = [line.strip() for line in printed.splitlines()]
    at, gap = 0, True
    for line in (line.strip() for line in shown.splitlines()):
        if line == "...":
            gap = True
            continue
        if not line:
            continue
        while at < len(lines) and (not lines[at] or (gap and lines[at] != line)):
            at += 1
        if at == len(lines) or lines[at] != line:
            return line
        at, gap = at + 1, False
    return None


def shape(line: str) -> str:
    return re.sub(r"[\d.,]+", "#", line.strip())


def written_anew(shown: str, printed: str) -> str:
    """The excerpt with the lines that are printed now: of the same words, with other numbers."""
    lines = printed.splitlines()
    at, text = 0, []
    for line in shown.splitlines():
        if line.strip() not in ("", "..."):
            found = next((i for i in range(at, len(lines)) if shape(lines[i]) == shape(line)), None)
            if found is None:
                print(f"no longer printed: {line}")
            else:
                line, at = lines[found], found + 1
        text.append(line)
    return "\n".join(text) + "\n"


def write() -> None:
    for lesson in TABLE:
        path = LESSONS / f"{lesson.name}.md"
        page = path.read_text()
        found = blocks(page)
        for (_, command), (_, shown) in zip(found[::2], found[1::2], strict=True):
            page = page.replace(shown, written_anew(shown, updraft(command.split()[1:])))
        path.write_text(page)


def value_at(report: dict, path: str) -> float:
    """traffic.visitors.by_status.ok: names of a list's elements stand for their places."""
    at = report
    for part in path.split("."):
        at = next(one for one in at if one["name"] == part) if isinstance(at, list) else at[part]
    return float(at)


class Lessons(unittest.TestCase):
    maxDiff = None

    def test_every_page_has_its_parts_and_stands_in_the_index(self) -> None:
        index = (LESSONS / "README.md").read_text()
        pages = sorted(path.stem for path in LESSONS.glob("*.md") if path.stem != "README")
        self.assertEqual(pages, sorted(lesson.name for lesson in TABLE))
        for name in pages:
            with self.subTest(lesson=name):
                page = (LESSONS / f"{name}.md").read_text()
                title = re.match(r"# (.+)\n", page)
                self.assertIsNotNone(title)
                self.assertIn(f"[{title[1]}]({name}.md)", index)
                self.assertEqual(re.findall(r"^- \*\*([a-c])\*\* ", page, re.M), ["a", "b", "c"])
                self.assertRegex(page, r"(?m)^## Answer: [abc]$")
        for scenario in sorted(LESSONS.glob("*.yaml")):
            with self.subTest(scenario=scenario.name):
                named = re.match(r"# Lesson: .*See ([\w-]+)\.md\.\n", scenario.read_text())
                self.assertIsNotNone(named)
                self.assertIn(f"]({scenario.name})", (LESSONS / f"{named[1]}.md").read_text())

    def test_the_commands_print_what_the_pages_show(self) -> None:
        for lesson in TABLE:
            page = (LESSONS / f"{lesson.name}.md").read_text()
            found = blocks(page)
            self.assertGreater(len(found), 1, lesson.name)
            printed = ""
            for (kind, command), (next_kind, shown) in zip(found[::2], found[1::2], strict=True):
                self.assertEqual((kind, next_kind), ("sh", "text"), lesson.name)
                words = command.split()
                self.assertEqual(words[0], "updraft")
                output = updraft(words[1:])
                printed += output
                with self.subTest(lesson=lesson.name, command=command.strip()):
                    self.assertIsNone(missing_line(shown, output), output[-6000:])
            answer = page[page.index("## Answer") :]
            text = " ".join(printed.split())
            for rule in lesson.rules:
                with self.subTest(lesson=lesson.name, rule=rule):
                    self.assertIn(f"{rule}: ", text)
                    self.assertIn(rule, answer)
            for words in lesson.words:
                with self.subTest(lesson=lesson.name, words=words):
                    self.assertIn(words, text)

    def test_the_numbers_of_the_pages_hold(self) -> None:
        for lesson in TABLE:
            reports: dict[str, dict] = {}
            for fact, (scenario, low, high) in lesson.facts.items():
                if scenario not in reports:
                    file = f"scenarios/lessons/{scenario}.yaml"
                    reports[scenario] = json.loads(updraft(["run", file, "--no-output", "--json", "-q"]))
                with self.subTest(lesson=lesson.name, fact=fact):
                    value = value_at(reports[scenario], fact)
                    self.assertTrue(low <= value <= high, f"{value} is not within {low} and {high}")


if __name__ == "__main__":
    if "--write" in sys.argv:
        write()
    else:
        sys.exit(unittest.main())
