"""Updraft: a deterministic simulator of AWS infrastructure, request by request.

    import updraft

    scenario = updraft.load("scenarios/match_day.yaml")
    results = updraft.run(scenario, duration="6h")
    results.dataset("web-alb")["RequestCount"].plot()

Importing this package loads nothing but the extension; xarray, pandas and h5py are imported by the calls that need
them.
"""

from updraft._core import Scenario
from updraft._core import version as _version
from updraft._errors import Finding, Interrupted, ScenarioError
from updraft._load import load, loads
from updraft._results import Results, open
from updraft._run import run

__version__ = _version()

__all__ = [
    "Finding",
    "Interrupted",
    "Results",
    "Scenario",
    "ScenarioError",
    "load",
    "loads",
    "open",
    "run",
]
