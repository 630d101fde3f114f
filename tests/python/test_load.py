"""Loading from Python: what the loader finds arrives whole. What it finds is tested in C++."""

import copy
import pickle
import subprocess
import sys

import pytest
from conftest import SMALL

import updraft


def test_a_scenario_tells_of_itself(match_day):
    scenario = updraft.load(match_day)
    assert (scenario.name, scenario.rules, scenario.region, scenario.seed) == ("match-day", "2026-11", "us-east-1", 1)
    assert scenario.start == "1998-06-15T00:00:00Z"
    assert scenario.duration_ns == 14 * 86_400 * 10**9
    assert scenario.resources["fleet"] == "auto_scaling_group"
    assert scenario.files == {"traffic/worldcup98.csv"}
    assert scenario.text == match_day.read_text()


def test_every_finding_arrives_with_its_place():
    wrong = SMALL.replace("min_size: 2", "min_sise: 2").replace("duration: 1h", "duration: 1")
    with pytest.raises(updraft.ScenarioError) as caught:
        updraft.loads(wrong)
    findings = caught.value.findings
    assert isinstance(caught.value, ValueError)
    assert [(found.file, found.line, found.column) for found in findings] == [
        ("<text>", 4, 11),
        ("<text>", 13, 7),
        ("<text>", 13, 7),
    ]
    assert 'did you mean "min_size"?' in findings[1].message
    text = str(caught.value)
    assert f"<text>:13:7: {findings[1].message}\n" in text
    assert "      min_sise: 2\n" in text
    assert "^^^^^^^^" in text


def test_a_scenario_error_survives_pickling():
    with pytest.raises(updraft.ScenarioError) as caught:
        updraft.loads("scenario: x\n")
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.findings) == (str(caught.value), caught.value.findings)


def test_a_file_that_is_not_there_is_an_os_error(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nowhere\.yaml"):
        updraft.load(tmp_path / "nowhere.yaml")
    with pytest.raises(OSError):
        updraft.load(tmp_path)


def test_files_outside_the_folder_need_leave(tmp_path):
    folder = tmp_path / "inside"
    folder.mkdir()
    (tmp_path / "counts.csv").write_text("period,count\n" + "".join(f"2026-01-05 09:{i:02},60\n" for i in range(60)))
    (folder / "s.yaml").write_text(SMALL.replace("constant: 20/s", "csv: ../counts.csv"))
    with pytest.raises(updraft.ScenarioError, match=r"counts\.csv"):
        updraft.load(folder / "s.yaml")
    assert updraft.load(folder / "s.yaml", allow_any_file=True).files == {"../counts.csv"}


def test_what_is_hardly_meant_is_a_warning():
    odd = SMALL.replace("initial:", "  spare: {launch_template: {instance_type: t3.micro}}\ninitial:")
    with pytest.warns(UserWarning, match=r'<text>:18:3: resource "spare": it takes no part') as caught:
        assert "spare" in updraft.loads(odd).resources
    assert len(caught) == 1


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda s: pickle.loads(pickle.dumps(s))])
def test_a_scenario_copies_and_pickles(small, again):
    twin = again(small)
    assert (twin.text, twin.resources) == (small.text, small.resources)
    hashes = [updraft.run(s, duration="5m").report["results_hash"] for s in (small, twin)]
    assert hashes[0] == hashes[1]


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda s: pickle.loads(pickle.dumps(s))])
def test_a_copy_is_equal(small, again):
    assert again(small) == small
    assert len({small, again(small)}) == 1


def test_scenarios_are_equal_that_run_alike(small, tmp_path):
    assert updraft.loads("# a comment\n" + SMALL) == small
    assert updraft.loads(SMALL.replace("25ms", "26ms")) != small
    assert updraft.loads(SMALL.replace("seed: 1", "seed: 2")) != small
    assert small != SMALL
    for folder in ("one", "other"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "counts.csv").write_text(
            "period,count\n" + "".join(f"2026-01-05 09:{i:02},60\n" for i in range(60))
        )
    text = SMALL.replace("constant: 20/s", "csv: counts.csv")
    one = updraft.loads(text, directory=tmp_path / "one")
    assert one == updraft.loads(text, directory=tmp_path / "one")
    assert one != updraft.loads(text, directory=tmp_path / "other")  # other files


def test_importing_updraft_imports_no_other_library():
    code = "import sys, updraft; print([m for m in ('xarray', 'pandas', 'numpy', 'h5py') if m in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"
