#!/usr/bin/env python3
"""Draws a run of scenarios/match_day.yaml from its result file: requests, instances in service, CPU.

updraft run scenarios/match_day.yaml -o results.h5
.venv/bin/python tools/plot_match_day.py results.h5 docs/images/match_day.png
"""

from __future__ import annotations

import sys

import h5py
import matplotlib

matplotlib.use("Agg")

import matplotlib.dates as mdates
import matplotlib.pyplot as plt
import numpy as np

BLUE, ORANGE, GREY, GREEN = "#2f6db3", "#d9772b", "#8a8f98", "#3c8d5a"


def column(file: h5py.File, path: str) -> tuple[np.ndarray, np.ndarray]:
    """Times (UTC) and values of a metric, one for each minute."""
    values = file[path]
    time = file[path.rsplit("/", 1)[0] + "/time_60s"]
    start = np.datetime64(time.attrs["units"].decode().removeprefix("seconds since ").rstrip("Z").replace(" ", "T"))
    count = min(len(time), len(values))
    return start + time[:count].astype("timedelta64[s]"), values[:count]


def quarter_hours(times: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Means over 15 minutes: fourteen days are 20,160 minutes, more than a picture has columns."""
    whole = len(values) // 15 * 15
    return times[:whole:15], np.nanmean(values[:whole].reshape(-1, 15), axis=1)


def main(result: str, image: str) -> None:
    with h5py.File(result, "r") as file:
        requests = column(file, "web-alb/RequestCount")
        in_service = column(file, "fleet/GroupInServiceInstances")
        cpu = column(file, "fleet/CPUUtilization")

    plt.rcParams.update({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False})
    figure, (top, middle, bottom) = plt.subplots(
        3, 1, figsize=(9.6, 6.4), dpi=90, sharex=True, height_ratios=[3, 3, 2], layout="constrained"
    )
    figure.suptitle("match_day.yaml: two weeks of the 1998 World Cup's web site on 2 to 20 m5.large", fontsize=11)

    top.fill_between(requests[0], requests[1] / 1000, color=BLUE, linewidth=0)
    top.set_ylabel("requests a minute\n(thousands)")
    top.set_ylim(bottom=0)

    middle.step(*in_service, where="post", color=ORANGE, linewidth=1.1)
    middle.set_ylabel("instances\nin service")
    middle.set_ylim(bottom=0)

    bottom.plot(*quarter_hours(*cpu), color=GREEN, linewidth=0.8)
    bottom.axhline(50, color=GREY, linewidth=0.8, linestyle="--")
    bottom.annotate(
        "target",
        (1, 50),
        xycoords=("axes fraction", "data"),
        xytext=(4, 0),
        textcoords="offset points",
        va="center",
        color=GREY,
    )
    bottom.set_ylabel("group's mean CPU\n(%, 15 min)")
    bottom.set_ylim(0, 100)

    bottom.set_xlim(requests[0][0], requests[0][-1] + np.timedelta64(60, "s"))
    bottom.xaxis.set_major_locator(mdates.DayLocator(interval=2))
    bottom.xaxis.set_major_formatter(mdates.DateFormatter("%d %b"))
    bottom.set_xlabel("simulated time (UTC), June 1998")
    figure.savefig(image, metadata={"Software": None})


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
