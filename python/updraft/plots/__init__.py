"""Pictures of results, on matplotlib: `results.plot.latency()`.

Each gives the Axes that it drew on, for you to change. Where there is one Axes it may be given as `ax`, where there are two
as `axes`; without them a new figure is made. Lines differ in pattern and in lightness, so that they can be told apart in
print and in grey. Times are simulated ones, UTC. A name may be left out where there is one resource of the kind; otherwise
a ValueError lists the names, as a KeyError does for an unknown one. Gaps are gaps: what has no value is not drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from updraft.plots import _fleet, _instances, _latency, _scale_out, _work

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from updraft._results import Results

__all__ = ["Plots"]

USUAL = (50.0, 90.0, 99.0)


class Plots:
    """What `results.plot` gives: each method draws one kind of picture."""

    def __init__(self, results: Results) -> None:
        self._results = results

    def capacity(self, fleet: str | None = None, *, axes: Sequence[Axes] | None = None) -> tuple[Axes, Axes]:
        """Load (requests a second, all traffic sources) above the capacity of a fleet: needed against provided.

        Needed is `needed_instances` of the group: the CPU work that arrived, served or turned away, over that of an
        instance at its policies' target. Minutes in which it is above the instances in service are shaded.
        """
        return _fleet.capacity(self._results, fleet, axes)

    def targets(self, metric: str = "CPUUtilization", fleet: str | None = None, *, ax: Axes | None = None) -> Axes:
        """Heat map: a metric of each instance of a fleet (a row) over time, in the unit of the metric.

        `metric` is a column of the group instance_metrics. KeyError for another.
        """
        return _fleet.targets(self._results, metric, fleet, ax)

    def latency(
        self,
        name: str | None = None,
        percentiles: Sequence[float] = USUAL,
        *,
        metric: str | None = None,
        ax: Axes | None = None,
    ) -> Axes:
        """Percentiles of a latency in each minute, in seconds; of a traffic source, or of a resource with latencies."""
        return _latency.over_time(self._results, name, percentiles, metric, ax)

    def spectrum(self, *names: str, metric: str | None = None, ax: Axes | None = None) -> Axes:
        """Percentile spectrum of the whole run, in seconds: nines on an axis that gives each the same room.

        The band around a line is the bound that the histogram's buckets give, at most 1 %. Without names, all traffic
        sources that had an answer.
        """
        return _latency.spectrum(self._results, names, metric, ax)

    def queue(self, queue: str | None = None, *, axes: Sequence[Axes] | None = None) -> tuple[Axes, Axes]:
        """Messages of a queue, visible and in flight, above the age of the oldest one in seconds."""
        return _work.queue(self._results, queue, axes)

    def concurrency(self, function: str | None = None, *, axes: Sequence[Axes] | None = None) -> tuple[Axes, Axes]:
        """Concurrent executions and environments of a function, most in each minute, above cold starts and throttles."""
        return _work.concurrency(self._results, function, axes)

    def instances(self, fleet: str | None = None, *, ax: Axes | None = None) -> Axes:
        """Gantt chart of the instances of a fleet: boot, warm-up, health check grace period, in service.

        Warm-up and grace period count from InService (R2.4.4, R2.3.2) and are the scenario's; where the results do not know
        it (`results.scenario` is None) they are left out. Instances of the start are past their warm-up.
        """
        return _instances.gantt(self._results, fleet, ax)

    def scale_out(
        self, fleet: str | None = None, *, at: str | None = None, decision: int | None = None, ax: Axes | None = None
    ) -> Axes:
        """Waterfall of one scale-out: metric, alarm, then boot, first request and warm-up of each instance, in seconds.

        `decision` is the number of a change of the desired capacity (`results.decisions`); `at` ("2h10m") takes the first
        from that moment on. Without them, the first one of the run. Seconds count from the start of the metric's period
        that the alarm saw, or from the decision where no alarm led to it. ValueError where nothing was scaled out.
        """
        return _scale_out.waterfall(self._results, fleet, at, decision, ax)
