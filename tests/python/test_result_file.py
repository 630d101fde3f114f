"""The result file in every reader that it promises: h5py, xarray with both engines, h5dump, ncdump.

The file comes from tests/result_file/write_example.cpp through the real recorders. What C++ tests already show of its
content is not repeated here. UPDRAFT_WRITE_EXAMPLE names the program and UPDRAFT_KILL_AT_CALL the library that kills it;
ctest sets both.
"""

import os
import shutil
import signal
import subprocess

import h5py
import numpy as np
import pytest
import xarray as xr
from killed_runs import check_against, datasets_of

WRITER = os.environ.get("UPDRAFT_WRITE_EXAMPLE")
KILLER = os.environ.get("UPDRAFT_KILL_AT_CALL")
pytestmark = pytest.mark.skipif(not WRITER, reason="UPDRAFT_WRITE_EXAMPLE is not set")

GROUPS = ["/", "/web-alb", "/fleet", "/instances", "/instance_metrics", "/decisions", "/traces", "/latency", "/bill"]
ENGINES = ["h5netcdf", "netcdf4"]


def write(path, hours=6, **environment):
    """Runs the writer; returns its exit code, negative when a signal ended it."""
    return subprocess.run([WRITER, str(path), str(hours)], env={**os.environ, **environment}).returncode


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    path = tmp_path_factory.mktemp("result") / "results.h5"
    assert write(path) == 0
    return path


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("group", GROUPS)
def test_xarray_opens_every_group(result, engine, group):
    with xr.open_dataset(result, engine=engine, group=group) as dataset:
        dataset.load()
        assert all(len(variable.dims) == 1 for variable in dataset.variables.values())
        assert not any(dim.startswith("phony") for dim in dataset.dims)


@pytest.mark.parametrize("engine", ENGINES)
def test_xarray_opens_the_tree(result, engine):
    with xr.open_datatree(result, engine=engine) as tree:
        assert set(GROUPS) == set(tree.groups)


@pytest.mark.parametrize("engine", ENGINES)
def test_metrics_carry_calendar_units_and_cloudwatchs_names(result, engine):
    with xr.open_dataset(result, engine=engine, group="/web-alb") as alb:
        assert alb.time_60s.values[1] == np.datetime64("1998-06-15T00:01:00")
        assert alb.sizes == {"time_60s": 360}
        response = alb.TargetResponseTime_p99
        assert response.attrs["units"] == "Seconds"
        assert response.attrs["statistic"] == "p99"
        assert response.attrs["cloudwatch_namespace"] == "AWS/ApplicationELB"
        assert response.attrs["cloudwatch_metric"] == "TargetResponseTime"
        assert response.dtype == np.float64
        assert (alb.TargetResponseTime_p50 < response).all()
        assert alb.RequestCount.attrs["units"] == "Count"
        assert alb.attrs["resource_type"] == "load_balancer"


@pytest.mark.parametrize("engine", ENGINES)
def test_tables_read_as_texts_times_and_integers(result, engine):
    with xr.open_dataset(result, engine=engine, group="/decisions") as decisions:
        assert list(decisions.decision.values[:3]) == [1, 2, 3]
        assert decisions.who.values[0] == "fleet/cpu/AlarmHigh"
        assert decisions["first"].values[0] == np.datetime64("1998-06-15T00:01:00")
        assert decisions.first_ns.values[0] == 60 * 10**9
        assert decisions["count"].dtype == np.int64
        assert decisions.outcome.attrs["flag_meanings"] == "decided blocked"
        assert list(decisions.outcome.attrs["flag_values"]) == [0, 1]
        assert np.isnat(decisions.cause_period.values[2])  # caused by a decision, not by a metric
        assert int(decisions.cause_decision.values[2]) == 2
    with xr.open_dataset(result, engine=engine, group="/instances") as instances:
        ended = instances.ended.values
        assert np.isnat(ended[-1]) and not np.isnat(ended[0])
        assert instances.end_reason.values[0].startswith("scale in")
        assert instances.end_reason.values[-1] == ""
        assert instances.ended_ns.dtype == np.int64


