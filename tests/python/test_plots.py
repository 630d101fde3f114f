"""Pictures by what they show: lines equal the metrics, every axis has its unit, nothing lies over anything else."""

import itertools
import re
import warnings

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from conftest import ROOT, SMALL
from matplotlib import dates

import updraft

SCENARIOS = {
    "match_day": "6h",
    "image_pipeline": "4h",
    "orders": "1h",
    "noisy_neighbour": "70m",
    "black_friday": "150m",
}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plots")
    found = {}

    def of(name):
        if name not in found:
            file = ROOT / "scenarios" / f"{name}.yaml"
            found[name] = updraft.run(file, duration=SCENARIOS[name], output=folder / f"{name}.h5")
        return found[name]

    return of


@pytest.fixture(autouse=True)
def closed():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield
    plt.close("all")


PICTURES = [
    ("match_day", "capacity", {}),
    ("match_day", "targets", {}),
    ("match_day", "latency", {}),
    ("match_day", "spectrum", {}),
    ("match_day", "instances", {}),
    ("match_day", "scale_out", {}),
    ("image_pipeline", "capacity", {}),
    ("image_pipeline", "queue", {"queue": "uploads"}),
    ("image_pipeline", "instances", {}),
    ("image_pipeline", "scale_out", {}),
    ("orders", "capacity", {"fleet": "web"}),
    ("orders", "queue", {"queue": "to-pack"}),
    ("orders", "concurrency", {"function": "bill"}),
    ("orders", "latency", {"name": "database"}),
    ("noisy_neighbour", "concurrency", {"function": "report"}),
    ("noisy_neighbour", "spectrum", {}),
    ("black_friday", "capacity", {"fleet": "web"}),
    ("black_friday", "targets", {"fleet": "web"}),
    ("black_friday", "instances", {"fleet": "packers"}),
    ("black_friday", "scale_out", {"fleet": "web"}),
    ("black_friday", "latency", {}),
]


def axes_of(drawn):
    return drawn if isinstance(drawn, tuple) else (drawn,)


def labels_of(axis):
    """Those that are drawn: of ticks within the view."""
    low, high = sorted(axis.get_view_interval())
    ticks = [*axis.get_major_ticks(), *axis.get_minor_ticks()]
    labels = [tick.label1 for tick in ticks if low <= tick.get_loc() <= high and tick.label1.get_visible()]
    return [label for label in labels if label.get_text()]


def check_layout(drawn):
    """No label over another, none outside the figure; legends beside the lines."""
    figure = axes_of(drawn)[0].figure
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    whole = figure.bbox
    boxes = []
    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis):
            boxes += [(label.get_text(), label.get_window_extent(renderer)) for label in labels_of(axis)]
            if axis.label.get_text():
                boxes.append((axis.label.get_text(), axis.label.get_window_extent(renderer)))
            offset = axis.get_offset_text()
            if offset.get_text():
                boxes.append((offset.get_text(), offset.get_window_extent(renderer)))
        boxes += [(text.get_text(), text.get_window_extent(renderer)) for text in ax.texts]
        legend = ax.get_legend()
        if legend is not None:
            box = legend.get_window_extent(renderer)
            boxes.append((f"legend of {ax.get_ylabel()}", box))
            assert not box.padded(-2).overlaps(ax.bbox), "a legend over the picture"
    for name, box in boxes:
        assert box.x0 >= whole.x0 - 1 and box.x1 <= whole.x1 + 1, f"{name!r} is cut off"
        assert box.y0 >= whole.y0 - 1 and box.y1 <= whole.y1 + 1, f"{name!r} is cut off"
    for (one, a), (other, b) in itertools.combinations(boxes, 2):
        assert not a.padded(-0.5).overlaps(b.padded(-0.5)), f"{one!r} lies over {other!r}"


