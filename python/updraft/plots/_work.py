"""Queues and functions over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from updraft._names import pick
from updraft.plots import _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from updraft._results import Results


def queue(results: Results, name: str | None, axes: Sequence[Axes] | None) -> tuple[Axes, Axes]:
    chosen = pick(results, "queue", name)
    depth, age = _style.two(axes)
    frame = results.frame(chosen)
    times = frame.index.values
    for number, (metric, label) in enumerate(
        (
            ("ApproximateNumberOfMessagesVisible", "visible"),
            ("ApproximateNumberOfMessagesNotVisible", "in flight"),
        )
    ):
        _style.steps(depth, times, frame[metric].to_numpy(), label, **_style.line(number))
    depth.set_ylabel(f"{chosen} (messages)")
    oldest = frame["ApproximateAgeOfOldestMessage"].to_numpy()
    _style.steps(age, times, oldest, "oldest message", **_style.line(0))
    age.set_ylabel("age of the oldest (s)")
    _finish(results, (depth, age), len(times))
    return depth, age


def concurrency(results: Results, name: str | None, axes: Sequence[Axes] | None) -> tuple[Axes, Axes]:
    chosen = pick(results, "function", name)
    running, cold = _style.two(axes)
    frame = results.frame(chosen)
    times = frame.index.values
    for number, (metric, label) in enumerate(
        (("ConcurrentExecutions_Maximum", "concurrent executions"), ("Environments_Maximum", "environments"))
    ):
        _style.steps(running, times, frame[metric].to_numpy(), label, **_style.line(number))
    running.set_ylabel(f"{chosen} (most at once)")
    starts = frame["ColdStarts"].to_numpy()
    if len(times):
        cold.stairs(
            starts, _style.ends(times, 60), fill=True, color=_style.LIGHT, edgecolor=_style.DARK, label="cold starts"
        )
    _style.steps(cold, times, frame["Throttles"].to_numpy(), "throttles", **_style.line(1))
    cold.set_ylabel("in each minute (1/min)")
    _finish(results, (running, cold), len(times))
    return running, cold


def _finish(results: Results, axes: tuple[Axes, Axes], periods: int) -> None:
    begin, end = _style.span(results)
    for each in axes:
        each.set_ylim(bottom=0)
        _style.time_axis(each, begin, end, labelled=each is axes[1])
        _style.legend(each)
        _style.finish(each)
        if not periods:
            _style.nothing(each, "no whole minute")
