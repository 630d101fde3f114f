"""Percentiles out of the histograms of a result file, each with the bounds that the histogram's buckets give.

The rule is sim/metrics/histogram.h's: the value of rank ceil(p n) lies in a bucket, what is told is the middle of that
bucket between the smallest and the largest value seen. A bucket is at most 1/128 of its lower edge wide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updraft._names import choose

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from updraft._results import Results

    Array = np.ndarray[Any, Any]

USUAL = (50.0, 90.0, 95.0, 99.0, 99.9)


@dataclass(frozen=True)
class Counts:
    """A histogram: how many values lie in each bucket that is not empty, in order of the buckets.

    Edges in seconds; `least` and `most` are the extreme values, infinite where the run was killed before they were known.
    """

    lower_s: Array
    upper_s: Array
    count: Array
    least_s: float
    most_s: float

    @property
    def total(self) -> int:
        return int(self.count.sum())


def series_of(results: Results, name: str | None, metric: str | None = None) -> tuple[int, str, str]:
    """Number, resource and metric of the histogram that is meant."""
    if "latency" not in results.groups:
        raise ValueError("these results hold no latencies")
    data = results.dataset("latency")
    rows = list(zip(data["resource"].values.tolist(), data["metric"].values.tolist(), strict=True))
    if name is None:  # what the clients saw, where there is one kind of them
        clients = [resource for resource, _ in rows if resource.startswith("traffic/")]
        name = choose("resource with latencies", clients if len(clients) == 1 else [r for r, _ in rows], None)
    resource = choose("resource with latencies", dict.fromkeys(r for r, _ in rows), name)
    of_resource = [row for row in rows if row[0] == resource]
    found = choose(f"distribution of {resource}", [m for _, m in of_resource], metric)
    return rows.index((resource, found)), resource, found


def whole_run(results: Results, series: int) -> Counts:
    """The histogram of the whole run; of a killed one, of the periods up to valid_until."""
    import numpy as np

    data = results.dataset("latency")
    mine = data["run_series"].values == series
    buckets, counts = data["run_bucket"].values[mine], data["run_count"].values[mine]
    least, most = 0.0, float("inf")
    if counts.size:
        least, most = (float(data[name].values[series]) / 1e9 for name in ("min", "max"))
    else:
        _, which, buckets, counts = _periods(results, series)
        del which
        buckets, back = np.unique(buckets, return_inverse=True)
        counts = np.bincount(back, weights=counts, minlength=len(buckets)).astype(np.int64)
    order = np.argsort(buckets, kind="stable")
    buckets, counts = buckets[order], counts[order]
    lower, upper = data["bucket_lower"].values[buckets] / 1e9, data["bucket_upper"].values[buckets] / 1e9
    return Counts(lower, upper, counts, least, most)


def percentiles(results: Results, name: str | None, which: Sequence[float], metric: str | None) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    series, resource, found = series_of(results, name, metric)
    hundredths = [_hundredths(p) for p in which]
    counts = whole_run(results, series)
    index = pd.Index([float(p) for p in which], name="percentile")
    nothing = np.full(len(index), np.nan)
    lower, upper = nothing, nothing
    if counts.total:
        at = np.searchsorted(np.cumsum(counts.count), [_rank(h, counts.total) for h in hundredths])
        lower = np.maximum(counts.lower_s[at], counts.least_s)
        upper = np.minimum(counts.upper_s[at], counts.most_s)
    frame = pd.DataFrame({"value_s": lower + (upper - lower) / 2, "lower_s": lower, "upper_s": upper}, index=index)
    frame.attrs = {"resource": resource, "metric": found, "count": counts.total}
    return frame


def over_time(results: Results, series: int, which: Sequence[float]) -> pd.DataFrame:
    """Percentiles of each period in seconds, by the start of the period; periods without a value are NaN.

    Middles of buckets, within 0.4 % of the value at that rank.
    """
    import numpy as np
    import pandas as pd

    hundredths = [_hundredths(p) for p in which]
    times, of, buckets, counts = _periods(results, series)
    data = results.dataset("latency")
    edges = (data["bucket_lower"].values + (data["bucket_upper"].values - data["bucket_lower"].values) / 2) / 1e9
    totals = np.bincount(of, weights=counts, minlength=len(times)).astype(np.int64)
    before = np.cumsum(totals) - totals
    running = np.cumsum(counts)
    columns = {}
    for p, part in zip(which, hundredths, strict=True):
        ranks = np.array([_rank(part, int(n)) for n in totals], dtype=np.int64)
        values = np.full(len(times), np.nan)
        some = totals > 0
        values[some] = edges[buckets[np.searchsorted(running, (before + ranks)[some])]]
        columns[float(p)] = values
    return pd.DataFrame(columns, index=pd.DatetimeIndex(times, name="time"))


def _periods(results: Results, series: int) -> tuple[Array, Array, Array, Array]:
    """Starts of the periods of a series that count, and of each entry the period, the bucket and the count."""
    import numpy as np

    data = results.dataset("latency")
    rows = np.flatnonzero(
        (data["period_series"].values == series) & (data["period_time_ns"].values < results._valid_until_ns)
    )
    first, size = data["period_first"].values[rows], data["period_size"].values[rows]
    of: Array = np.repeat(np.arange(len(rows)), size)
    entries = np.repeat(first - (np.cumsum(size) - size), size) + np.arange(int(size.sum()))
    return (
        data["period_time"].values[rows],
        of,
        data["period_bucket"].values[entries],
        data["period_count"].values[entries],
    )


def _hundredths(percentile: float) -> int:
    """Percentiles are told to a hundredth, as CloudWatch has them: p99.99 is 9999."""
    hundredths = round(float(percentile) * 100)
    if not 0 < hundredths <= 10_000 or abs(hundredths - float(percentile) * 100) > 1e-6:
        raise ValueError(f"percentile {percentile} is none; give one above 0 and up to 100, with at most two decimals")
    return hundredths


def _rank(hundredths: int, count: int) -> int:
    return (count * hundredths + 9_999) // 10_000