def check_grey(ax):
    """Lines differ by their pattern or width, areas by their hatch or lightness."""
    looks = [(str(line._dash_pattern), line.get_linewidth()) for line in ax.lines]
    assert len(set(looks)) == len(looks)
    faces = {}
    for handle, label in zip(*ax.get_legend_handles_labels(), strict=True):
        patch = handle[0] if isinstance(handle, matplotlib.container.BarContainer) else handle
        if hasattr(patch, "get_hatch"):
            face = np.ravel(patch.get_facecolor())[:3]
            faces[label] = (patch.get_hatch(), float(face @ (0.299, 0.587, 0.114)))
    for (one, a), (other, b) in itertools.combinations(faces.items(), 2):
        assert a[0] != b[0] or abs(a[1] - b[1]) > 0.15, f"{one} looks like {other}"


UNIT = re.compile(r"\((s|UTC|requests/s|instances|messages|most at once|1/min|Percent|%|Bytes)\)|^instance of ")


@pytest.mark.parametrize(("scenario", "kind", "arguments"), PICTURES)
def test_axes_have_units_nothing_overlaps_and_colour_is_not_needed(results, scenario, kind, arguments):
    drawn = getattr(results(scenario).plot, kind)(**arguments)
    axes = axes_of(drawn)
    assert all(isinstance(ax, plt.Axes) for ax in axes)
    for ax in axes[0].figure.axes:
        assert UNIT.search(ax.get_ylabel()), ax.get_ylabel()
    assert UNIT.search(axes[-1].get_xlabel()), axes[-1].get_xlabel()
    check_layout(drawn)
    for ax in axes:
        check_grey(ax)


def line(ax, label):
    (found,) = [one for one in ax.lines if one.get_label() == label]
    return found


def held(ax, label):
    """The values of a line in steps, one for each period."""
    values = np.asarray(line(ax, label).get_ydata(), dtype=float)
    assert values[-1] == values[-2]
    return values[:-1]


def test_capacity_shows_needed_against_provided(results):
    of = results("black_friday")
    load, capacity = of.plot.capacity("web")
    np.testing.assert_array_equal(held(load, "shoppers"), of.metric("traffic/shoppers", "Requests") / 60)
    needed, provided = of.metric("web", "needed_instances"), of.metric("web", "GroupInServiceInstances")
    np.testing.assert_array_equal(held(capacity, "needed"), needed)
    np.testing.assert_array_equal(held(capacity, "provided (in service)"), provided)
    np.testing.assert_array_equal(held(capacity, "desired"), of.metric("web", "GroupDesiredCapacity"))
    assert (needed > provided).any()
    assert "short" in capacity.get_legend_handles_labels()[1]
    _, calm = results("orders").plot.capacity("packers")
    assert "short" not in calm.get_legend_handles_labels()[1]


def test_the_axis_of_time_has_simulated_dates(results):
    _, ax = results("match_day").plot.capacity()
    begin, end = (dates.num2date(value).replace(tzinfo=None) for value in ax.get_xlim())
    assert (str(begin), str(end)) == ("1998-06-15 00:00:00", "1998-06-15 06:00:00")


def test_latency_shows_the_columns(results):
    of = results("match_day")
    ax = of.plot.latency()
    for percentile in (50, 90, 99):
        shown = line(ax, f"p{percentile}").get_ydata()
        np.testing.assert_allclose(shown, of.metric("traffic/visitors", f"Latency_p{percentile}"), rtol=0.008)
    assert ax.get_yscale() == "log"


def test_the_spectrum_passes_through_the_percentiles(results):
    of = results("noisy_neighbour")
    ax = of.plot.spectrum("buyers")
    (drawn,) = ax.lines
    x, y = np.asarray(drawn.get_xdata()), np.asarray(drawn.get_ydata())
    table = of.percentiles("buyers", [10, 50, 90, 99, 99.9])
    for percentile, row in table.iterrows():
        at = np.searchsorted(x, 1 / (1 - percentile / 100), side="right") - 1
        assert y[at] == pytest.approx(row["value_s"])
    assert x[-1] == table.attrs["count"]


