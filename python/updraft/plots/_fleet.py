"""Load and capacity of a fleet, and what each of its instances did."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from updraft._names import names_of, pick
from updraft.plots import _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from updraft._results import Results

_MINUTE_S = 60.0
_LABELS = 24  # ids of instances that an axis has room for


def capacity(results: Results, name: str | None, axes: Sequence[Axes] | None) -> tuple[Axes, Axes]:
    import numpy as np

    fleet = pick(results, "fleet", name)
    load, ax = _style.two(axes)
    for number, source in enumerate(names_of(results, "traffic source")):
        frame = results.frame(source)
        rate = frame["Requests"].to_numpy() / _MINUTE_S
        _style.steps(load, frame.index.values, rate, source.removeprefix("traffic/"), **_style.line(number))
    load.set_ylabel("load (requests/s)")
    load.set_ylim(bottom=0)
    frame = results.frame(fleet)
    times = frame.index.values
    provided = frame["GroupInServiceInstances"].to_numpy()
    desired = frame["GroupDesiredCapacity"].to_numpy()
    _style.steps(ax, times, desired, "desired", color=_style.LIGHT, linewidth=5.0)  # seen on both sides of the others
    _style.steps(ax, times, provided, "provided (in service)", **_style.line(0))
    if "needed_instances" in frame:
        needed = frame["needed_instances"].to_numpy()
        _style.steps(ax, times, needed, "needed", **_style.line(1))
        if (needed > provided).any():
            above: Any = np.append(needed, needed[-1:])
            below: Any = np.append(provided, provided[-1:])
            ax.fill_between(
                _style.ends(times, 60),
                above,
                below,
                where=above > below,
                step="post",
                facecolor=_style.SHADE,
                hatch="////",
                edgecolor="0.4",
                linewidth=0,
                label="short",
            )
    ax.set_ylabel(f"{fleet} (instances)")
    ax.set_ylim(bottom=0)
    begin, end = _style.span(results)
    for each in (load, ax):
        _style.time_axis(each, begin, end, labelled=each is ax)
        _style.legend(each)
        _style.finish(each)
        if not len(times):
            _style.nothing(each, "no whole minute")
    return load, ax


def targets(results: Results, metric: str, name: str | None, ax: Axes | None) -> Axes:
    import numpy as np

    fleet = pick(results, "fleet", name)
    instances = _of_fleet(results, fleet)
    ax = _style.one(ax, height=min(9.0, 2.2 + 0.16 * max(len(instances), 6)))
    begin, end = _style.span(results)
    if "instance_metrics" in results.groups:
        times, values, unit = _matrix(results, metric, instances.index.to_numpy())
    else:
        times, values, unit = np.empty(0, dtype="datetime64[ns]"), np.empty((len(instances), 0)), "Count"
    if values.size:
        edges = _style.ends(times, int(_period_s(times)))
        mesh = ax.pcolormesh(edges, np.arange(len(instances) + 1) - 0.5, values, cmap="cividis", rasterized=True)
        if unit == "Percent":
            mesh.set_clim(0, 100)
        bar = ax.figure.colorbar(mesh, ax=ax, pad=0.01)
        bar.set_label(f"{metric} ({unit})")
    else:
        _style.nothing(ax, f"no instance of {fleet} was in service for a whole minute")
    _rows(ax, instances["id"].tolist())
    ax.set_ylabel(f"instance of {fleet}")
    _style.time_axis(ax, begin, end)
    return ax


def _of_fleet(results: Results, fleet: str) -> Any:
    """The instances of a fleet in the order of their launches; the index is their row in the table."""
    instances = results.instances
    mine = (instances["owner"] == fleet) | instances["owner"].str.startswith(f"{fleet}/")
    template = _template(results, fleet)
    if template is not None:
        mine |= instances["owner"] == template
    return instances[mine].sort_values("launched_ns", kind="stable")


def _template(results: Results, fleet: str) -> str | None:
    """The launch template of a fleet where the scenario names one that stands by itself."""
    import json

    scenario = results.scenario
    if scenario is None or fleet not in scenario.resources:
        return None
    template = json.loads(scenario.parameters_json(fleet)).get("launch_template")
    return template if isinstance(template, str) else None


def _matrix(results: Results, metric: str, rows: Any) -> tuple[Any, Any, str]:
    """Starts of the periods, shape (periods,), and the metric by instance and period, NaN where it was not."""
    import numpy as np

    data = results.dataset("instance_metrics")
    own = [str(name) for name in data.data_vars if name not in ("instance", "time", "time_ns")]
    if metric not in own:
        raise KeyError(f"no metric {metric!r} of instances; there are {', '.join(own)}")
    unit = str(data[metric].attrs["units"])
    row_of = dict(zip(rows.tolist(), range(len(rows)), strict=True))
    row = np.array([row_of.get(number, -1) for number in data["instance"].values.tolist()], dtype=np.int64)
    mine = (row >= 0) & (data["time_ns"].values < results._valid_until_ns)
    seen = data["time"].values[mine]
    if not len(seen):
        return seen, np.empty((len(rows), 0)), unit
    # Every period, those without an instance too: a cell is as wide as its period.
    period = np.timedelta64(int(_period_s(np.unique(seen))), "s")
    times = np.arange(seen.min(), seen.max() + period, period)
    values = np.full((len(rows), len(times)), np.nan)
    values[row[mine], (seen - times[0]) // period] = data[metric].values[mine]
    return times, values, unit


def _period_s(times: Any) -> float:
    import numpy as np

    return float(np.diff(times).min() / np.timedelta64(1, "s")) if len(times) > 1 else _MINUTE_S


def _rows(ax: Axes, ids: list[str]) -> None:
    """Ids at the rows, as many as there is room for; the first on top."""
    every = max(1, -(-len(ids) // _LABELS))
    ax.set_yticks(range(0, len(ids), every), ids[::every], fontsize="small")
    ax.set_ylim(max(len(ids), 1) - 0.5, -0.5)
