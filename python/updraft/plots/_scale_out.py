"""One scale-out as a waterfall: what each part of the way from load to served requests took."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from updraft._names import pick
from updraft.plots import _instances, _style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from updraft._results import Results

_MOST = 20  # instances that are shown; the rest is counted


def waterfall(results: Results, name: str | None, at: str | None, decision: int | None, ax: Axes | None) -> Axes:
    fleet = pick(results, "fleet", name)
    chain, wanted = _chain(results, fleet, at, decision)
    by_id = {step["id"]: step for step in chain}
    change = by_id[wanted]
    way = _way_to(change, by_id)
    first = way[0]
    began = first["cause"].get("period_s")
    zero = first["first_s"] if began is None else began
    rows: list[tuple[str, list[tuple[float, float, str]]]] = []
    if began is not None:
        rows.append((f"metric to {_short(first)}", [(0.0, first["first_s"] - zero, "metric")]))
    for cause, effect in itertools.pairwise(way):
        if effect["first_s"] > cause["first_s"]:
            rows.append((f"to {_short(effect)}", [(cause["first_s"] - zero, effect["first_s"] - zero, "metric")]))
    known = _instances.pauses(results, fleet)
    launches = [step for step in chain if step["cause"]["decision"] == wanted and step["kind"] == "activity"]
    healthy = _healthy(results, known.target_groups or ())
    members = [member for step in launches for member in step["members"]]
    end = results._valid_until_ns / 1e9
    for member in members[:_MOST]:
        rows.append((member["id"], _bars(member, zero, end, known, healthy.get(member["id"]))))
    ax = _style.one(ax, height=min(9.0, 2.2 + 0.3 * len(rows)))
    _draw(ax, rows)
    if began is not None:
        words = f"  {first['cause']['metric']} of {first['cause']['resource']}"
        ax.text(first["first_s"] - zero, 0, words, va="center", fontsize="small")
    more = f" (and {len(members) - _MOST} more)" if len(members) > _MOST else ""
    ax.set_xlabel(f"time since {_moment(results, zero)} (s)")
    ax.set_ylabel(f"{fleet} (instances)\n{change['what'].removeprefix('desired capacity ')}{more}")
    return ax


def _chain(results: Results, fleet: str, at: str | None, decision: int | None) -> tuple[list[dict[str, Any]], int]:
    """The chain of the scale-out that is meant, and the number of the change of the desired capacity."""
    tree = results.why(fleet, start=at).tree
    for chain in sorted(tree["done"], key=lambda chain: min(_times(chain, fleet), default=float("inf"))):
        for step in chain["steps"]:
            is_it = step["id"] == decision if decision is not None else step["first_s"] >= tree["from_s"]
            if is_it and _scales_out(step, fleet, chain["steps"]):
                return chain["steps"], step["id"]
    which = f"decision {decision} is no scale-out of {fleet}" if decision is not None else f"{fleet} was not scaled out"
    raise ValueError(which + (f" from {at} on" if at is not None else ""))


def _times(chain: dict[str, Any], fleet: str) -> list[float]:
    return [step["first_s"] for step in chain["steps"] if _scales_out(step, fleet, chain["steps"])]


def _scales_out(step: dict[str, Any], fleet: str, steps: list[dict[str, Any]]) -> bool:
    """A change of the desired capacity that launched something."""
    return (
        step["kind"] == "desired capacity"
        and step["who"] == fleet
        and any(
            effect["cause"]["decision"] == step["id"]
            and effect["kind"] == "activity"
            and effect["what"].startswith("Launching")
            for effect in steps
        )
    )


def _way_to(change: dict[str, Any], by_id: dict[int, dict[str, Any]]) -> list[dict[str, Any]]:
    """The decisions that led to it, the first one first."""
    way = [change]
    while way[0]["cause"]["decision"] in by_id:
        way.insert(0, by_id[way[0]["cause"]["decision"]])
    return way


def _short(step: dict[str, Any]) -> str:
    kind = str(step["kind"])
    return {"alarm state": "alarm", "desired capacity": "change"}.get(kind, kind)


def _healthy(results: Results, groups: tuple[str, ...]) -> dict[str, float]:
    import numpy as np

    start = np.datetime64(results.attributes["start"], "ns")
    found = _instances.first_healthy(results, groups)
    return {name: float((when.to_datetime64() - start) / np.timedelta64(1, "s")) for name, when in found.items()}


def _bars(
    member: dict[str, Any], zero: float, end: float, known: _instances.Pauses, healthy: float | None
) -> list[tuple[float, float, str]]:
    """Begin, end and kind of each part of an instance's start, in seconds since `zero`."""
    ended = end if member["ended_s"] is None else min(member["ended_s"], end)
    served = member["in_service_s"]
    pending_until = ended if served is None else served
    bars = [(member["launched_s"] - zero, pending_until - zero, "pending")]
    if served is None:
        return bars
    if healthy is not None and healthy > served:
        bars.append((served - zero, healthy - zero, "boot"))
    ready = served if healthy is None else max(healthy, served)
    traced = member.get("first_traced_request")
    if traced is not None and traced["at_s"] > ready:
        bars.append((ready - zero, traced["at_s"] - zero, "request"))
    if known.warm_up_ns:
        bars.append((served - zero, min(served + known.warm_up_ns / 1e9, ended) - zero, "warm-up"))
    return bars


_KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "metric": ("until it was decided", {"facecolor": "0.93", "edgecolor": "0.25", "hatch": "\\\\\\\\"}),
    "pending": ("pending", _instances._PENDING),
    "boot": ("boot, until healthy", _instances._BOOT),
    "request": ("until the first traced request", _instances._SERVICE),
    "warm-up": ("warm-up", _instances._WARM_UP),
}


def _draw(ax: Axes, rows: list[tuple[str, list[tuple[float, float, str]]]]) -> None:
    for kind, (label, style) in _KINDS.items():
        thin = kind == "warm-up"
        at = [(row, begin, end) for row, (_, bars) in enumerate(rows) for begin, end, of in bars if of == kind]
        if at:
            ax.barh(
                [row + (0.29 if thin else 0.0) for row, _, _ in at],
                [end - begin for _, begin, end in at],
                left=[begin for _, begin, _ in at],
                height=0.22 if thin else 0.8,
                label=label,
                linewidth=0.5,
                **style,
            )
    ax.set_yticks(range(len(rows)), [label for label, _ in rows], fontsize="small")
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlim(left=0)
    _style.legend(ax, columns=3)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    ax.grid(axis="x", color="0.85", linewidth=0.6)
    ax.set_axisbelow(True)


def _moment(results: Results, seconds: float) -> str:
    import numpy as np

    start = np.datetime64(results.attributes["start"], "s")
    return f"{start + np.timedelta64(round(seconds), 's')}Z"
