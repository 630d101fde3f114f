"""What the pictures share: new figures, lines that differ in print, an axis of simulated dates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes

# In the order in which lines are drawn. Lightness falls and rises clearly, and patterns differ: colour is never needed.
LINES: tuple[dict[str, Any], ...] = (
    {"color": "#0b3c6f", "linestyle": "-", "linewidth": 1.6},
    {"color": "#d9730d", "linestyle": (0, (5, 1.5)), "linewidth": 1.6},
    {"color": "#4a9d8e", "linestyle": (0, (1.2, 1.2)), "linewidth": 1.8},
    {"color": "#7a7a7a", "linestyle": (0, (7, 1.5, 1.2, 1.5)), "linewidth": 1.4},
    {"color": "#a03070", "linestyle": (0, (3, 1, 1, 1, 1, 1)), "linewidth": 1.4},
)
DARK, LIGHT, SHADE = "#0b3c6f", "#9fbfdc", "#f0b37a"
TIME = "simulated time (UTC)"


def line(number: int) -> dict[str, Any]:
    return dict(LINES[number % len(LINES)])


def one(ax: Axes | None, height: float = 3.6) -> Axes:
    """The Axes to draw on; a new figure's, where none is given."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    _, new = plt.subplots(figsize=(8.0, height), layout="constrained")
    return new  # type: ignore[no-any-return]


def two(axes: Sequence[Axes] | None) -> tuple[Axes, Axes]:
    """Two Axes, one above the other, over one axis of time."""
    if axes is not None:
        if len(axes) != 2:
            raise ValueError(f"{len(axes)} axes are given; this picture has two")
        return axes[0], axes[1]
    import matplotlib.pyplot as plt

    _, (upper, lower) = plt.subplots(2, 1, figsize=(8.0, 5.2), layout="constrained", sharex=True)
    return upper, lower


def time_axis(ax: Axes, begin: Any, end: Any, *, labelled: bool = True) -> None:
    """Dates, as short as they can be; the day stands once."""
    import matplotlib.dates as dates

    locator = dates.AutoDateLocator(minticks=3, maxticks=8)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator))
    ax.set_xlim(begin, end)
    if labelled:
        ax.set_xlabel(TIME)


def span(results: Any) -> tuple[Any, Any]:
    """First and last moment of the results that count; never the same one."""
    import numpy as np

    begin = np.datetime64(results.attributes["start"], "ns")
    return begin, begin + np.timedelta64(max(results._valid_until_ns, 1), "ns")


def legend(ax: Axes, columns: int = 4) -> None:
    """Above the picture, where no line can be under it."""
    handles, labels = ax.get_legend_handles_labels()
    if handles:
        ax.legend(
            handles,
            labels,
            loc="lower left",
            bbox_to_anchor=(0.0, 1.0),
            ncols=columns,
            frameon=False,
            borderaxespad=0.2,
        )


def finish(ax: Axes) -> None:
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    ax.grid(axis="y", color="0.85", linewidth=0.6)
    ax.set_axisbelow(True)


def nothing(ax: Axes, words: str) -> None:
    """Says that there is nothing to show; the axes keep their units."""
    ax.text(0.5, 0.5, words, transform=ax.transAxes, ha="center", va="center", color="0.35")


def ends(times: np.ndarray[Any, Any], seconds: int) -> np.ndarray[Any, Any]:
    """Starts of periods and the end of the last one: what a drawing in steps needs."""
    import numpy as np

    if not len(times):
        return times
    return np.append(times, times[-1:] + np.timedelta64(seconds, "s"))


def steps(ax: Axes, times: Any, values: Any, label: str, **style: Any) -> Any:
    """A value that holds over each period of a minute, as matplotlib's step line through the ends."""
    import numpy as np

    values = np.asarray(values, dtype=float)
    if len(values):
        values = np.append(values, values[-1:])
    (drawn,) = ax.plot(ends(times, 60), values, label=label, drawstyle="steps-post", **style)
    return drawn