def test_the_heat_map_holds_each_instances_metric(results):
    of = results("match_day")
    ax = of.plot.targets()
    (mesh,) = ax.collections
    values = np.ma.filled(mesh.get_array().reshape(len(of.instances), -1), np.nan)
    observed = of.dataset("instance_metrics")
    assert np.isfinite(values).sum() == np.isfinite(observed["CPUUtilization"].values).sum()
    fifth = observed["CPUUtilization"].values[observed["instance"].values == 4]
    np.testing.assert_array_equal(values[4][np.isfinite(values[4])], fifth[np.isfinite(fifth)])
    assert mesh.get_clim() == (0, 100)
    with pytest.raises(KeyError, match=r"CPUUtilisation.*CPUUtilization"):
        of.plot.targets("CPUUtilisation")


def test_while_there_are_no_instances_the_heat_map_is_blank():
    operations = """\
operations:
  - {at: 5m, fleet: {set_min_size: 0}}
  - {at: 6m, fleet: {set_desired_capacity: 0}}
  - {at: 15m, fleet: {set_desired_capacity: 1}}
"""
    of = updraft.run(updraft.loads(SMALL + operations), duration="20m")
    ax = of.plot.targets()
    (mesh,) = ax.collections
    values = np.ma.filled(mesh.get_array().reshape(len(of.instances), -1), np.nan)
    assert values.shape == (3, 20)
    assert np.isnan(values[:, 9:15]).all() and np.isfinite(values[2, 18])
    check_layout(ax)


def test_queue_shows_depth_and_age(results):
    of = results("image_pipeline")
    depth, age = of.plot.queue("uploads")
    np.testing.assert_array_equal(held(depth, "visible"), of.metric("uploads", "ApproximateNumberOfMessagesVisible"))
    np.testing.assert_array_equal(
        held(depth, "in flight"), of.metric("uploads", "ApproximateNumberOfMessagesNotVisible")
    )
    np.testing.assert_array_equal(held(age, "oldest message"), of.metric("uploads", "ApproximateAgeOfOldestMessage"))


def test_concurrency_shows_executions_and_cold_starts(results):
    of = results("noisy_neighbour")
    running, cold = of.plot.concurrency("report")
    shown = held(running, "concurrent executions")
    np.testing.assert_array_equal(shown, of.metric("report", "ConcurrentExecutions_Maximum"))
    np.testing.assert_array_equal(held(running, "environments"), of.metric("report", "Environments_Maximum"))
    (stairs,) = [patch for patch in cold.patches if patch.get_label() == "cold starts"]
    np.testing.assert_array_equal(stairs.get_data().values, of.metric("report", "ColdStarts"))


def bars(ax, label):
    (found,) = [one for one in ax.containers if one.get_label() == label]
    return {round(bar.get_y() + bar.get_height() / 2): (bar.get_x(), bar.get_width()) for bar in found}


def test_the_gantt_chart_has_the_lives_and_the_pauses(results):
    of = results("black_friday")
    ax = of.plot.instances("web")
    frame = of.instances
    web = frame[frame["owner"] == "web/launch_template"].sort_values("launched_ns", kind="stable")
    assert len(web) > 6  # some were launched
    served, warm, grace = (bars(ax, label) for label in ("in service", "warm-up", "grace period"))
    minute = 1 / 24 / 60
    for row, (_, one) in enumerate(web.iterrows()):
        if one["in_service"] is np.nan or one["in_service"] != one["in_service"]:
            continue
        begin, width = served[row]
        assert begin == pytest.approx(dates.date2num(one["in_service"]))
        if one["ended"] == one["ended"]:
            assert begin + width == pytest.approx(dates.date2num(one["ended"]))
        if row < 6:  # of the start: warm and past the grace period
            assert row not in warm and row not in grace
        elif begin + 2 * minute < dates.date2num(np.datetime64(of.attributes["start"])) + 150 * minute:
            assert warm[row] == pytest.approx((begin, 2 * minute))
            assert grace[row] == pytest.approx((begin, 2 * minute))
    boot = bars(ax, "boot, until healthy")
    assert min(boot) == 6 and all(width > 0.3 * minute for _, width in boot.values())


