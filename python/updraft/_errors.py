"""What can go wrong, and what was done when it was interrupted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from updraft._results import Results


@dataclass(frozen=True)
class Finding:
    """One thing wrong with a scenario. Lines and columns count from 1; line 0 is nowhere."""

    file: str
    line: int
    column: int
    message: str


class ScenarioError(ValueError):
    """The scenario cannot be run. `findings` holds everything wrong with it; the text shows each with its line."""

    def __init__(self, text: str, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(text, findings)
        self.findings = findings

    def __str__(self) -> str:
        return str(self.args[0])


class Interrupted(KeyboardInterrupt):
    """Ctrl-C during a run. `results` holds what was done: its file opens, and its rows are the whole run's first."""

    def __init__(self, results: Results) -> None:
        super().__init__(f"interrupted after {results.simulated_s:g} simulated seconds; see .results")
        self.results = results
