"""Which resources of a result file are fleets, queues or functions, and the error that lists them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from updraft._results import Results

# A resource is of a kind when its group holds the metric: names of CloudWatch's, and Latency of our traffic sources.
KINDS = {
    "fleet": "GroupInServiceInstances",
    "function": "ConcurrentExecutions",
    "queue": "ApproximateNumberOfMessagesVisible",
    "traffic source": "Requests",
}


def names_of(results: Results, kind: str) -> list[str]:
    """Names of the resources of a kind, sorted; traffic sources as "traffic/NAME"."""
    metric = KINDS[kind]
    names = [group for group, metrics in results._metric_names().items() if metric in metrics]
    if kind == "traffic source":
        return [name for name in names if name.startswith("traffic/")]
    return names


def pick(results: Results, kind: str, name: str | None) -> str:
    """The resource of that kind that is meant; None is the only one there is.

    Raises KeyError where there is none of the name, ValueError where none is named and there is not exactly one. Both
    list the names.
    """
    return choose(kind, names_of(results, kind), name)


def choose(kind: str, names: Iterable[str], name: str | None) -> str:
    known = list(names)
    if name is not None:
        for form in (name, f"traffic/{name}"):
            if form in known:
                return form
        raise KeyError(f"no {kind} {name!r}; {_list(kind, known)}")
    if len(known) == 1:
        return known[0]
    if not known:
        raise ValueError(f"these results hold no {kind}")
    raise ValueError(f"which {kind}? {_list(kind, known)}")


def _list(kind: str, names: list[str]) -> str:
    if not names:
        return f"these results hold no {kind}"
    return f"there {'is' if len(names) == 1 else 'are'} {', '.join(names)}"
