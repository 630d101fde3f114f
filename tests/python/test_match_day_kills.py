"""scenarios/match_day.yaml through the command line program, killed at random moments.

UPDRAFT_PROGRAM names the program, ctest sets it. UPDRAFT_KILLS is the number of kills, UPDRAFT_KILL_HOURS how much is
simulated (each hour is committed once), UPDRAFT_KILL_SEED picks the moments: amounts of processor time, so that they
fall into the whole run however busy the machine is. The clock of the kernel decides in the end, so two times the same
seed hit different states, and what is shown must hold for every one of them.
"""

import os
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
import xarray as xr
from killed_runs import check_against, datasets_of

PROGRAM = os.environ.get("UPDRAFT_PROGRAM")
KILLS = int(os.environ.get("UPDRAFT_KILLS", "8"))
SEED = int(os.environ.get("UPDRAFT_KILL_SEED", "1"))
SCENARIO = Path(__file__).resolve().parents[2] / "scenarios" / "match_day.yaml"
HOURS = int(os.environ.get("UPDRAFT_KILL_HOURS", "6"))
pytestmark = pytest.mark.skipif(not PROGRAM, reason="UPDRAFT_PROGRAM is not set")


def start(path):
    command = [PROGRAM, "run", SCENARIO, "--until", f"{HOURS}h", "--quiet", "-o", path]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL)


def opens_in_xarray(path, kill):
    """Every group in netCDF4's engine; h5netcdf takes half a second for each, so of its groups each kill has another."""
    with xr.open_datatree(path, engine="netcdf4") as tree:
        tree.load()
        groups = sorted(tree.groups)
    for group in {"/", groups[kill % len(groups)]}:
        with xr.open_dataset(path, engine="h5netcdf", group=group) as dataset:
            dataset.load()


def finish(run):
    """Waits for the run; returns the processor time it took, seconds."""
    _, status, usage = os.wait4(run.pid, 0)
    run.returncode = os.waitstatus_to_exitcode(status)
    assert run.returncode == 0
    return usage.ru_utime + usage.ru_stime


def kill_at(run, moment):
    """Kills the run once it has had `moment` seconds of processor time; returns its exit code."""
    schedule = Path(f"/proc/{run.pid}/schedstat")
    while run.poll() is None and int(schedule.read_text().split()[0]) < moment * 1e9:
        time.sleep(0.001)
    run.kill()
    return run.wait()


def test_every_killed_run_leaves_a_file_that_opens_and_holds_the_finished_runs_rows(tmp_path):
    finished_path = tmp_path / "finished.h5"
    length = finish(start(finished_path))
    finished = datasets_of(finished_path)
    assert check_against(finished, finished_path) == (1, HOURS * 3600)
    moments = random.Random(SEED)
    no_file = late = 0
    met = set()
    for kill in range(KILLS):
        folder = tmp_path / f"kill {kill}"
        folder.mkdir()
        path = folder / "results.h5"
        ended = kill_at(start(path), moments.uniform(0, length))
        assert ended in (0, -signal.SIGKILL)
        left = {p.name for p in folder.iterdir()} - {path.name}
        assert len(left) <= 1 and all(name.endswith((".work", ".commit")) for name in left), left
        if path.exists():
            complete, valid_until = check_against(finished, path)
            assert complete or ended != 0
            opens_in_xarray(path, kill)
            met.add(valid_until)
        else:
            no_file += 1  # it had not come to create it
        late += ended == 0
        shutil.rmtree(folder)
    print(f"{KILLS} kills: {no_file} before there was a file, {late} after the end; valid until {sorted(met)}")
    assert no_file + late <= KILLS / 2
    assert len(met) >= min(KILLS / 4, HOURS / 2)
