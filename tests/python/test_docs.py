"""The Python examples of the documentation run as they stand."""

import re

from conftest import ROOT


def test_the_page_on_python_runs(monkeypatch):
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    blocks = re.findall(r"^```python\n(.*?)^```", (ROOT / "docs" / "python.md").read_text(), re.DOTALL | re.MULTILINE)
    assert blocks
    names = {}
    for block in blocks:
        exec(compile(block, "docs/python.md", "exec"), names)
    assert names["alb"]["TargetResponseTime_p99"].attrs["units"] == "Seconds"
