"""What a killed run leaves, compared with the finished run's file."""

import h5py
import numpy as np


def datasets_of(path):
    """Every dataset by its path, scales under each of their links."""
    found = {}
    with h5py.File(path, "r") as file:

        def walk(group, prefix):
            for name, item in group.items():
                if isinstance(item, h5py.Group):
                    walk(item, f"{prefix}{name}/")
                else:
                    found[prefix + name] = item[()]

        walk(file, "/")
    return found


def same(a, b):
    if a.dtype.kind == "f":
        return np.array_equal(a.view(f"u{a.dtype.itemsize}"), b.view(f"u{b.dtype.itemsize}"))
    return np.array_equal(a, b)


def check_against(finished, killed_path):
    """Opens what a kill left and compares its rows with the finished run's. Returns valid_until."""
    killed = datasets_of(killed_path)
    with h5py.File(killed_path, "r") as file:
        complete = int(file.attrs["complete"])
        valid_until = int(file.attrs["valid_until"])
        opens = {
            name: np.asarray(item.attrs.get("_FillValue", item.attrs.get("open_value", [0]))).ravel()[0]
            for name, item in ((n, file[n]) for n in killed)
        }
    for name, rows in killed.items():
        final = finished[name]
        assert len(rows) <= len(final), name
        head = final[: len(rows)]
        if same(rows, head):
            continue
        # Only late cells may differ, and only by being open still.
        assert not complete, name
        differs = ~np.array([same(a, b) for a, b in zip(rows.reshape(-1, 1), head.reshape(-1, 1), strict=True)])
        for value in rows[differs]:
            is_open = value == b"" if rows.dtype.kind == "O" else (value == opens[name] or value != value)
            assert is_open, (name, value)
        if name.endswith("ended"):
            assert (head[differs] >= valid_until).all(), name
    for cadence in (60, 300):
        name = f"/time_{cadence}s"
        if name in finished:
            assert len(killed.get(name, [])) * cadence >= valid_until - valid_until % cadence
    return complete, valid_until
