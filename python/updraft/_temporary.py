"""Result files without a name of the user's."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from pathlib import Path
from typing import Any


class TemporaryFile:
    """A result file without a name of the user's: it goes with the last that refers to it. A pickle carries it along."""

    def __init__(self) -> None:
        folder = tempfile.mkdtemp(prefix="updraft-")
        self.path = Path(folder) / "results.h5"
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)

    @classmethod
    def _of_bytes(cls, content: bytes) -> TemporaryFile:
        file = cls()
        file.path.write_bytes(content)
        return file

    def __reduce__(self) -> tuple[Any, ...]:
        return (TemporaryFile._of_bytes, (self.path.read_bytes(),))

    def __copy__(self) -> TemporaryFile:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> TemporaryFile:
        return self
