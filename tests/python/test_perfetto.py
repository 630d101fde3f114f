"""Exported traces, opened by a reader that is not ours: the protobuf classes of Perfetto's own package.

The judge is the result file, read by h5py: every traced request and hop must be in the export once, on the track of its
resource, as long as in the file, called by whom the file names. What a slice is follows Perfetto's rules alone: the
events of one track nest by their order. UPDRAFT_PROGRAM names the program, ctest sets it.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import h5py
import pytest
from perfetto.protos.perfetto.trace import perfetto_trace_pb2 as pb

PROGRAM = os.environ.get("UPDRAFT_PROGRAM")
pytestmark = pytest.mark.skipif(not PROGRAM, reason="UPDRAFT_PROGRAM is not set")

SCENARIO = Path(__file__).resolve().parents[2] / "scenarios" / "orders.yaml"


@dataclass
class Slice:
    track: int
    category: str
    name: str
    begin: int
    parent: Slice | None  # on the same track
    notes: dict[str, Any]
    leaves: list[int]  # flows
    arrives: list[int]
    end: int = -1


@dataclass
class Export:
    """A trace as a viewer understands it; anything that Perfetto would count as an error is one here."""

    packets: list[Any]
    tracks: dict[int, Any] = field(default_factory=dict)
    slices: list[Slice] = field(default_factory=list)

    def __post_init__(self) -> None:
        tables: dict[int, dict[str, dict[int, str]]] = {}
        open_slices: dict[int, list[Slice]] = {}
        for packet in self.packets:
            sequence = packet.trusted_packet_sequence_id
            assert sequence > 0
            if packet.sequence_flags & pb.TracePacket.SEQ_INCREMENTAL_STATE_CLEARED:
                tables[sequence] = {"categories": {}, "keys": {}, "values": {}}
            if packet.HasField("interned_data"):
                data, table = packet.interned_data, tables[sequence]
                table["categories"] |= {one.iid: one.name for one in data.event_categories}
                table["keys"] |= {one.iid: one.name for one in data.debug_annotation_names}
                table["values"] |= {one.iid: one.str.decode() for one in data.debug_annotation_string_values}
            if packet.HasField("track_descriptor"):
                descriptor = packet.track_descriptor
                assert descriptor.uuid not in self.tracks
                assert descriptor.parent_uuid == 0 or descriptor.parent_uuid in self.tracks
                self.tracks[descriptor.uuid] = descriptor
            if packet.HasField("track_event"):
                event = packet.track_event
                stack = open_slices.setdefault(event.track_uuid, [])
                if event.type == pb.TrackEvent.TYPE_SLICE_END:
                    stack.pop().end = packet.timestamp
                else:
                    assert event.type == pb.TrackEvent.TYPE_SLICE_BEGIN
                    assert packet.sequence_flags & pb.TracePacket.SEQ_NEEDS_INCREMENTAL_STATE
                    begun = self.begin(packet, tables[sequence], stack[-1] if stack else None)
                    stack.append(begun)
                    self.slices.append(begun)
        assert not any(open_slices.values()), "a slice never ends"

    @staticmethod
    def begin(packet: Any, table: dict[str, dict[int, str]], parent: Slice | None) -> Slice:
        event = packet.track_event
        notes = {}
        for note in event.debug_annotations:
            kind = note.WhichOneof("value")
            value = getattr(note, kind)
            notes[table["keys"][note.name_iid]] = table["values"][value] if kind == "string_value_iid" else value
        return Slice(
            track=event.track_uuid,
            category=table["categories"][event.category_iids[0]],
            name=event.name,
            begin=packet.timestamp,
            parent=parent,
            notes=notes,
            leaves=list(event.flow_ids),
            arrives=list(event.terminating_flow_ids),
        )

    def of(self, category: str) -> list[Slice]:
        return [one for one in self.slices if one.category == category]

    def path(self, track: int) -> str:
        """Names from below the root down, as the result file writes paths."""
        names: list[str] = []
        while self.tracks[track].parent_uuid:
            names.append(self.tracks[track].name)
            track = self.tracks[track].parent_uuid
        return "/".join(reversed(names))


class Recorded:
    """/traces of a result file."""

    def __init__(self, path: Path) -> None:
        with h5py.File(path) as file:
            self.attributes = dict(file.attrs)
            self.columns = {name: column[()] for name, column in file["traces"].items() if name != "span"}
            meanings = file["traces/span_status"].attrs["flag_meanings"]
            self.statuses = (meanings.decode() if isinstance(meanings, bytes) else meanings).split()

    def texts(self, name: str) -> list[str]:
        return [text.decode() for text in self.columns[name]]

    @cached_property
    def requests(self) -> list[dict[str, Any]]:
        c, sources = self.columns, self.texts("source_name")
        return [
            {
                "traffic": sources[c["trace_source"][i]],
                "request": int(c["request"][i]),
                "begin": int(c["begin_ns"][i]),
                "end": int(c["end_ns"][i]),
                "status": self.statuses[c["status"][i]],
                "kept_for": int(c["kept_for"][i]),
            }
            for i in range(len(c["request"]))
        ]

    @cached_property
    def hops(self) -> list[dict[str, Any]]:
        c, components = self.columns, self.texts("component_name")
        key = self.texts("key_name").index("waited_s")
        waited = {
            int(span): float(value)
            for span, name, value in zip(c["of_span"], c["attribute_key"], c["attribute_value"], strict=True)
            if name == key
        }
        return [
            {
                "trace": int(c["span_trace"][i]),
                "hop": int(c["span_id"][i]),
                "parent": int(c["span_parent"][i]),
                "resource": components[c["span_component"][i]],
                "begin": int(c["span_begin_ns"][i]),
                "end": int(c["span_end_ns"][i]),
                "status": self.statuses[c["span_status"][i]],
                "waited_ns": round(waited[i] * 1e9) if i in waited else None,
            }
            for i in range(len(c["span_id"]))
        ]


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(PROGRAM), *words], capture_output=True, text=True, check=True, timeout=300)


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("perfetto")
    results, trace = folder / "orders.h5", folder / "orders.perfetto-trace"
    run("run", str(SCENARIO), "--until", "10m", "-q", "-o", str(results))
    run("trace", str(results))
    return results, trace


@pytest.fixture(scope="module")
def recorded(files) -> Recorded:
    return Recorded(files[0])


@pytest.fixture(scope="module")
def export(files) -> Export:
    trace = pb.Trace()
    trace.ParseFromString(files[1].read_bytes())
    return Export(list(trace.packet))


def by_call(export: Export) -> dict[tuple[str, int, int], Slice]:
    """Hops by traffic, request and number; each is there once."""
    found = {(one.notes["traffic"], one.notes["request"], one.notes["hop"]): one for one in export.of("hop")}
    assert len(found) == len(export.of("hop"))
    return found


def test_no_field_is_unknown_to_perfetto(files):
    """What its classes do not know they drop when unknown fields are discarded; nothing is."""
    data = files[1].read_bytes()
    trace = pb.Trace()
    trace.ParseFromString(data)
    whole = trace.ByteSize()
    trace.DiscardUnknownFields()
    assert trace.ByteSize() == whole == len(data)
    assert trace.IsInitialized()


def test_every_request_is_a_slice_of_its_source(export, recorded):
    def said(one: Slice) -> tuple:
        notes = one.notes
        return (export.path(one.track), notes["traffic"], notes["request"], one.begin, one.end, notes["status"])

    expected = [
        (one["traffic"], one["traffic"], one["request"], one["begin"], one["end"], one["status"])
        for one in recorded.requests
    ]
    assert len(expected) > 50
    assert sorted(map(said, export.of("request"))) == sorted(expected)


def test_every_hop_is_a_slice_on_the_track_of_its_resource(export, recorded):
    found = by_call(export)
    assert len(found) == len(recorded.hops) > 200
    for hop in recorded.hops:
        request = recorded.requests[hop["trace"]]
        one = found[request["traffic"], request["request"], hop["hop"]]
        assert export.path(one.track) == one.notes["resource"] == hop["resource"]
        assert (one.begin, one.end, one.notes["status"]) == (hop["begin"], hop["end"], hop["status"])
        assert one.notes.get("waited_ns") == hop["waited_ns"]
        assert one.parent is None, "hops on one track never nest"


def test_parents_are_those_of_the_file(export, recorded):
    """By note and by flow: an arrow leaves the caller's slice and ends in the hop's."""
    found = by_call(export)
    requests = {(one.notes["traffic"], one.notes["request"]): one for one in export.of("request")}
    leaves = {flow: one for one in export.slices for flow in one.leaves}
    assert len(leaves) == sum(len(one.leaves) for one in export.slices) == len(found)
    order = {id(one): i for i, one in enumerate(export.slices)}
    for hop in recorded.hops:
        request = recorded.requests[hop["trace"]]
        key = (request["traffic"], request["request"])
        one = found[(*key, hop["hop"])]
        caller = requests[key] if hop["parent"] < 0 else found[(*key, hop["parent"])]
        assert one.notes.get("called_by_hop", -1) == hop["parent"]
        assert one.notes["called_by"] == caller.notes.get("resource", request["traffic"])
        (flow,) = one.arrives
        assert leaves[flow] is caller
        assert order[id(caller)] < order[id(one)], "a flow begins at the first slice that names it"


def test_served_is_what_neither_waits_nor_calls(export, recorded):
    """Counted here by walking over begins and ends, there by merging intervals."""
    calls: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for hop in recorded.hops:
        calls.setdefault((hop["trace"], hop["parent"]), []).append(hop)
    found = by_call(export)
    checked = 0
    for hop in recorded.hops:
        request = recorded.requests[hop["trace"]]
        edges = []
        for call in calls.get((hop["trace"], hop["hop"]), []):
            edges += [(call["begin"], 1), (min(call["end"], hop["end"]), -1)]
        busy = depth = last = 0
        for at, step in sorted(edges):
            busy += at - last if depth > 0 else 0
            depth, last = depth + step, at
        one = found[request["traffic"], request["request"], hop["hop"]]
        if hop["waited_ns"] is not None:
            assert one.notes["served_ns"] == hop["end"] - hop["begin"] - hop["waited_ns"] - busy
            checked += 1
    assert checked > 200


def test_a_request_says_why_it_is_in_the_file(export, recorded):
    words = {1: "sampled", 2: "slowest", 4: "failed"}
    expected = {
        (one["traffic"], one["request"]): ", ".join(word for bit, word in words.items() if one["kept_for"] & bit)
        for one in recorded.requests
    }
    assert {
        (one.notes["traffic"], one.notes["request"]): one.notes["kept_for"] for one in export.of("request")
    } == expected
    assert len(set(expected.values())) > 1


def test_the_run_is_a_slice_and_the_clock_tells_its_date(export, recorded):
    (whole,) = export.of("run")
    assert export.path(whole.track) == ""
    assert whole.name == "orders"
    assert (whole.begin, whole.end) == (0, int(recorded.attributes["valid_until_ns"]))
    assert whole.notes["seed"] == recorded.attributes["seed"]
    assert whole.notes["run_id"] == recorded.attributes["run_id"].decode()
    (clocks,) = (packet.clock_snapshot for packet in export.packets if packet.HasField("clock_snapshot"))
    assert clocks.primary_trace_clock == pb.BuiltinClock.BUILTIN_CLOCK_BOOTTIME
    assert {one.clock_id: one.timestamp for one in clocks.clocks} == {
        pb.BuiltinClock.BUILTIN_CLOCK_BOOTTIME: 0,
        pb.BuiltinClock.BUILTIN_CLOCK_REALTIME: int(recorded.attributes["start_unix_ns"]),
    }


def test_tracks_stand_from_callers_to_callees(export):
    """Top level tracks by rank, lanes of one resource under one name, instances in the group of their fleet."""
    (root,) = (one for one in export.tracks.values() if not one.parent_uuid)
    assert root.child_ordering == pb.TrackDescriptor.EXPLICIT
    top = [one for one in export.tracks.values() if one.parent_uuid == root.uuid]
    names = list(dict.fromkeys(one.name for one in sorted(top, key=lambda one: one.sibling_order_rank)))
    assert names[:3] == ["traffic", "shop", "web"]
    assert {"cache", "database", "recommendations", "payments"} <= set(names)
    (web,) = (one for one in top if one.name == "web")
    assert web.child_ordering == pb.TrackDescriptor.LEXICOGRAPHIC
    children = {one.name for one in export.tracks.values() if one.parent_uuid == web.uuid}
    assert {"launch_template/i-000001", "launch_template/i-000002"} <= children


def test_the_same_results_give_the_same_bytes(files, tmp_path):
    again = tmp_path / "again.perfetto-trace"
    run("trace", str(files[0]), "-o", str(again))
    assert again.read_bytes() == files[1].read_bytes()
    piped = subprocess.run(
        [str(PROGRAM), "trace", str(files[0]), "-o", "-"], capture_output=True, check=True, timeout=60
    )
    assert piped.stdout == files[1].read_bytes()
