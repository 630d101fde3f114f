"""The JSON Schema of `updraft schema`, as an editor uses it: right scenarios pass, wrong ones are marked."""

import copy
import json
import re
import subprocess
from pathlib import Path

import pytest
from conftest import ROOT, SMALL
from jsonschema.validators import validator_for
from ruamel.yaml import YAML

from updraft import _core

CLI = Path(_core.__file__).parents[2] / "cli" / "updraft"
pytestmark = pytest.mark.skipif(not CLI.exists(), reason="not run from a build tree")

SCENARIOS = sorted((ROOT / "scenarios").glob("*.yaml"))


def read(text):
    """As editors read it: YAML 1.2, where a time stamp is a text."""
    yaml = YAML(typ="safe", pure=True)
    yaml.constructor.add_constructor("tag:yaml.org,2002:timestamp", type(yaml.constructor).construct_yaml_str)
    return yaml.load(text)


@pytest.fixture(scope="module")
def validator():
    schema = json.loads(subprocess.run([CLI, "schema"], capture_output=True, text=True, check=True).stdout)
    kind = validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)


def errors(validator, scenario):
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(scenario)]


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_scenarios_of_the_tree_pass(validator, path):
    assert errors(validator, read(path.read_text())) == []


def test_what_init_writes_passes(validator, tmp_path):
    subprocess.run([CLI, "init", tmp_path / "my.yaml"], check=True, capture_output=True)
    assert errors(validator, read((tmp_path / "my.yaml").read_text())) == []


def test_scenarios_of_the_documentation_pass(validator):
    blocks = re.findall(r"^```yaml\n(.*?)^```", (ROOT / "README.md").read_text(), re.DOTALL | re.MULTILINE)
    whole = [block for block in blocks if block.startswith("scenario:")]
    assert whole
    for block in whole:
        assert errors(validator, read(block)) == []


GROUP = ("resources", "fleet", "auto_scaling_group")


@pytest.mark.parametrize(
    ("where", "key", "value"),
    [
        ((), "durration", "1h"),  # an unknown key, at the top and inside
        (GROUP, "min_sise", 2),
        ((), "duration", "1 fortnight"),  # a value that is no duration
        ((), "seed", "one"),
        (("resources",), "fleet", {"auto_scaling_grup": {}}),  # an unknown type
        (GROUP, "min_size", -1),  # outside its range
        (GROUP, "min_size", [2]),
        (("resources", "web", "target_group"), "load_balancing_algorithm_type", "round_robbin"),
        (("traffic", "visitors"), "rate", {"constant": "20/s", "csv": "counts.csv"}),  # one of two
        (("traffic", "visitors"), "demand", {"cpu": {"exponentiall": "25ms"}}),
        ((), "slo", "p(99) latency < 500ms"),  # no list
    ],
)
def test_what_is_wrong_is_marked(validator, where, key, value):
    right = read(SMALL)
    assert errors(validator, right) == []
    wrong = copy.deepcopy(right)
    place = wrong
    for step in where:
        place = place[step]
    place[key] = value
    assert errors(validator, wrong) != []


def test_what_is_missing_is_marked(validator):
    for key in ("scenario", "duration"):
        wrong = read(SMALL)
        del wrong[key]
        assert any(key in error for error in errors(validator, wrong))
