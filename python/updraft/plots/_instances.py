"""The life of each instance of a fleet as a bar: pending, boot, warm-up, grace period, in service."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updraft._names import pick
from updraft.plots import _fleet, _style

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from updraft._results import Results

# Bars by their face and hatch; lightness and pattern tell them apart without colour.
_PENDING: dict[str, Any] = {"facecolor": "white", "edgecolor": "0.25", "hatch": "....."}
_BOOT: dict[str, Any] = {"facecolor": "#f4d9b8", "edgecolor": "0.25", "hatch": "////"}
_SERVICE: dict[str, Any] = {"facecolor": _style.LIGHT, "edgecolor": _style.DARK}
_WARM_UP: dict[str, Any] = {"facecolor": _style.DARK, "edgecolor": _style.DARK}
_GRACE: dict[str, Any] = {"facecolor": "white", "edgecolor": "0.1"}


@dataclass(frozen=True)
class Pauses:
    """What a group waits for after InService, in nanoseconds; None where the scenario is not known."""

    warm_up_ns: int | None = None
    grace_ns: int | None = None
    target_groups: tuple[str, ...] | None = None


def pauses(results: Results, fleet: str) -> Pauses:
    """R2.4.3: the warm-up is the policy's, else default_instance_warmup, else default_cooldown; of several, the longest."""
    scenario = results.scenario
    if scenario is None or fleet not in scenario.resources:
        return Pauses()
    group = json.loads(scenario.parameters_json(fleet))

    def nanoseconds(of: dict[str, Any], name: str, otherwise: int) -> int:
        return int(of[name].get("ns", 0)) if name in of else otherwise

    usual = nanoseconds(group, "default_instance_warmup", nanoseconds(group, "default_cooldown", 0))
    told = [
        nanoseconds(kind, "estimated_instance_warmup", usual)
        for policy in group.get("scaling_policies", [])
        for name, kind in policy.items()
        if name in ("target_tracking", "step_scaling")
    ]
    groups = tuple(str(name) for name in group.get("target_groups", []))
    return Pauses(max(told, default=usual), nanoseconds(group, "health_check_grace_period", 0), groups)


def first_healthy(results: Results, groups: tuple[str, ...]) -> dict[str, pd.Timestamp]:
    """When each instance was first healthy at a node of one of the target groups, by its id."""
    decisions = results.decisions
    health = decisions[(decisions["kind"] == "health") & decisions["who"].isin(groups)]
    ids = health["what"].str.extract(r"^(i-\w+) healthy", expand=False)
    found: dict[str, Any] = health["first"].groupby(ids).min().to_dict()
    return found


def gantt(results: Results, name: str | None, ax: Axes | None) -> Axes:
    import numpy as np
    import pandas as pd

    fleet = pick(results, "fleet", name)
    instances = _fleet._of_fleet(results, fleet)
    ax = _style.one(ax, height=min(9.0, 2.2 + 0.2 * max(len(instances), 5)))
    begin, end = _style.span(results)
    known = pauses(results, fleet)
    healthy = first_healthy(results, known.target_groups or ())

    def bars(starts: Any, ends: Any, label: str, height: float, shift: float = 0.0, **style: Any) -> None:
        starts = np.maximum(np.asarray(starts, dtype="datetime64[ns]"), begin)
        ends = np.minimum(np.asarray(ends, dtype="datetime64[ns]"), end)
        rows = np.arange(len(starts))
        some = ~np.isnat(starts) & ~np.isnat(ends) & (ends > starts)
        if some.any():
            ax.barh(
                rows[some] + shift,
                ends[some] - starts[some],
                left=starts[some],
                height=height,
                label=label,
                linewidth=0.5,
                **style,
            )

    ended = instances["ended"].fillna(pd.Timestamp(end)).to_numpy()
    launched, served = instances["launched"].to_numpy(), instances["in_service"].to_numpy()
    bars(launched, np.where(np.isnat(served), ended, np.minimum(served, ended)), "pending", 0.8, **_PENDING)
    bars(served, ended, "in service", 0.8, **_SERVICE)
    launched_later = instances["launched_ns"].to_numpy() > 0
    seen = pd.to_datetime(instances["id"].map(healthy)).to_numpy(dtype="datetime64[ns]")
    bars(served, np.where(launched_later, np.minimum(seen, ended), served), "boot, until healthy", 0.8, **_BOOT)
    for pause_ns, label, height, shift, style in (
        (known.warm_up_ns, "warm-up", 0.22, 0.29, _WARM_UP),
        (known.grace_ns, "grace period", 0.22, -0.29, _GRACE),
    ):
        if pause_ns:
            until = np.minimum(served + np.timedelta64(pause_ns, "ns"), ended)
            bars(served, np.where(launched_later, until, served), label, height, shift, **style)
    if not len(instances):
        _style.nothing(ax, f"{fleet} launched no instance")
    _fleet._rows(ax, instances["id"].tolist())
    ax.set_ylabel(f"instance of {fleet}")
    _style.time_axis(ax, begin, end)
    _style.legend(ax, columns=3)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    return ax
