"""Latencies: percentiles over time, and the spectrum of a whole run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from updraft import _percentiles
from updraft._names import names_of
from updraft.plots import _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from updraft._results import Results

_NINES = (50.0, 90.0, 99.0, 99.9, 99.99, 99.999, 99.9999)


def over_time(
    results: Results, name: str | None, percentiles: Sequence[float], metric: str | None, ax: Axes | None
) -> Axes:
    series, resource, found = _percentiles.series_of(results, name, metric)
    frame = _percentiles.over_time(results, series, percentiles)
    ax = _style.one(ax)
    for number, percentile in enumerate(frame.columns):
        style = _style.line(len(frame.columns) - 1 - number)  # the highest is the most seen
        ax.plot(frame.index.values, frame[percentile].to_numpy(), label=f"p{percentile:g}", **style)
    if frame.notna().any(axis=None):
        ax.set_yscale("log")
        _seconds(ax)
    else:
        _style.nothing(ax, "no whole minute with an answer")
    ax.set_ylabel(f"{found} of {resource.removeprefix('traffic/')} (s)")
    _style.time_axis(ax, *_style.span(results))
    _style.legend(ax)
    _style.finish(ax)
    return ax


def spectrum(results: Results, names: Sequence[str], metric: str | None, ax: Axes | None) -> Axes:
    import numpy as np

    chosen = list(names) or _answered(results)
    ax = _style.one(ax)
    most = 1
    for number, name in enumerate(chosen):
        series, resource, _ = _percentiles.series_of(results, name, metric)
        counts = _percentiles.whole_run(results, series)
        if not counts.total:
            continue
        most = max(most, counts.total)
        at_most = np.cumsum(counts.count)
        # The share of requests at or above each bucket.
        above = (counts.total - at_most + counts.count) / counts.total
        lower = np.maximum(counts.lower_s, counts.least_s)
        upper = np.minimum(counts.upper_s, counts.most_s)
        middle = lower + (upper - lower) / 2
        style = _style.line(number)
        label = f"{resource.removeprefix('traffic/')} ({counts.total:,})"
        # A bucket's value holds from its first rank to the next bucket's; the greatest up to one request of all.
        at: Any = np.append(1 / above, counts.total)
        middle, lower, upper = (np.append(values, values[-1]) for values in (middle, lower, upper))
        ax.plot(at, middle, label=label, drawstyle="steps-post", **style)
        ax.fill_between(at, lower, upper, step="post", color=style["color"], alpha=0.25, linewidth=0)
    ax.set_xscale("log")
    ax.set_xlim(1, max(most, 10))
    shown = [nine for nine in _NINES if 1 / (1 - nine / 100) <= max(most, 10) * 1.001]
    ax.set_xticks([1 / (1 - nine / 100) for nine in shown], [f"{nine:.7g}" for nine in shown])
    ax.set_xticks([], minor=True)
    ax.set_xlabel("percentile of requests (%)")
    ax.set_ylabel("latency (s)")
    if ax.lines:
        ax.set_yscale("log")
        _seconds(ax)
    else:
        _style.nothing(ax, "no request was answered")
    _style.legend(ax, columns=3)
    _style.finish(ax)
    ax.grid(axis="x", color="0.85", linewidth=0.6)
    return ax


def _answered(results: Results) -> list[str]:
    found = []
    for name in names_of(results, "traffic source"):
        try:
            series, _, _ = _percentiles.series_of(results, name)
        except (KeyError, ValueError):
            continue
        if _percentiles.whole_run(results, series).total:
            found.append(name)
    return found


def _seconds(ax: Axes) -> None:
    """Numbers at a logarithmic axis of seconds, written out."""
    import matplotlib.ticker as ticker

    def words(value: float, _: Any) -> str:
        return f"{value:.12g}"

    low, high = ax.get_ylim()
    few = high / low > 1000
    ax.yaxis.set_major_locator(ticker.LogLocator(base=10, subs=(1.0,) if few else (1.0, 2.0, 5.0)))
    ax.yaxis.set_major_formatter(ticker.FuncFormatter(words))
    ax.yaxis.set_minor_formatter(ticker.NullFormatter())