def test_without_the_scenario_there_are_no_pauses(results):
    opened = updraft.open(results("match_day").path)
    assert opened.scenario is None  # it names a file
    labels = opened.plot.instances().get_legend_handles_labels()[1]
    assert "in service" in labels and "warm-up" not in labels
    known = updraft.open(opened.path, scenario=updraft.load(ROOT / "scenarios" / "match_day.yaml"))
    assert "warm-up" in known.plot.instances().get_legend_handles_labels()[1]
    assert updraft.open(results("black_friday").path).scenario.name == "black-friday"


def test_the_waterfall_is_the_decisions(results):
    of = results("black_friday")
    ax = of.plot.scale_out("web")
    decisions, instances = of.decisions, of.instances
    change = decisions[(decisions["who"] == "web") & (decisions["kind"] == "desired capacity")].iloc[0]
    launches = of.activities[of.activities["cause_decision"] == change.name]
    assert [label.get_text() for label in ax.get_yticklabels()][1:] == list(launches["instance"])
    alarm = decisions.loc[decisions.loc[change["cause_decision"], "cause_decision"]]
    zero = alarm["cause_period_ns"]
    assert bars(ax, "until it was decided")[0] == pytest.approx((0, (change["first_ns"] - zero) / 1e9))
    first = instances[
        (instances["id"] == launches["instance"].iloc[0]) & instances["owner"].str.startswith("web/")
    ].iloc[0]
    expected = (first["launched_ns"] - zero) / 1e9, (first["in_service_ns"] - first["launched_ns"]) / 1e9
    assert bars(ax, "pending")[1] == pytest.approx(expected)
    assert bars(ax, "warm-up")[1][1] == pytest.approx(120)
    assert "2026-11-27T10:" in ax.get_xlabel()
    again = of.plot.scale_out("web", decision=int(change.name))
    assert again.get_ylabel() == ax.get_ylabel()
    later = of.plot.scale_out("web", at="2h12m")
    assert later.get_ylabel() != ax.get_ylabel()
    with pytest.raises(ValueError, match="decision 1 is no scale-out of web"):
        of.plot.scale_out("web", decision=1)


def test_names_are_asked_for_and_listed(results):
    of = results("black_friday")
    with pytest.raises(ValueError, match=r"which fleet\? there are packers, web"):
        of.plot.capacity()
    with pytest.raises(KeyError, match=r"no fleet 'wbe'; there are packers, web"):
        of.plot.instances("wbe")
    with pytest.raises(KeyError, match=r"no queue 'web'; there are failed, to-pack"):
        of.plot.queue("web")
    with pytest.raises(ValueError, match="these results hold no fleet"):
        results("noisy_neighbour").plot.capacity()
    with pytest.raises(ValueError, match="was not scaled out"):
        results("orders").plot.scale_out("packers")


def test_axes_may_be_given(results):
    _, (one, two, three) = plt.subplots(1, 3)
    assert results("match_day").plot.latency(ax=one) is one
    assert results("match_day").plot.capacity(axes=(two, three)) == (two, three)
    with pytest.raises(ValueError, match="this picture has two"):
        results("match_day").plot.capacity(axes=(one,))


@pytest.mark.parametrize("duration", ["30s", "60s", "90s", "3m"])
def test_short_runs_have_pictures(duration):
    short = updraft.run(updraft.loads(SMALL), duration=duration)
    for kind in ("capacity", "targets", "latency", "spectrum", "instances"):
        drawn = getattr(short.plot, kind)()
        check_layout(drawn)
        plt.close("all")
    with pytest.raises(ValueError, match="fleet was not scaled out"):
        short.plot.scale_out()


def test_a_group_without_instances_and_a_source_without_requests():
    nothing = SMALL.replace("min_size: 2", "min_size: 0").replace("initial: {fleet: {in_service: 2}}\n", "")
    empty = updraft.run(updraft.loads(nothing.replace("constant: 20/s", "constant: 0/s")), duration="5m")
    for kind in ("capacity", "targets", "latency", "spectrum", "instances"):
        drawn = getattr(empty.plot, kind)()
        check_layout(drawn)
        plt.close("all")
    assert "fleet" in empty._repr_html_()
