"""Running from Python: the same results as the command line's, threads, Ctrl-C, and what goes wrong."""

import ctypes
import datetime
import json
import platform
import signal
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from conftest import SMALL

import updraft
from updraft import _core

CLI = Path(_core.__file__).parents[2] / "cli" / "updraft"


@pytest.mark.skipif(not CLI.exists(), reason="not run from a build tree")
def test_the_report_is_the_command_lines(match_day, tmp_path):
    command = [CLI, "run", match_day, "--until", "1h", "--json", "-o", tmp_path / "cli.h5"]
    theirs = json.loads(subprocess.check_output(command))
    ours = updraft.run(match_day, duration="1h", output=tmp_path / "ours.h5").report
    assert ours["results_hash"] == theirs["results_hash"]
    for report in (ours, theirs):
        del report["output"], report["repeat"]
    assert ours == theirs


def test_the_repeat_call_repeats_the_run(match_day, monkeypatch):
    monkeypatch.chdir(match_day.parents[1])
    first = updraft.run("scenarios/match_day.yaml", seed=7, replication=2, duration=datetime.timedelta(minutes=10))
    assert first.report["repeat"].startswith("updraft.run('scenarios/match_day.yaml', seed=7, replication=2, duration=")
    again = eval(first.report["repeat"], {"updraft": updraft, "datetime": datetime})
    assert again.report["results_hash"] == first.report["results_hash"]
    assert (
        updraft.run("scenarios/match_day.yaml", duration="10m").report["results_hash"] != again.report["results_hash"]
    )


def test_four_at_once_in_one_process_are_equal(match_day, tmp_path):
    scenario = updraft.load(match_day)

    def run(k):
        return updraft.run(scenario, duration="1h", output=tmp_path / f"{k}.h5").report["results_hash"]

    with ThreadPoolExecutor(4) as pool:
        hashes = list(pool.map(run, range(4)))
    assert set(hashes) == {run(4)}


def test_other_threads_go_on_during_a_run(match_day):
    scenario = updraft.load(match_day)
    times = []

    def work():
        begun = time.monotonic()
        updraft.run(scenario, duration="6h")
        times.append(time.monotonic() - begun)

    thread = threading.Thread(target=work)
    thread.start()
    longest, last = 0.0, time.monotonic()
    while not times:
        now = time.monotonic()
        longest, last = max(longest, now - last), now
    thread.join()
    assert longest < times[0] / 2


def test_ctrl_c_keeps_what_was_done(match_day, tmp_path):
    output = tmp_path / "partial.h5"
    halfway = threading.Event()
    sent = []

    def press():
        halfway.wait()
        sent.extend([time.monotonic(), time.process_time()])
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    def progress(now, _end, _events):
        if now > 6 * 3600:
            halfway.set()

    presser = threading.Thread(target=press)
    presser.start()
    with pytest.raises(updraft.Interrupted) as caught:
        updraft.run(match_day, output=output, progress=progress)
    waited, worked = time.monotonic() - sent[0], time.process_time() - sent[1]
    presser.join()
    assert worked < 0.1  # what is promised, measured in work:
    assert waited < 2  # a machine with more to do than cores takes longer

    partial = caught.value.results
    assert isinstance(caught.value, KeyboardInterrupt)
    assert partial.report["complete"] is False
    assert 6 * 3600 < partial.simulated_s < 14 * 86_400
    opened = updraft.open(output)
    assert not opened.complete
    rows = int(opened.attributes["valid_until"]) // 60
    assert rows >= 60
    whole = updraft.run(match_day, duration=f"{rows}m").dataset("web-alb")
    xr.testing.assert_identical(opened.dataset("web-alb").isel(time_60s=slice(rows)).load(), whole.load())


def test_what_progress_raises_stops_the_run(small):
    def progress(now, end, events):
        assert 0 < now <= end == 3600
        assert events > 0
        raise LookupError("enough")

    with pytest.raises(LookupError, match="enough"):
        _run_until_shown(small, progress)


def _run_until_shown(scenario, progress):
    """A run may be over before the first look at its progress."""
    for seed in range(1000):
        updraft.run(scenario, seed=seed, progress=progress)


@pytest.mark.parametrize(
    ("duration", "text"),
    [("2h", "at most the scenario's 3600 s"), ("0s", "above 0 s"), ("1 fortnight", "duration"), ("10", "duration")],
)
def test_an_impossible_duration_is_a_value_error(small, duration, text):
    with pytest.raises(ValueError, match=text):
        updraft.run(small, duration=duration)


def test_a_file_that_cannot_be_written_is_an_os_error(small, tmp_path):
    with pytest.raises(OSError, match="nowhere"):
        updraft.run(small, output=tmp_path / "nowhere" / "results.h5")


@pytest.mark.parametrize("content", [SMALL, "notes\n"])
def test_no_file_but_a_result_file_is_replaced(tmp_path, monkeypatch, content):
    monkeypatch.chdir(tmp_path)
    Path("t.yaml").write_text(SMALL)
    Path("other").write_text(content)
    with pytest.raises(OSError, match=r"t\.yaml is the scenario itself; name another file"):
        updraft.run("t.yaml", duration="5m", output="t.yaml")
    with pytest.raises(OSError, match="other is there and is no result file; remove it or name another"):
        updraft.run("t.yaml", duration="5m", output="other")
    assert (Path("t.yaml").read_text(), Path("other").read_text()) == (SMALL, content)
    for _ in range(2):
        assert updraft.run("t.yaml", duration="5m", output="results.h5").complete


@pytest.mark.parametrize(
    ("wrong", "kind", "text"),
    [
        ({"duration": 60}, TypeError, r'duration is 60; give a text with a unit, such as "60s".*timedelta'),
        ({"duration": datetime.timedelta.max}, ValueError, "at most the scenario's"),
        ({"duration": -datetime.timedelta(minutes=1)}, ValueError, "above 0 s"),
        ({"seed": -3}, ValueError, "seed is -3; it must be from 0 to 18446744073709551615"),
        ({"seed": 2**64}, ValueError, "from 0 to 18446744073709551615"),
        ({"seed": "7"}, TypeError, "seed is '7'; give a whole number from 0 to"),
        ({"seed": 1.5}, TypeError, "seed is 1.5; give a whole number from 0 to"),
        ({"replication": 2**32}, ValueError, "replication is 4294967296; it must be from 0 to 4294967295"),
    ],
)
def test_a_wrong_argument_is_told_with_what_is_allowed(small, wrong, kind, text):
    with pytest.raises(kind, match=text):
        updraft.run(small, **wrong)


def test_the_largest_seed_and_other_integer_types_run(small):
    assert updraft.run(small, duration="1m", seed=2**64 - 1).report["seed"] == 2**64 - 1
    assert updraft.run(small, duration="1m", seed=np.int64(7)).report["repeat"].count("seed=7,") == 1


@pytest.mark.skipif(platform.machine() != "x86_64", reason="FE_UPWARD is that machine's")
def test_a_broken_invariant_is_a_runtime_error(small):
    libm = ctypes.CDLL("libm.so.6")
    upward = 0x800
    assert libm.fesetround(upward) == 0
    try:
        with pytest.raises(RuntimeError, match="does not round to nearest"):
            updraft.run(small)
    finally:
        libm.fesetround(0)


def test_a_temporary_result_file_goes_with_its_results(small):
    results = updraft.run(small, duration="5m")
    path = results.path
    assert path.exists()
    del results
    assert not path.parent.exists()
