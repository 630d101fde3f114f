"""Results as arrays and tables: no copies, percentiles with their bounds, what was not done, what a kill left."""

import json
import shutil
import subprocess
import sys

import h5py
import numpy as np
import pandas as pd
import pytest
from conftest import SMALL

import updraft


@pytest.fixture(scope="module")
def results(match_day, tmp_path_factory):
    return updraft.run(match_day, duration="6h", output=tmp_path_factory.mktemp("tables") / "results.h5")


NOTHING = """\
scenario: nothing
rules: 2026-11
start: 2026-01-05T09:00:00Z
duration: 1h
resources:
  jobs: {queue: {}}
"""


def test_a_metric_is_the_array_that_was_read(results):
    requests = results.metric("web-alb", "RequestCount")
    assert requests.shape == (360,)
    assert requests.dtype == np.float64
    assert np.shares_memory(requests, results.metric("web-alb", "RequestCount"))
    assert np.shares_memory(requests, results.frame("web-alb")["RequestCount"].to_numpy())
    np.testing.assert_array_equal(requests, results.dataset("web-alb")["RequestCount"].values)
    with pytest.raises(ValueError, match="read-only"):
        requests[0] = 1
    with pytest.raises(KeyError, match=r"RequestCont.*RequestCount"):
        results.metric("web-alb", "RequestCont")


def test_datasets_are_lazy(results):
    with updraft.open(results.path) as opened:
        column = opened.dataset("web-alb").variables["RequestCount"]
        assert not isinstance(column._data, np.ndarray)


def test_a_frame_has_times_and_units(results):
    frame = results.frame("fleet")
    assert frame.index[1] == pd.Timestamp("1998-06-15T00:01:00")
    assert frame.attrs["units"]["CPUUtilization"] == "Percent"
    np.testing.assert_array_equal(frame["CPUUtilization"], results.metric("fleet", "CPUUtilization"))
    times = results.dataset("fleet")["time_60s"].values
    np.testing.assert_array_equal(frame.index.values, times)
    assert list(frame) == list(results.dataset("fleet").data_vars)
    with pytest.raises(ValueError, match="decisions holds no metrics by time"):
        results.frame("decisions")


def test_a_resource_that_is_called_like_a_table_has_its_metrics_alone():
    text = SMALL.replace("  fleet:", "  bill:").replace("{fleet:", "{bill:")
    run = updraft.run(updraft.loads(text), duration="5m")
    assert len(run.metric("bill", "GroupInServiceInstances")) == 5
    assert "cost" not in run.frame("bill")
    assert run.bill["cost"].sum() == pytest.approx(run.report["cost_usd"])


def test_needed_instances_average_to_the_report(results):
    needed = results.report["capacity"][0]["needed"]
    minutes = results.metric("fleet", "needed_instances")
    assert minutes.mean() == pytest.approx(needed["mean"])
    assert minutes.max() == pytest.approx(needed["peak"])


def test_percentiles_are_the_reports_with_their_bounds(results):
    told = results.report["traffic"][0]["latency"]
    got = results.percentiles()
    assert got.attrs == {"resource": "traffic/visitors", "metric": "Latency", "count": told["count"]}
    assert list(got.index) == [50, 90, 95, 99, 99.9]
    for name, expected in told["percentiles"].items():
        row = got.loc[float(name[1:])]
        for end in ("value_s", "lower_s", "upper_s"):
            assert row[end] == pytest.approx(expected[end], rel=1e-12)
    assert (got["upper_s"] <= got["lower_s"] * 1.01).all()
    assert results.percentiles("visitors", [100]).loc[100.0, "upper_s"] == pytest.approx(told["max_s"])


def test_percentiles_over_time_are_the_columns(results):
    from updraft import _percentiles

    series, _, _ = _percentiles.series_of(results, "visitors")
    got = _percentiles.over_time(results, series, (50, 90, 99))
    columns = results.frame("traffic/visitors")
    assert list(got.index) == list(columns.index)
    for percentile in (50, 90, 99):
        np.testing.assert_allclose(got[percentile], columns[f"Latency_p{percentile}"], rtol=0.008)


@pytest.mark.parametrize("percentile", [0, -1, 100.5, 99.999])
def test_what_is_no_percentile_is_refused(results, percentile):
    with pytest.raises(ValueError, match="give one above 0 and up to 100, with at most two decimals"):
        results.percentiles("visitors", [percentile])


def test_an_unknown_name_is_told_with_those_there_are(results):
    with pytest.raises(KeyError, match=r"no resource with latencies 'visitor'; there are .*traffic/visitors"):
        results.percentiles("visitor")


def test_activities_are_the_launches_and_terminations(results):
    activities = results.activities
    capacity = results.report["capacity"][0]
    launches = activities["description"].str.startswith("Launching a new EC2 instance")
    assert launches.sum() == capacity["launches"]
    assert (~launches).sum() == capacity["terminations"]
    assert set(activities["group"]) == {"fleet"}
    assert activities["instance"].str.fullmatch(r"i-\d+").all()


def test_traces_and_their_spans(results):
    traces, spans = results.traces, results.spans
    assert len(traces) == results.report["records"]["traces"]
    assert set(traces["source"]) == {"traffic/visitors"}
    assert set(spans["trace"]) <= set(traces.index)
    whole = spans[spans["component"] == "web-alb"].groupby("trace")["duration_s"].max()
    assert (whole <= traces["duration_s"].loc[whole.index] + 1e-9).all()
    assert (spans["waited_s"].dropna() >= 0).all()


