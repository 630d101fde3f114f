"""Scenarios from files and texts. One loader, the C++ one, reads them all."""

from __future__ import annotations

import os

from updraft import _core


def load(path: str | os.PathLike[str], *, allow_any_file: bool = False) -> _core.Scenario:
    """Loads and checks a scenario file.

    Files it names must stand in its folder or below, unless `allow_any_file`. Raises ScenarioError with everything
    wrong with it, OSError when the file cannot be read.
    """
    with open(path, "rb"):  # so that the system says what hinders
        pass
    return _core.load_file(os.fspath(path), allow_any_file)


def loads(text: str, *, directory: str | os.PathLike[str] = "", allow_any_file: bool = False) -> _core.Scenario:
    """The same from a text; files it names are relative to `directory`, by default the current one."""
    return _core.load_text(text, os.fspath(directory), allow_any_file)
