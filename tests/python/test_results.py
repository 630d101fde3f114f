"""Results as xarray and pandas show them: CloudWatch's names and units, and every library beside ours."""

import copy
import gc
import multiprocessing
import pickle
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from conftest import SMALL

import updraft


@pytest.fixture(scope="module")
def results(match_day, tmp_path_factory):
    return updraft.run(match_day, duration="6h", output=tmp_path_factory.mktemp("results") / "results.h5")


def test_groups_are_resources_and_tables(results):
    assert {"web-alb", "web", "fleet", "traffic/visitors", "decisions", "instances", "bill"} <= set(results.groups)
    assert "traffic" not in results.groups  # only a folder


@pytest.mark.parametrize("engine", ["h5netcdf", "netcdf4"])
@pytest.mark.parametrize(
    ("group", "name", "units"),
    [
        ("web-alb", "RequestCount", "Count"),
        ("web-alb", "TargetResponseTime", "Seconds"),
        ("web", "HealthyHostCount", "Count"),
        ("fleet", "CPUUtilization", "Percent"),
    ],
)
def test_metrics_have_cloudwatchs_names_and_units(results, group, name, units, engine):
    column = xr.open_dataset(results.path, group=group, engine=engine)[name]
    assert column.attrs["units"] == units
    assert column.dims == ("time_60s",)
    assert column["time_60s"].values[1] == np.datetime64("1998-06-15T00:01:00")
    xr.testing.assert_equal(column.load(), results.dataset(group)[name].load())


def test_the_metrics_add_up_to_the_report(results):
    visitors = results.report["traffic"][0]
    arrived = float(results["web-alb"]["RequestCount"].sum())
    assert visitors["sent"] - visitors["in_flight"] <= arrived <= visitors["sent"]
    assert results.bill["cost"].sum() == pytest.approx(results.report["cost_usd"])


def test_tables_are_data_frames(results):
    decisions = results.decisions
    assert decisions.index.name == "decision"
    assert set(decisions["outcome"]) <= {"decided", "blocked"}
    assert decisions["rule"].str.match(r"R\d+\.\d+").any()
    assert pd.api.types.is_datetime64_any_dtype(decisions["first"])
    instances = results.instances
    assert len(instances) == results.report["capacity"][0]["launches"]
    assert set(instances["zone"]) == {"a", "b", "c"}


def test_an_unknown_group_is_named_with_those_there_are(results):
    with pytest.raises(KeyError, match=r"web-albb.*web-alb"):
        results.dataset("web-albb")


def test_a_finished_file_opens_as_complete(results):
    with updraft.open(results.path) as opened:
        assert opened.complete
        assert opened.report is None
        assert opened.simulated_s == 6 * 3600
        assert opened.attributes["title"] == "match-day"
        xr.testing.assert_identical(opened["fleet"].load(), results["fleet"].load())
    with pytest.raises(FileNotFoundError):
        updraft.open(results.path.with_name("nowhere.h5"))


LIBRARIES = ["updraft", "h5py", "netCDF4", "pyarrow"]
BESIDE = """
import importlib, io, sys
order = sys.argv[1].split(",")
for name in order:
    importlib.import_module(name)
import h5py, netCDF4, pyarrow, pyarrow.parquet, updraft, xarray
results = updraft.run(updraft.loads(sys.stdin.read()), duration="10m")
for engine in ("h5netcdf", "netcdf4"):
    counts = xarray.open_dataset(results.path, group="web-alb", engine=engine)["RequestCount"].values
table = pyarrow.table({"requests": counts})
buffer = io.BytesIO()
pyarrow.parquet.write_table(table, buffer)
assert pyarrow.parquet.read_table(buffer).equals(table)
with h5py.File("beside", "w", driver="core", backing_store=False) as file:
    file["counts"] = counts
with netCDF4.Dataset("beside", "w", diskless=True) as file:
    file.createDimension("x", len(counts))
print(updraft.run(updraft.loads(results.attributes["scenario_text"]), duration="10m").report["results_hash"])
"""


def test_any_order_of_imports_works(small):
    expected = updraft.run(small, duration="10m").report["results_hash"]
    for k in range(len(LIBRARIES)):
        order = ",".join(LIBRARIES[k:] + LIBRARIES[:k])
        done = subprocess.run([sys.executable, "-c", BESIDE, order], input=SMALL, capture_output=True, text=True)
        assert (done.stdout.strip(), done.returncode) == (expected, 0), f"{order}: {done.stderr}"


def _through_pickle(results):
    return pickle.loads(pickle.dumps(results))


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, _through_pickle])
@pytest.mark.parametrize("named", [True, False])
def test_results_copy_and_pickle(small, tmp_path, again, named):
    results = updraft.run(small, duration="5m", output=tmp_path / "results.h5" if named else None)
    requests = float(results["web-alb"]["RequestCount"].sum())  # and its dataset is open
    twin = again(results)
    assert twin.report == results.report
    assert (twin.path == results.path) == (named or again is not _through_pickle)
    results.close()
    del results
    gc.collect()
    assert float(twin["web-alb"]["RequestCount"].sum()) == requests > 0
    path = twin.path
    twin.close()
    del twin
    gc.collect()
    assert path.exists() == named


def _in_another_process(duration):
    return updraft.run(updraft.loads(SMALL), duration=duration)


def test_results_of_a_pool_of_processes_arrive_whole():
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        for results in pool.map(_in_another_process, ["2m", "3m"]):
            assert results.complete
            assert results.dataset("web-alb").sizes["time_60s"] == results.report["simulated_s"] / 60
