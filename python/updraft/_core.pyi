# Generated from the module by tools/stubs.py; a test compares the two.
"""
The C++ side of updraft; use the package.
"""

from __future__ import annotations
import typing

__all__: list[str] = ["Scenario", "is_result_file", "load_file", "load_text", "parse_duration", "run", "version", "why"]

class Scenario:
    """
    A checked scenario; every default is filled in.
    """
    def __copy__(self) -> Scenario: ...
    def __deepcopy__(self, memo: typing.Any) -> Scenario: ...
    def __eq__(self, other: typing.Any) -> bool:
        """
        Whether they run alike: comments, layout and the file's name do not count.
        """
    def __getstate__(self) -> tuple[str, bytes, set[str]]: ...
    def __hash__(self) -> int: ...
    def __repr__(self) -> str: ...
    def __setstate__(self, arg0: tuple[str, bytes, set[str]]) -> None: ...
    def parameters_json(self, resource: str) -> str:
        """
        What a resource says, every default filled in, as JSON. Raises KeyError.
        """
    @property
    def description(self) -> str:
        """
        What the scenario shows.
        """
    @property
    def duration_ns(self) -> int:
        """
        Simulated time to run, in nanoseconds.
        """
    @property
    def file(self) -> str:
        """
        The file's name as it was given; "<text>" for a text.
        """
    @property
    def files(self) -> set[str]:
        """
        Files that the scenario names.
        """
    @property
    def name(self) -> str:
        """
        Name of the scenario.
        """
    @property
    def region(self) -> str:
        """
        AWS's region.
        """
    @property
    def resources(self) -> dict[str, str]:
        """
        Type of each resource, by its name.
        """
    @property
    def rules(self) -> str:
        """
        Rules edition: which of AWS's numbers hold.
        """
    @property
    def seed(self) -> int:
        """
        Seed of every draw.
        """
    @property
    def start(self) -> str:
        """
        The instant of simulated time 0, ISO 8601.
        """
    @property
    def text(self) -> str:
        """
        The scenario as it was written.
        """

def is_result_file(path: str) -> bool:
    """
    Whether a file that is there is a result file, finished or not.
    """

def load_file(file: str, allow_any_file: bool = False) -> Scenario:
    """
    Loads and checks a scenario. Raises ScenarioError (a ValueError), OSError when a file cannot be read.
    """

def load_text(text: str, directory: str = "", allow_any_file: bool = False) -> Scenario:
    """
    The same from a text; files it names are relative to the directory.
    """

def parse_duration(text: str) -> int:
    """
    "6h" or "1d 12h" in nanoseconds, by the grammar of scenarios. Raises ValueError.
    """

def run(
    scenario: Scenario,
    seed: int | None = None,
    replication: int = 0,
    duration_ns: int | None = None,
    output: str = "",
    repeat: str = "",
    progress: typing.Callable[[float, float, int], typing.Any] | None = None,
) -> tuple[str, typing.Any]:
    """
    Runs a scenario: the report as JSON, and the exception that stopped it early or None.

    An empty output writes no result file. Raises ValueError for an impossible duration, OSError
    when the result file cannot be written, RuntimeError when an invariant of Updraft breaks.
    """

def version() -> str:
    """
    The version of the library: "0.1.0".
    """

def why(
    path: str, resource: str = "", from_: str = "", to: str = "", around_ns: int = 0, width: int = 100
) -> tuple[str, str]:
    """
    What `updraft why` says of a result file: its words, and its JSON.

    Raises KeyError for an unknown resource, ValueError for an impossible window, OSError for an unreadable file.
    """
