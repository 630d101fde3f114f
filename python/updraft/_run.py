"""Running a scenario."""

from __future__ import annotations

import datetime
import json
import operator
import os
from collections.abc import Callable

from updraft import _core
from updraft._errors import Interrupted
from updraft._results import Results

Duration = str | datetime.timedelta


def run(
    scenario: _core.Scenario | str | os.PathLike[str],
    *,
    seed: int | None = None,
    replication: int = 0,
    duration: Duration | None = None,
    output: str | os.PathLike[str] | None = None,
    progress: Callable[[float, float, int], object] | None = None,
) -> Results:
    """Runs a scenario, or the file of that name, and gives its results.

    `seed` and `duration` ("6h" or a timedelta; at most the scenario's) stand instead of the scenario's own.
    `output` is the result file; without one it is a temporary file that goes with the results.
    `progress(now, end, events)` is called now and then with simulated seconds and the number of events.

    The global interpreter lock is released during the run. Ctrl-C stops it within 100 ms and raises Interrupted, whose
    `results` hold what was done; so does whatever else a signal handler or `progress` raises, without results.
    Raises ValueError for a number or a duration out of its range, OSError when the result file cannot be written (a file
    that is there and is no result file is never replaced), RuntimeError when an invariant of Updraft breaks.
    """
    from updraft import _load

    if not isinstance(scenario, _core.Scenario):
        scenario = _load.load(scenario)
    if seed is not None:
        seed = _whole("seed", seed, 64)
    replication = _whole("replication", replication, 32)
    duration_ns = None if duration is None else _nanoseconds(duration)
    results = Results._for_run(output, scenario)
    report, stopped = _core.run(
        scenario,
        seed=seed,
        replication=replication,
        duration_ns=duration_ns,
        output=str(results.path),
        repeat=_repeat(scenario, seed, replication, duration, output),
        progress=progress,
    )
    results.report = json.loads(report)
    if isinstance(stopped, KeyboardInterrupt):
        raise Interrupted(results) from stopped
    if isinstance(stopped, BaseException):
        raise stopped
    return results


def _nanoseconds(duration: Duration) -> int:
    if isinstance(duration, str):
        return _core.parse_duration(duration)
    if not isinstance(duration, datetime.timedelta):
        raise TypeError(
            f'duration is {duration!r}; give a text with a unit, such as "60s" or "6h", or a datetime.timedelta'
        )
    nanoseconds = duration // datetime.timedelta(microseconds=1) * 1000
    if not -(2**63) <= nanoseconds < 2**63:
        raise ValueError(f"duration is {duration}; it must be above 0 s and at most the scenario's")
    return nanoseconds


def _whole(name: str, value: int, bits: int) -> int:
    """A whole number of that many bits; any integer type's."""
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} is {value!r}; give a whole number from 0 to {2**bits - 1}") from None
    if not 0 <= number < 2**bits:
        raise ValueError(f"{name} is {number}; it must be from 0 to {2**bits - 1}")
    return number


def _repeat(
    scenario: _core.Scenario,
    seed: int | None,
    replication: int,
    duration: Duration | None,
    output: str | os.PathLike[str] | None,
) -> str:
    """The call that repeats the run."""
    arguments = ["scenario" if scenario.file == "<text>" else repr(scenario.file)]
    arguments.append(f"seed={scenario.seed if seed is None else seed}")
    if replication:
        arguments.append(f"replication={replication}")
    if duration is not None:
        arguments.append(f"duration={duration!r}")
    if output is not None:
        arguments.append(f"output={os.fspath(output)!r}")
    return f"updraft.run({', '.join(arguments)})"