@pytest.mark.parametrize("engine", ENGINES)
def test_ragged_columns_point_into_their_table(result, engine):
    with xr.open_dataset(result, engine=engine, group="/instances") as instances:
        count = instances.sizes["instance"]
    with xr.open_dataset(result, engine=engine, group="/instance_metrics") as metrics:
        assert metrics.instance.attrs["instance_dimension"] == "instance"
        assert metrics.instance.values.min() == 0
        assert metrics.instance.values.max() == count - 1
        assert (metrics.CPUUtilization_Maximum >= metrics.CPUUtilization).all()
        assert metrics.time.dtype.kind == "M"


@pytest.mark.parametrize("engine", ENGINES)
def test_root_attributes(result, engine):
    with xr.open_dataset(result, engine=engine) as root:
        assert root.attrs["complete"] == 1
        assert root.attrs["valid_until"] == 6 * 3600
        assert len(root.attrs["scenario_text"]) > 2**16  # longer than an object header holds
        assert root.attrs["seed"] == 1


def test_every_axis_has_a_scale_and_no_type_needs_explaining(result):
    with h5py.File(result, "r") as file:

        def visit(name, item):
            if not isinstance(item, h5py.Dataset):
                return
            kind = item.dtype.kind
            assert kind in "if" or h5py.check_string_dtype(item.dtype), name
            assert item.is_scale or len(item.dims[0]) == 1, name

        file.visititems(visit)
        # One scale for each cadence, under several names.
        assert file["web-alb/time_60s"] == file["time_60s"]
        assert file["web-alb/RequestCount"].dims[0][0] == file["time_60s"]


@pytest.mark.skipif(not shutil.which("h5dump"), reason="hdf5-tools")
def test_h5dump_reads_it(result):
    dumped = subprocess.run(["h5dump", result], capture_output=True, text=True, check=True)
    assert dumped.stderr == ""
    assert "TargetResponseTime_p99" in dumped.stdout


@pytest.mark.skipif(not shutil.which("h5ls"), reason="hdf5-tools")
def test_no_object_carries_a_time_of_the_wall(result):
    listed = subprocess.run(["h5ls", "-v", "-r", result], capture_output=True, text=True, check=True).stdout
    assert "/web-alb/RequestCount" in listed
    assert "Modified:" not in listed


@pytest.mark.skipif(not shutil.which("ncdump"), reason="netcdf-bin")
def test_ncdump_reads_it(result):
    dumped = subprocess.run(["ncdump", result], capture_output=True, text=True, check=True)
    assert dumped.stderr == ""
    assert "double TargetResponseTime_p99(time_60s) ;" in dumped.stdout
    assert "string who(decision) ;" in dumped.stdout
    assert "phony" not in dumped.stdout


@pytest.mark.skipif(not KILLER, reason="UPDRAFT_KILL_AT_CALL is not set")
@pytest.mark.parametrize("torn", [0, 1], ids=["before the call", "amid the call"])
def test_a_killed_run_leaves_a_file_whose_rows_equal_the_finished_runs(tmp_path, torn):
    """Kills the writer at its calls that change the file system: every 23rd, or all with UPDRAFT_KILLS=all."""
    hours = 3
    finished_path = tmp_path / "finished.h5"
    count_path = tmp_path / "calls"
    assert write(finished_path, hours, LD_PRELOAD=KILLER, KILL_COUNT=str(count_path)) == 0
    finished = datasets_of(finished_path)
    calls = int(count_path.read_text())
    assert calls > 100
    met = set()
    every = 1 if os.environ.get("UPDRAFT_KILLS") == "all" else 23
    for at in [*range(1 + torn, calls, every), calls]:
        folder = tmp_path / f"killed at {at}"
        folder.mkdir()
        path = folder / "results.h5"
        died = write(path, hours, LD_PRELOAD=KILLER, KILL_AT=str(at), KILL_TORN=str(torn))
        assert died == -signal.SIGKILL
        left = {p.name for p in folder.iterdir()}
        if path.exists():
            complete, valid_until = check_against(finished, path)
            met.add(valid_until)
            assert not complete  # the last call is the rename that completes it
            left.remove("results.h5")
        # At most the one file that was to be unlinked or renamed at that very call.
        assert len(left) <= 1 and all(name.endswith((".work", ".commit")) for name in left), left
        shutil.rmtree(folder)
    assert met == {0, 3600, 7200, 10800}
