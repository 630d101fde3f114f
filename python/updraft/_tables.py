"""The tables of a result file as pandas data frames. What a run did not do is a table without rows, of the same types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from updraft._results import Results

# Tables are not in the file when nothing happened. Their columns then, as sim/metrics/tables.cpp and traces.cpp have
# them, each with a value of its type.
_EMPTY: dict[str, dict[str, Any]] = {
    "instances": {
        "end_reason": "",
        "ended": "NaT",
        "ended_ns": 0,
        "id": "",
        "in_service": "NaT",
        "in_service_ns": 0,
        "kind": "",
        "launched": "NaT",
        "launched_ns": 0,
        "ordinal": 0,
        "owner": "",
        "version": "",
        "zone": "",
    },
    "decisions": {
        "cause_decision": 0,
        "cause_metric": "",
        "cause_period": "NaT",
        "cause_period_ns": 0,
        "cause_resource": "",
        "count": 0,
        "decision": 0,
        "first": "NaT",
        "first_ns": 0,
        "kind": "",
        "last": "NaT",
        "last_ns": 0,
        "outcome": "",
        "reason": "",
        "rule": "",
        "what": "",
        "who": "",
    },
    "bill": {
        "cost": 0.0,
        "from": "NaT",
        "from_ns": 0,
        "item": "",
        "quantity": 0.0,
        "resource": "",
        "to": "NaT",
        "to_ns": 0,
        "unit": "",
        "unit_price": 0.0,
    },
    "traces": {
        "source": "",
        "request": 0,
        "begin": "NaT",
        "end": "NaT",
        "duration_s": 0.0,
        "status": "",
        "kept_for": 0,
    },
    "spans": {
        "trace": 0,
        "span": 0,
        "parent": 0,
        "component": "",
        "label": "",
        "begin": "NaT",
        "end": "NaT",
        "duration_s": 0.0,
        "status": "",
    },
}


def table(results: Results, group: str, axis: str) -> pd.DataFrame:
    """The columns along one axis, codes replaced by what they mean."""
    import pandas as pd

    if group not in results.groups:
        return _empty(group)
    data = results.dataset(group)
    columns: dict[str, Any] = {}
    for name, column in data.variables.items():
        if column.dims == (axis,):
            columns[str(name)] = meanings(column)
    return pd.DataFrame(columns)


def meanings(column: Any) -> Any:
    """The values of a column; of a coded one, the meaning of each code."""
    words = column.attrs.get("flag_meanings")
    if words is None:
        return column.values
    flags = [int(flag) for flag in column.attrs["flag_values"]]
    names = dict(zip(flags, str(words).split(), strict=True))
    import numpy as np

    return np.array([names.get(int(code), "") for code in column.values], dtype=str)


def activities(results: Results) -> pd.DataFrame:
    """Scaling activities, by the number of their decision; see Results.activities."""
    decisions = results.decisions
    rows = decisions[decisions["kind"] == "activity"]
    frame = rows[["first", "who", "what", "reason", "outcome", "rule", "cause_decision"]].rename(
        columns={"first": "start", "who": "group", "what": "description", "reason": "cause"}
    )
    frame.insert(2, "instance", frame["description"].str.extract(r"(i-\w+)", expand=False))
    return frame


def traces(results: Results) -> pd.DataFrame:
    """One row for each traced request; see Results.traces."""
    import pandas as pd

    if "traces" not in results.groups:
        return _empty("traces").rename_axis("trace")
    data = results.dataset("traces")
    begin, end = data["begin_ns"].values, data["end_ns"].values
    frame = pd.DataFrame(
        {
            "source": data["source_name"].values[data["trace_source"].values],
            "request": data["request"].values,
            "begin": data["begin"].values,
            "end": data["end"].values,
            "duration_s": (end - begin) / 1e9,
            "status": meanings(data["status"]),
            "kept_for": data["kept_for"].values,
        }
    )
    return frame.rename_axis("trace")


def spans(results: Results) -> pd.DataFrame:
    """One row for each span of the traced requests; see Results.spans."""
    import numpy as np
    import pandas as pd

    if "traces" not in results.groups:
        return _empty("spans")
    data = results.dataset("traces")
    begin, end = data["span_begin_ns"].values, data["span_end_ns"].values
    frame = pd.DataFrame(
        {
            "trace": data["span_trace"].values,
            "span": data["span_id"].values,
            "parent": data["span_parent"].values,
            "component": data["component_name"].values[data["span_component"].values],
            "label": data["label_name"].values[data["span_label"].values],
            "begin": data["span_begin"].values,
            "end": data["span_end"].values,
            "duration_s": np.where(end >= begin, (end - begin) / 1e9, np.nan),
            "status": meanings(data["span_status"]),
        }
    )
    for key, name in enumerate(data["key_name"].values if "key_name" in data else ()):
        column = np.full(len(frame), np.nan)
        of_key = data["attribute_key"].values == key
        column[data["of_span"].values[of_key]] = data["attribute_value"].values[of_key]
        frame[str(name)] = column
    return frame


def _empty(name: str) -> pd.DataFrame:
    """A table without rows."""
    import pandas as pd

    like = _EMPTY[name]
    # A row that goes again: pandas chooses the type of texts, differently in its versions.
    frame = pd.DataFrame(like, index=range(1)).iloc[:0]
    return frame.astype(
        {column: "datetime64[ns]" for column, value in like.items() if isinstance(value, str) and value}
    )