def test_why_is_what_the_command_line_says(results):
    why = results.why("fleet", at="1998-06-15T03:00:00Z")
    assert why.tree["version"] == 1
    assert why.tree["from_s"] == 3 * 3600 - 60
    assert str(why) == why.text
    everything = results.why("fleet")
    frame = everything.frame
    steps = sum(len(chain["steps"]) for kind in ("done", "blocked") for chain in everything.tree[kind])
    assert len(frame) == steps > 0
    decisions = results.decisions
    assert set(frame["decision"]) <= set(decisions.index)
    first = frame.iloc[0]
    assert first["first"] == decisions.loc[first["decision"], "first"].floor("s")
    assert frame["rule"].isin(decisions["rule"]).all()
    assert "web-alb" not in results.why().text or results.why().tree["topics"]
    assert "&lt;" not in everything.text and "<pre" in everything._repr_html_()


def test_why_agrees_with_the_program(results, match_day):
    program = match_day.parents[1] / "build" / "release" / "cli" / "updraft"
    if not program.exists():
        pytest.skip("the program is not built")
    asked = ["why", results.path, "fleet", "--from", "1h", "--to", "3h"]
    said = subprocess.run([program, *asked, "--json"], capture_output=True, text=True)
    assert json.loads(said.stdout) == results.why("fleet", start="1h", end="3h").tree
    said = subprocess.run([program, *asked], capture_output=True, text=True)
    assert said.stdout == results.why("fleet", start="1h", end="3h").text


def test_why_refuses_what_cannot_be_asked(results):
    with pytest.raises(KeyError, match="fleet"):
        results.why("fleeet")
    with pytest.raises(ValueError, match="give one of them"):
        results.why("fleet", at="1h", start="2h")
    with pytest.raises(ValueError, match="from"):
        results.why("fleet", start="yesterday")
    with pytest.raises(ValueError, match="to lies before from"):
        results.why("fleet", start="2h", end="1h")
    with pytest.raises(ValueError, match="past the end of the run"):
        results.why("fleet", start="9h")


@pytest.mark.filterwarnings("ignore:.*no resource takes it out")
def test_tables_of_nothing_have_the_same_columns_and_types(results):
    empty = updraft.run(updraft.loads(NOTHING), duration="30s")
    for name in ("instances", "decisions", "activities", "bill", "traces"):
        full, none = getattr(results, name), getattr(empty, name)
        assert len(none) == 0
        assert list(none) == list(full), name
        assert dict(none.dtypes) == dict(full.dtypes), name
        assert none.index.name == full.index.name
    assert len(empty.spans) == 0
    assert set(empty.spans) <= set(results.spans)
    assert len(empty.why().frame) == 0
    with pytest.raises(ValueError, match="no latencies"):
        empty.percentiles()


def test_a_run_without_a_request_has_no_percentiles():
    quiet = updraft.run(updraft.loads(SMALL.replace("constant: 20/s", "constant: 0/s")), duration="2m")
    assert quiet.percentiles("visitors").isna().all(axis=None)


@pytest.fixture
def killed(results, tmp_path):
    """A file as a kill leaves it: rows that do not count stand behind those that do, the whole run's histogram is not there."""
    path = tmp_path / "killed.h5"
    shutil.copy(results.path, path)
    with h5py.File(path, "r+") as file:
        file.attrs["complete"] = np.int8(0)
        file.attrs["valid_until"] = np.int64(2 * 3600)
        file.attrs["valid_until_ns"] = np.int64(2 * 3600 * 10**9)
        latency = file["latency"]
        for name in ("run_series", "run_bucket", "run_count"):
            kept = latency[name]
            kept.resize((0,)) if kept.maxshape[0] is None else kept.__setitem__(slice(None), -1)
    return updraft.open(path)


def test_of_a_killed_run_only_what_counts_is_shown(killed, results):
    assert len(killed.metric("web-alb", "RequestCount")) == 120
    assert len(killed.frame("fleet")) == 120
    requests = results.metric("traffic/visitors", "Requests")[:120].sum()
    assert killed.percentiles().attrs["count"] == pytest.approx(requests, abs=50)
    assert "stopped early" in killed._repr_html_()


def test_the_page_is_small_and_takes_the_notebooks_colours(results):
    page = results._repr_html_()
    assert len(page.encode()) < 30_000
    assert "visitors" in page and "US dollars" in page and "match-day" in page
    import re

    assert set(re.findall(r"(?<![-\w])color:([^;}\"]+)", page)) == {"inherit"}
    assert set(re.findall(r"background:([^;}\"]+)", page)) == {"none"}


def test_the_page_of_a_large_scenario_is_small_and_escaped():
    from updraft import _html

    rows = [["<b>" + "x" * 200] * 5] * 500
    page = "".join(_html._table(title, ["<i>"] * 5, rows) for title in "abcde")
    assert len(page) < 29_000
    assert "<b>x" not in page and "<i>" not in page
    assert "and 488 more" in page


def test_importing_loads_nothing_heavy():
    code = (
        "import sys, time; begin = time.perf_counter(); import updraft; took = time.perf_counter() - begin\n"
        "heavy = {'numpy', 'pandas', 'xarray', 'matplotlib', 'h5py', 'h5netcdf'} & set(sys.modules)\n"
        "print(took, *heavy)"
    )
    best = 9.0
    for _ in range(3):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        took, *heavy = done.stdout.split()
        assert heavy == []
        best = min(best, float(took))
    assert best < 0.3
