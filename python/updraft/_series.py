"""The metrics of a resource by time, read once and without xarray: a group opens in milliseconds however large the file is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    from updraft._results import Results

    Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Series:
    """Starts of the periods, datetime64[ns], shape (periods,), and the metrics by name: float64, the same shape, read-only.

    `units` are theirs, CloudWatch's. Rows past valid_until are left out.
    """

    times: Array
    metrics: dict[str, Array]
    units: dict[str, str]


def read(results: Results, resource: str) -> Series:
    """Raises KeyError for an unknown group, ValueError for one without an axis of time."""
    import h5py
    import numpy as np

    if resource not in results.groups:
        raise KeyError(f"no group {resource!r} in {results.path}; there are {', '.join(results.groups)}")
    with h5py.File(results.path, "r") as file:
        group = file[resource]
        axes = [name for name in group if name.startswith("time_")]
        if len(axes) != 1:
            raise ValueError(f"{resource} holds no metrics by time; dataset({resource!r}) has it as it is")
        axis = group[axes[0]]
        period_ns = int(axes[0].removeprefix("time_").removesuffix("s")) * 10**9
        rows = min(len(axis), -(-int(file.attrs["valid_until_ns"]) // period_ns))
        start = np.datetime64(int(file.attrs["start_unix_ns"]), "ns")
        times = start + axis[:rows].astype("timedelta64[s]").astype("timedelta64[ns]")
        metrics, units = {}, {}
        for name, column in group.items():
            # A group may hold a table beside the metrics: of a resource that is called like it.
            if name == axes[0] or not isinstance(column, h5py.Dataset) or column.dtype.kind != "f":
                continue
            if len(column.dims[0]) and column.dims[0][0] == axis:
                values = column[:rows]
                values.flags.writeable = False
                metrics[name] = values
                units[name] = _text(column.attrs.get("units", ""))
    return Series(times, metrics, units)


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
