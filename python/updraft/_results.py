"""What a run leaves behind: the result file as xarray datasets and pandas tables."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from updraft import _core, _percentiles, _series, _tables
from updraft._temporary import TemporaryFile
from updraft._why import Why, why

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import xarray as xr

    from updraft.plots import Plots


def open(path: str | os.PathLike[str], scenario: _core.Scenario | None = None) -> Results:
    """Opens a result file, finished or not. Its `report` is None: only `run` gives one.

    `scenario` is what was run, where it names files: without it the text in the file is loaded, when that is asked for.
    Raises OSError when it cannot be read, ValueError when it is no result file.
    """
    with Path(path).open("rb"):  # so that the system says what hinders
        pass
    if not _core.is_result_file(str(Path(path))):
        raise ValueError(
            f"{os.fspath(path)} is no result file of Updraft; open what run wrote as its output (load reads scenarios)"
        )
    return Results(Path(path), scenario=scenario)


class Results:
    """The results of a run. Nothing is read before it is asked for.

    `report` is the summary of `updraft run --json` as a dict, None for a file that was opened.
    `path` is the result file, HDF5 that h5py, netCDF4 and xarray open as well. Results copy and pickle: by the file's
    name, or with its content where it is temporary.
    """

    def __init__(
        self, path: Path, report: dict[str, Any] | None = None, scenario: _core.Scenario | None = None
    ) -> None:
        self.path = path
        self.report = report
        self._scenario = scenario
        self._datasets: dict[str, xr.Dataset] = {}
        self._read: dict[str, _series.Series] = {}
        self._temporary: TemporaryFile | None = None

    @classmethod
    def _for_run(cls, output: str | os.PathLike[str] | None, scenario: _core.Scenario) -> Results:
        """Results to be; without an output the file is temporary and goes when they do."""
        if output is not None:
            return cls(Path(output), scenario=scenario)
        temporary = TemporaryFile()
        results = cls(temporary.path, scenario=scenario)
        results._temporary = temporary
        return results

    def __getstate__(self) -> dict[str, Any]:
        """Everything but the open datasets; another process may stand in another folder."""
        path = None if self._temporary else self.path.absolute()
        return {"path": path, "report": self.report, "temporary": self._temporary, "scenario": self._scenario}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._temporary = state["temporary"]
        self.path = self._temporary.path if self._temporary else state["path"]
        self.report = state["report"]
        self._scenario = state["scenario"]
        self._datasets, self._read = {}, {}

    @property
    def attributes(self) -> dict[str, Any]:
        """The file's root attributes: complete, valid_until (simulated seconds), seed, rules, scenario_text..."""
        import h5py

        with h5py.File(self.path, "r") as file:
            return {name: _plain(value) for name, value in file.attrs.items()}

    @property
    def complete(self) -> bool:
        """Whether the run came to its end."""
        return bool(self.attributes["complete"])

    @property
    def simulated_s(self) -> float:
        """Simulated seconds up to which the results hold."""
        if self.report is not None:
            return float(self.report["simulated_s"])
        return float(self.attributes["valid_until_ns"]) / 1e9

    @property
    def groups(self) -> list[str]:
        """Names for `dataset`: one for each resource and table, "traffic/NAME" for each source."""
        import h5py

        names: list[str] = []

        def visit(name: str, item: object) -> None:
            if isinstance(item, h5py.Group) and any(isinstance(child, h5py.Dataset) for child in item.values()):
                names.append(name)

        with h5py.File(self.path, "r") as file:
            file.visititems(visit)
        return sorted(names)

    def dataset(self, name: str) -> xr.Dataset:
        """A group as an xarray Dataset, read as it is used. The file stays open until `close`.

        Metrics have CloudWatch's names and, as the attribute `units`, its units. Raises KeyError for an unknown name.
        """
        if name not in self._datasets:
            import xarray as xr

            if name not in self.groups:
                raise KeyError(f"no group {name!r} in {self.path}; there are {', '.join(self.groups)}")
            self._datasets[name] = xr.open_dataset(self.path, group=name, engine="h5netcdf")
        return self._datasets[name]

    def __getitem__(self, name: str) -> xr.Dataset:
        return self.dataset(name)

    def metric(self, resource: str, name: str) -> np.ndarray[Any, Any]:
        """A metric as NumPy has it: float64, shape (periods,), NaN where the period has no value.

        The unit is in `frame(resource).attrs["units"]`. The array is the one that was read, never a copy, and is given again
        for the same name: it cannot be written to. Rows past `valid_until` are left out. Raises KeyError for an unknown
        resource or metric, ValueError for a group without an axis of time.
        """
        metrics = self._series(resource).metrics
        if name not in metrics:
            raise KeyError(f"no metric {name!r} of {resource}; there are {', '.join(metrics)}")
        return metrics[name]

    def frame(self, resource: str) -> pd.DataFrame:
        """The metrics of a resource, one row for each period, by its start (simulated time, UTC).

        Units are in `frame.attrs["units"]`, by column. Errors as `metric` has them.
        """
        import pandas as pd

        series = self._series(resource)
        frame = pd.DataFrame(series.metrics, index=pd.DatetimeIndex(series.times, name="time"), copy=False)
        frame.attrs["units"] = dict(series.units)
        return frame

    @property
    def decisions(self) -> pd.DataFrame:
        """What control planes decided or were blocked from, one row for each interval, by the decision's number."""
        return _tables.table(self, "decisions", "decision").set_index("decision")

    @property
    def activities(self) -> pd.DataFrame:
        """Scaling activities of the groups, by the number of their decision.

        Columns: start (simulated time, UTC), group, instance (id), description and cause (the texts that AWS gives),
        outcome (decided or blocked), rule, cause_decision (number of a decision; 0: none).
        """
        return _tables.activities(self)

    @property
    def instances(self) -> pd.DataFrame:
        """One row for each instance: zone, version, launched, in service, ended and why. None launched: no rows."""
        return _tables.table(self, "instances", "instance")

    @property
    def traces(self) -> pd.DataFrame:
        """The traced requests: a sample, and the slowest and the failed few of each minute; by their row in the file.

        Columns: source, request (ordinal in its source), begin and end (simulated time, UTC), duration_s (seconds), status,
        kept_for (sum of 1: sampled, 2: slowest, 4: failed).
        """
        return _tables.traces(self)

    @property
    def spans(self) -> pd.DataFrame:
        """What the traced requests spent their time on, one row for each span.

        Columns: trace (row of `traces`), span, parent (a span of the trace; -1: none), component, label, begin and end
        (simulated time, UTC), duration_s (seconds; NaN while open), status, and one for each attribute: waited_s (seconds).
        """
        return _tables.spans(self)

    @property
    def bill(self) -> pd.DataFrame:
        """One row for each line of the bill, US dollars."""
        return _tables.table(self, "bill", "line")

    def percentiles(
        self,
        name: str | None = None,
        percentiles: Sequence[float] = _percentiles.USUAL,
        *,
        metric: str | None = None,
    ) -> pd.DataFrame:
        """Percentiles of the whole run with their bounds, by the percentile; at most two decimals ("p99.99").

        Columns value_s, lower_s and upper_s, in seconds: the value at that rank lies between the two, which are within 1 %
        of each other. `name` is a traffic source or a resource; without one, the only traffic source. `metric` is needed
        where a resource has several distributions. `attrs` say resource, metric and count. NaN without any request.
        Raises KeyError for an unknown name, ValueError for no percentile or where a name is needed.
        """
        return _percentiles.percentiles(self, name, percentiles, metric)

    def why(
        self, resource: str | None = None, *, at: str | None = None, start: str | None = None, end: str | None = None
    ) -> Why:
        """Why something happened to a resource, or did not: what `updraft why` says.

        `resource` is a resource, a part of one ("fleet/cpu"), an alarm, an instance's id; without one the answer lists what
        can be asked about. `at` is a moment, with a minute to either side; `start` and `end` a window: "3d2h" since the
        start, or "1998-06-18T02:00:00Z". Raises KeyError for an unknown resource, ValueError for an impossible window.
        """
        return why(self, resource, at, start, end)

    @property
    def plot(self) -> Plots:
        """Pictures of the results, on matplotlib: `results.plot.capacity()`; see `help(results.plot)`."""
        from updraft.plots import Plots

        return Plots(self)

    @property
    def scenario(self) -> _core.Scenario | None:
        """What was run; None where the file's text cannot be loaded again because it names files: give it to `open`."""
        if self._scenario is None:
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    text = str(self.attributes["scenario_text"])
                    self._scenario = _core.load_text(text, directory=str(self.path.parent))
            except ValueError:
                return None
        return self._scenario

    @property
    def _valid_until_ns(self) -> int:
        return int(self.attributes["valid_until_ns"])

    def _series(self, resource: str) -> _series.Series:
        if resource not in self._read:
            self._read[resource] = _series.read(self, resource)
        return self._read[resource]

    def _metric_names(self) -> dict[str, set[str]]:
        """The columns of each group, without opening datasets."""
        import h5py

        with h5py.File(self.path, "r") as file:
            return {group: set(file[group]) for group in self.groups}

    def close(self) -> None:
        """Closes the file under the datasets given out."""
        for data in self._datasets.values():
            data.close()
        self._datasets.clear()

    def __enter__(self) -> Results:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<updraft.Results in {self.path}>"

    def _repr_html_(self) -> str:
        from updraft import _html

        return _html.of(self)


def _plain(value: Any) -> Any:
    """An attribute as Python's own type."""
    if isinstance(value, bytes):
        return value.decode()
    return value.item() if getattr(value, "shape", None) == () else value
