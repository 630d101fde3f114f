"""What a run leaves behind: the result file as xarray datasets and pandas tables."""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any

from updraft import _core

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

# The table of instances is not in the file when nothing was launched. Its columns then, as sim/metrics/tables.cpp has
# them, each with a value of its type.
_INSTANCES = {
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
}


def open(path: str | os.PathLike[str]) -> Results:
    """Opens a result file, finished or not. Its `report` is None: only `run` gives one.

    Raises OSError when it cannot be read, ValueError when it is no result file.
    """
    with Path(path).open("rb"):  # so that the system says what hinders
        pass
    if not _core.is_result_file(str(Path(path))):
        raise ValueError(
            f"{os.fspath(path)} is no result file of Updraft; open what run wrote as its output (load reads scenarios)"
        )
    return Results(Path(path))


class _TemporaryFile:
    """A result file without a name of the user's: it goes with the last that refers to it. A pickle carries it along."""

    def __init__(self) -> None:
        folder = tempfile.mkdtemp(prefix="updraft-")
        self.path = Path(folder) / "results.h5"
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)

    @classmethod
    def _of_bytes(cls, content: bytes) -> _TemporaryFile:
        file = cls()
        file.path.write_bytes(content)
        return file

    def __reduce__(self) -> tuple[Any, ...]:
        return (_TemporaryFile._of_bytes, (self.path.read_bytes(),))

    def __copy__(self) -> _TemporaryFile:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> _TemporaryFile:
        return self


class Results:
    """The results of a run. Nothing is read before it is asked for.

    `report` is the summary of `updraft run --json` as a dict, None for a file that was opened.
    `path` is the result file, HDF5 that h5py, netCDF4 and xarray open as well. Results copy and pickle: by the file's
    name, or with its content where it is temporary.
    """

    def __init__(self, path: Path, report: dict[str, Any] | None = None) -> None:
        self.path = path
        self.report = report
        self._datasets: dict[str, xr.Dataset] = {}
        self._temporary: _TemporaryFile | None = None

    @classmethod
    def _for_run(cls, output: str | os.PathLike[str] | None) -> Results:
        """Results to be; without an output the file is temporary and goes when they do."""
        if output is not None:
            return cls(Path(output))
        temporary = _TemporaryFile()
        results = cls(temporary.path)
        results._temporary = temporary
        return results

    def __getstate__(self) -> dict[str, Any]:
        """Everything but the open datasets; another process may stand in another folder."""
        path = None if self._temporary else self.path.absolute()
        return {"path": path, "report": self.report, "temporary": self._temporary}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._temporary = state["temporary"]
        self.path = self._temporary.path if self._temporary else state["path"]
        self.report = state["report"]
        self._datasets = {}

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

    @property
    def decisions(self) -> pd.DataFrame:
        """What control planes decided or were blocked from, one row for each interval, by the decision's number."""
        return self._table("decisions", "decision").set_index("decision")

    @property
    def instances(self) -> pd.DataFrame:
        """One row for each instance: zone, version, launched, in service, ended and why. None launched: no rows."""
        if "instances" in self.groups:
            return self._table("instances", "instance")
        import pandas as pd

        # A row that goes again: pandas chooses the type of texts, differently in its versions.
        frame = pd.DataFrame(_INSTANCES, index=range(1)).iloc[:0]
        return frame.astype({name: "datetime64[ns]" for name, like in _INSTANCES.items() if like == "NaT"})

    @property
    def bill(self) -> pd.DataFrame:
        """One row for each line of the bill, US dollars."""
        return self._table("bill", "line")

    def _table(self, group: str, axis: str) -> pd.DataFrame:
        """The columns along one axis, codes replaced by what they mean."""
        import pandas as pd

        data = self.dataset(group)
        columns: dict[str, Any] = {}
        for name, column in data.variables.items():
            if column.dims != (axis,):
                continue
            values: Any = column.values
            meanings = column.attrs.get("flag_meanings")
            if meanings is not None:
                flags = [int(flag) for flag in column.attrs["flag_values"]]
                names = dict(zip(flags, str(meanings).split(), strict=True))
                values = [names.get(int(code)) for code in values]
            columns[str(name)] = values
        return pd.DataFrame(columns)

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


def _plain(value: Any) -> Any:
    """An attribute as Python's own type."""
    if isinstance(value, bytes):
        return value.decode()
    return value.item() if getattr(value, "shape", None) == () else value
