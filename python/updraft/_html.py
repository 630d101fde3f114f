"""Results as a notebook shows them: a small page of tables that takes its colours from the notebook's theme.

Neither text nor background has a colour of its own, so it is as readable on dark as on light. Long tables are cut, the rest
is counted: the page stays far below 30 kB however large the scenario.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from updraft import _names, _percentiles

if TYPE_CHECKING:
    from updraft._results import Results

_ROWS = 12  # of a table
_LONGEST = 60  # characters of a name
_STYLE = (
    "<style>.updraft-results,.updraft-results *{color:inherit;background:none}"
    ".updraft-results{overflow-x:auto}.updraft-results table{border-collapse:collapse;margin:0}"
    ".updraft-results p{margin:0.6em 0 0}"
    ".updraft-results td,.updraft-results th{padding:0.15em 0.8em;text-align:right;"
    "border-bottom:1px solid rgba(128,128,128,0.35)}"
    ".updraft-results td:first-child,.updraft-results th:first-child{text-align:left}</style>"
)


def of(results: Results) -> str:
    parts = [_head(results)]
    parts.append(_table("Traffic", ("source", "requests", "errors", "p50", "p99"), _traffic(results)))
    parts.append(_table("Capacity, instances", ("fleet", "needed", "in service", "least", "most"), _fleets(results)))
    parts.append(_table("Queues", ("queue", "most visible", "oldest at most"), _queues(results)))
    parts.append(_table("Functions", ("function", "invocations", "throttles", "cold starts"), _functions(results)))
    bill = results.bill
    if len(bill):
        total = float(bill["cost"].sum())
        lines = bill.groupby("resource")["cost"].sum().sort_values(ascending=False, kind="stable")
        rows = [(name, f"{cost:.2f}") for name, cost in lines.items()]
        parts.append(_table(f"Bill, {total:.2f} US dollars", ("resource", "US dollars"), rows))
    return f'{_STYLE}<div class="updraft-results">{"".join(parts)}</div>'


def _head(results: Results) -> str:
    attributes = results.attributes
    hours = results._valid_until_ns / 3.6e12
    length = f"{hours:.4g} h" if hours >= 1 else f"{hours * 3600:.4g} s"
    state = "" if results.complete else "; <b>stopped early: what follows holds up to there</b>"
    title = html.escape(_short(str(attributes.get("title", "results"))))
    return (
        f"<div><b>{title}</b>: {length} from {html.escape(str(attributes['start']))}Z{state}</div>"
        f"<div>seed {attributes['seed']}, replication {attributes['replication']}, rules "
        f"{html.escape(str(attributes['rules']))}, Updraft {html.escape(str(attributes['version']))}; "
        f"{len(results.decisions):,} decisions, {len(results.instances):,} instances, {len(results.traces):,} traces</div>"
    )


def _traffic(results: Results) -> Iterable[Sequence[str]]:
    for source in _names.names_of(results, "traffic source"):
        try:
            at = _percentiles.percentiles(results, source, (50, 99), None)["value_s"]
            middle, high = _seconds(at[50.0]), _seconds(at[99.0])
        except (KeyError, ValueError):
            middle = high = "none"
        sent, errors = (_number(_sum(results, source, name)) for name in ("Requests", "Errors"))
        yield source.removeprefix("traffic/"), sent, errors, middle, high


def _fleets(results: Results) -> Iterable[Sequence[str]]:
    for fleet in _names.names_of(results, "fleet"):
        provided = _present(results, fleet, "GroupInServiceInstances")
        needed = _present(results, fleet, "needed_instances")
        mean = [f"{values.mean():.2f}" if values.size else "none" for values in (needed, provided)]
        ends = [f"{end(provided):.0f}" if provided.size else "none" for end in (min, max)]
        yield (fleet, *mean, *ends)


def _queues(results: Results) -> Iterable[Sequence[str]]:
    for queue in _names.names_of(results, "queue"):
        visible = _present(results, queue, "ApproximateNumberOfMessagesVisible_Maximum")
        age = _present(results, queue, "ApproximateAgeOfOldestMessage")
        yield (
            queue,
            _number(visible.max()) if visible.size else "none",
            _seconds(age.max()) if age.size else "none",
        )


def _functions(results: Results) -> Iterable[Sequence[str]]:
    for name in _names.names_of(results, "function"):
        counts = [_number(_sum(results, name, metric)) for metric in ("Invocations", "Throttles", "ColdStarts")]
        yield (name, *counts)


def _present(results: Results, resource: str, metric: str) -> Any:
    """The values of a metric that are there; none where the file has no such metric."""
    import numpy as np

    if metric not in results._series(resource).metrics:
        return np.empty(0)
    values = results.metric(resource, metric)
    return values[np.isfinite(values)]


def _sum(results: Results, resource: str, metric: str) -> float:
    return float(_present(results, resource, metric).sum())


def _table(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = list(rows)
    if not lines:
        return ""
    shown = [_row("th", head), *(_row("td", line) for line in lines[:_ROWS])]
    more = f"<div>and {len(lines) - _ROWS} more</div>" if len(lines) > _ROWS else ""
    return f"<p><b>{html.escape(title)}</b></p><table>{''.join(shown)}</table>{more}"


def _row(tag: str, cells: Sequence[str]) -> str:
    return "<tr>" + "".join(f"<{tag}>{html.escape(_short(str(cell)))}</{tag}>" for cell in cells) + "</tr>"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _number(value: float) -> str:
    return f"{value:,.0f}"


def _seconds(value: float) -> str:
    if value != value:
        return "none"
    return f"{value:.3g} s" if value >= 1 else f"{value * 1000:.3g} ms"
