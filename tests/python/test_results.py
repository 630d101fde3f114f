"""Results as xarray and pandas show them: CloudWatch's names and units, and every library beside ours."""

import copy
import gc
import multiprocessing
import pickle
import shutil
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor

import h5py
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


# CloudWatch's own names and units, typed from its pages and not from our schema: Application Load Balancer and EC2
# metrics of the user guides. Those of Auto Scaling groups are published without a unit word; they are counts.
CLOUDWATCH = {
    "AWS/ApplicationELB": {
        "ActiveConnectionCount": "Count",
        "ConsumedLCUs": "Count",
        "HealthyHostCount": "Count",
        "HTTPCode_ELB_3XX_Count": "Count",
        "HTTPCode_ELB_4XX_Count": "Count",
        "HTTPCode_ELB_5XX_Count": "Count",
        "HTTPCode_ELB_502_Count": "Count",
        "HTTPCode_ELB_503_Count": "Count",
        "HTTPCode_ELB_504_Count": "Count",
        "HTTPCode_Target_2XX_Count": "Count",
        "HTTPCode_Target_4XX_Count": "Count",
        "HTTPCode_Target_5XX_Count": "Count",
        "HTTP_Fixed_Response_Count": "Count",
        "HTTP_Redirect_Count": "Count",
        "NewConnectionCount": "Count",
        "NonStickyRequestCount": "Count",
        "ProcessedBytes": "Bytes",
        "RequestCount": "Count",
        "RequestCountPerTarget": "Count",
        "RuleEvaluations": "Count",
        "TargetConnectionErrorCount": "Count",
        "TargetResponseTime": "Seconds",
        "UnHealthyHostCount": "Count",
        "UnhealthyRoutingRequestCount": "Count",
    },
    "AWS/AutoScaling": {
        "GroupDesiredCapacity": "Count",
        "GroupInServiceInstances": "Count",
        "GroupMaxSize": "Count",
        "GroupMinSize": "Count",
        "GroupPendingInstances": "Count",
        "GroupStandbyInstances": "Count",
        "GroupTerminatingInstances": "Count",
        "GroupTotalInstances": "Count",
    },
    "AWS/EC2": {
        "CPUUtilization": "Percent",
        "NetworkIn": "Bytes",
        "NetworkOut": "Bytes",
        "StatusCheckFailed": "Count",
        "StatusCheckFailed_Instance": "Count",
        "StatusCheckFailed_System": "Count",
    },
}


@pytest.mark.parametrize("engine", ["h5netcdf", "netcdf4"])
def test_everything_that_bears_cloudwatchs_name_has_its_unit_and_an_axis_of_time(results, engine):
    met = {namespace: set() for namespace in CLOUDWATCH}
    for group in ("web-alb", "web", "fleet", "instance_metrics"):
        with xr.open_dataset(results.path, group=group, engine=engine) as dataset:
            axis = "observation" if group == "instance_metrics" else "time_60s"
            for name, column in dataset.data_vars.items():
                if "cloudwatch_metric" not in column.attrs:
                    assert "cloudwatch_namespace" not in column.attrs, name
                    continue
                metric = column.attrs["cloudwatch_metric"]
                namespace = column.attrs["cloudwatch_namespace"]
                statistic = column.attrs["statistic"]
                assert name in (metric, f"{metric}_{statistic}")
                assert column.attrs["units"] == CLOUDWATCH[namespace][metric], name
                assert column.attrs["long_name"], name
                assert column.dims == (axis,)
                assert column.dtype == np.float64
                assert np.isnan(column.encoding["_FillValue"])
                met[namespace].add(metric)
            time = dataset["time" if axis == "observation" else axis]
            assert np.issubdtype(time.dtype, np.datetime64)
            assert time.encoding["units"] == "seconds since 1998-06-15 00:00:00"
            assert time.encoding["calendar"] == "proleptic_gregorian"
            assert time.attrs["standard_name"] == "time"
            if axis == "time_60s":
                assert dataset.sizes == {"time_60s": 360}
                assert set(np.diff(time.values)) == {np.timedelta64(60, "s")}
    assert met == {namespace: set(metrics) for namespace, metrics in CLOUDWATCH.items()}


def test_nanoseconds_are_numbers_and_not_cfs_time(results):
    observations = results.dataset("instance_metrics")
    assert observations["time_ns"].dtype == np.int64
    assert "standard_name" not in observations["time_ns"].attrs
    seconds = (observations["time"].values - np.datetime64("1998-06-15T00:00:00")) / np.timedelta64(1, "s")
    np.testing.assert_array_equal(observations["time_ns"].values, seconds * 10**9)


@pytest.mark.parametrize("program", [["h5dump"], ["ncdump"]])
def test_the_tools_read_it_without_flags(results, program):
    if not shutil.which(program[0]):
        pytest.skip(f"no {program[0]}")
    read = subprocess.run([*program, results.path], capture_output=True, text=True, check=True)
    assert read.stderr == ""
    assert "TargetResponseTime_p99" in read.stdout
    assert "phony" not in read.stdout


def test_the_worst_requests_of_a_minute_are_traced(results):
    """The slowest of each minute, as its maximum says, is among the traces; nothing in the file is slower."""
    traces = results.dataset("traces")
    ended = traces["end_ns"].values
    length = (ended - traces["begin_ns"].values) / 1e9
    slowest = results.dataset("traffic/visitors")["Latency_Maximum"].values
    kept = (traces["kept_for"].values & 2) != 0
    for minute in range(0, 360, 7):
        among = (ended > minute * 60 * 10**9) & (ended <= (minute + 1) * 60 * 10**9)
        assert length[among & kept].max() == pytest.approx(slowest[minute], rel=1e-9)
        assert (among & kept).sum() == 5


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


def test_what_is_no_result_file_is_not_opened(tmp_path):
    scenario = tmp_path / "t.yaml"
    scenario.write_text(SMALL)
    theirs = tmp_path / "theirs.h5"
    with h5py.File(theirs, "w") as file:
        file.attrs["title"] = "not ours"
    for path in (scenario, theirs):
        with pytest.raises(ValueError, match=rf"{path.name} is no result file of Updraft; open what run wrote"):
            updraft.open(path)


def test_without_instances_the_table_is_empty(results):
    nothing = SMALL.replace("min_size: 2", "min_size: 0").replace("initial: {fleet: {in_service: 2}}\n", "")
    empty = updraft.run(updraft.loads(nothing), duration="5m").instances
    assert len(empty) == 0
    assert dict(empty.dtypes) == dict(results.instances.dtypes)
    assert list(empty) == list(results.instances)


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
