"""What the tests of the Python face share."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

SMALL = """\
scenario: small
rules: 2026-11
start: 2026-01-05T09:00:00Z
duration: 1h
seed: 1
resources:
  web-alb:
    load_balancer: {type: application, availability_zones: [a, b], listeners: [{port: 80, forward: web}]}
  web:
    target_group: {load_balancing_algorithm_type: round_robin}
  fleet:
    auto_scaling_group:
      min_size: 2
      max_size: 6
      availability_zones: [a, b]
      target_groups: [web]
      launch_template: {instance_type: m5.large, monitoring: detailed, boot: 90s, workers: 64}
initial: {fleet: {in_service: 2}}
traffic:
  visitors:
    to: web-alb
    rate: {constant: 20/s}
    demand: {cpu: {exponential: 25ms}}
"""


@pytest.fixture
def small():
    import updraft

    return updraft.loads(SMALL)


@pytest.fixture(scope="session")
def match_day():
    return ROOT / "scenarios" / "match_day.yaml"
