"""The answer of `updraft why` in Python: its words, its tree, and one row for each step."""

from __future__ import annotations

import html
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from updraft import _core

if TYPE_CHECKING:
    import pandas as pd

    from updraft._results import Results

_AROUND_NS = 60 * 10**9  # of `at`, to either side, as the command line has it


@dataclass(frozen=True)
class Why:
    """Why something happened to a resource, or did not.

    `text` is what `updraft why` prints; `tree` the dict of `updraft why --json`: "done" and "blocked" are lists of chains,
    a chain has "steps" from the first cause on, each with its depth, rule, values and the instances it names; times are
    seconds since the start. `frame` has the steps as rows.
    """

    text: str
    tree: dict[str, Any]

    @property
    def frame(self) -> pd.DataFrame:
        """One row for each step, in the order of the text.

        Columns: chain (number), outcome, depth (0: nothing recorded caused it), asked (whether it is about what was asked),
        decision (id), first and last (simulated time, UTC), kind, who, what, reason, rule (id), told (values in words),
        cause (id of a decision; 0: none). Empty where nothing was decided.
        """
        import pandas as pd

        names = ("kind", "who", "what", "reason")
        rows = []
        for number, chain in enumerate([*self.tree["done"], *self.tree["blocked"]]):
            for step in chain["steps"]:
                start = pd.Timestamp(step["utc"]).tz_localize(None).as_unit("ns")
                length = pd.Timedelta(round((step["last_s"] - step["first_s"]) * 1e9), "ns")
                rows.append(
                    {
                        "chain": number,
                        "outcome": step["outcome"],
                        "depth": step["depth"],
                        "asked": step["asked"],
                        "decision": step["id"],
                        "first": start,
                        "last": start + length,
                        **{name: step[name] for name in names},
                        "rule": (step["rule"] or {}).get("id", ""),
                        "told": step["told"],
                        "cause": step["cause"]["decision"],
                    }
                )
        columns = ["chain", "outcome", "depth", "asked", "decision", "first", "last", *names, "rule", "told", "cause"]
        return pd.DataFrame(rows, columns=columns)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return f'<pre style="color:inherit;background:none;white-space:pre-wrap">{html.escape(self.text)}</pre>'


def why(results: Results, resource: str | None, at: str | None, start: str | None, end: str | None) -> Why:
    if at is not None and (start is not None or end is not None):
        raise ValueError("at is a moment, start and end are a window: give one of them")
    text, tree = _core.why(
        str(results.path),
        resource=resource or "",
        from_=(start if at is None else at) or "",
        to=(end if at is None else at) or "",
        around_ns=0 if at is None else _AROUND_NS,
    )
    return Why(text, json.loads(tree))
