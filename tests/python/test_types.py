"""What the package says of its types: the stub is the module's own, and mypy finds nothing in the package."""

import importlib.util
import subprocess
import sys

from conftest import ROOT


def stubs():
    spec = importlib.util.spec_from_file_location("stubs", ROOT / "tools" / "stubs.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_stub_is_the_modules_own():
    tool = stubs()
    assert tool.STUB.read_text() == tool.generated(), "write it anew with tools/stubs.py"


def test_the_package_is_typed(tmp_path):
    user = tmp_path / "user.py"
    user.write_text(
        "import updraft\n"
        "results: updraft.Results = updraft.run(updraft.load('s.yaml'), seed=3, duration='6h')\n"
        "for name, kind in updraft.loads('').resources.items():\n"
        "    print(name.upper(), kind.upper(), results.dataset(name).sizes)\n"
    )
    done = mypy(str(ROOT / "python" / "updraft"), str(user), cache=tmp_path)
    assert done.returncode == 0, done.stdout
    user.write_text("import updraft\nupdraft.run(7)\n")  # it can fail
    done = mypy(str(user), cache=tmp_path)
    assert "arg-type" in done.stdout, done.stdout


def mypy(*arguments, cache):
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--config-file",
            ROOT / "pyproject.toml",
            "--cache-dir",
            cache / "mypy",
            *arguments,
        ],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "MYPYPATH": str(ROOT / "python")},
    )
