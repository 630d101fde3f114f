#!/usr/bin/env python3
"""The program as a process: exit codes, signals, closed pipes, full disks, NO_COLOR, the progress bar on a terminal.

Needs UPDRAFT, the path of the binary. HDF5 is told by its signature and by h5dump where there is one.
"""

from __future__ import annotations

import json
import os
import pty
import resource
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

UPDRAFT = os.environ["UPDRAFT"]

# Enough work for a run to be in the middle of when a signal comes: far longer than any test waits.
LONG = """scenario: long
duration: 3000d
resources:
  web-alb: {load_balancer: {availability_zones: [a, b], listeners: [{forward: web}]}}
  web: {target_group: {}}
  fleet:
    auto_scaling_group:
      min_size: 2
      max_size: 4
      availability_zones: [a, b]
      target_groups: [web]
      launch_template: {instance_type: m5.large}
initial: {fleet: {in_service: 2}}
traffic:
  visitors: {to: web-alb, rate: 20/s, demand: {cpu: 10ms}}
"""


def on_terminal(arguments: list[str], folder: str, seconds: float, environment: dict[str, str]) -> str:
    """What a terminal gets to see of a run within that time; then it is interrupted."""
    master, slave = pty.openpty()
    process = subprocess.Popen([UPDRAFT, *arguments], cwd=folder, stdout=slave, stderr=slave, env=environment)
    os.close(slave)
    seen = b""
    end = time.monotonic() + seconds
    interrupted = False
    while True:
        if not interrupted and time.monotonic() > end:
            process.send_signal(signal.SIGINT)
            interrupted = True
        if select.select([master], [], [], 0.05)[0]:
            try:
                part = os.read(master, 65536)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            seen += part
    process.wait(timeout=60)
    os.close(master)
    return seen.decode()


class Process(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        (self.folder / "long.yaml").write_text(LONG)

    def updraft(self, *arguments: str, **options) -> subprocess.CompletedProcess:
        return subprocess.run(
            [UPDRAFT, *arguments], cwd=self.folder, capture_output=True, text=True, timeout=120, **options
        )

    def start_long_run(self) -> subprocess.Popen:
        process = subprocess.Popen(
            [UPDRAFT, "run", "long.yaml", "--json"], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.kill)
        result = self.folder / "results.h5"
        end = time.monotonic() + 60
        while not result.exists() and time.monotonic() < end:
            time.sleep(0.02)
        self.assertTrue(result.exists())
        time.sleep(0.3)
        return process

    def test_exit_codes(self) -> None:
        self.assertEqual(self.updraft("--version").returncode, 0)
        self.assertEqual(self.updraft().returncode, 2)
        self.assertEqual(self.updraft("ruin").returncode, 2)
        self.assertEqual(self.updraft("validate", "none.yaml").returncode, 2)
        self.assertEqual(self.updraft("validate", "long.yaml").returncode, 0)
        (self.folder / "bad.yaml").write_text(LONG.replace("3000d", "3000"))
        self.assertEqual(self.updraft("validate", "bad.yaml").returncode, 1)
        self.assertEqual(self.updraft("run", "bad.yaml").returncode, 2)

    def test_interrupt_and_terminate_leave_a_file_that_opens(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(signal=number):
                process = self.start_long_run()
                process.send_signal(number)
                out, err = process.communicate(timeout=60)
                self.assertEqual(process.returncode, 130, err)
                summary = json.loads(out)
                self.assertFalse(summary["complete"])
                self.assertGreater(summary["simulated_s"], 0)
                result = self.folder / "results.h5"
                self.assertEqual(result.read_bytes()[:8], b"\x89HDF\r\n\x1a\n")
                if shutil.which("h5dump"):
                    shown = subprocess.run(
                        ["h5dump", "-a", "/complete", str(result)], capture_output=True, text=True, check=True
                    ).stdout
                    self.assertIn("(0): 0", shown)
                result.unlink()

    def test_a_second_interrupt_ends_it_at_once(self) -> None:
        process = self.start_long_run()
        process.send_signal(signal.SIGSTOP)  # both arrive before it can react to the first
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGCONT)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        self.assertIn(process.returncode, (130, -signal.SIGINT))
        left = self.folder / "results.h5"
        self.assertEqual(left.read_bytes()[:8], b"\x89HDF\r\n\x1a\n")

    def test_a_closed_pipe_is_no_news(self) -> None:
        for command in ("explain launch_template", "schema"):
            line = f"'{UPDRAFT}' {command} | head -1"
            done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 0)
            self.assertEqual(len(done.stdout.splitlines()), 1)
            self.assertEqual(done.stderr, "")

    @unittest.skipUnless(os.path.exists("/dev/full"), "needs /dev/full")
    def test_a_full_disk_is_told(self) -> None:
        with open("/dev/full", "wb") as full:
            done = subprocess.run([UPDRAFT, "schema"], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stderr, "updraft: could not write to standard output\n")

    def test_a_disk_that_fills_up_during_a_run_is_told(self) -> None:
        """A limit on the size of files fails a write as a full disk does; HDF5's cleanup must not crash then."""

        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

        done = self.updraft("run", "long.yaml", "--until", "10d", preexec_fn=limit)
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, r"^updraft: results\.h5: cannot .*: File too large\n$")
        self.assertEqual(done.stdout, "")

    def test_bash_completes(self) -> None:
        script = subprocess.run([UPDRAFT, "completion", "bash"], capture_output=True, text=True, check=True).stdout
        (self.folder / "my.yaml").touch()
        (self.folder / "my.txt").touch()

        def completed(*words: str) -> list[str]:
            ask = 'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _updraft; printf "%s\\n" "${COMPREPLY[@]}"'
            line = ["bash", "--norc", "-c", script + ask, "bash", *words]
            done = subprocess.run(line, cwd=self.folder, capture_output=True, text=True, timeout=60)
            self.assertEqual(done.stderr, "")
            return done.stdout.split()

        self.assertEqual(completed("updraft", "va"), ["validate"])
        self.assertEqual(completed("updraft", "run", "--se"), ["--seed"])
        self.assertEqual(completed("updraft", "run", "m"), ["my.yaml"])
        self.assertEqual(completed("updraft", "run", "my.yaml", "-o", "my.t"), ["my.txt"])
        self.assertEqual(completed("updraft", "run", "my.yaml", "--seed", ""), [])
        self.assertEqual(completed("updraft", "explain", "auto"), ["auto_scaling_group"])
        self.assertEqual(completed("updraft", "completion", "z"), ["zsh"])

    @unittest.skipIf(os.geteuid() == 0, "root may write everywhere")
    def test_a_folder_that_may_not_be_written_is_told(self) -> None:
        (self.folder / "locked").mkdir(mode=0o500)
        done = self.updraft("run", "long.yaml", "--until", "1m", "-o", "locked/r.h5")
        self.assertEqual(done.returncode, 2)
        self.assertIn("locked", done.stderr)

    def test_the_bar_is_for_terminals(self) -> None:
        environment = {**os.environ, "NO_COLOR": ""}
        arguments = ["run", "long.yaml", "--no-output"]
        seen = on_terminal(arguments, str(self.folder), 1.0, environment)
        self.assertIn("%", seen)
        self.assertIn("2026-01-", seen)
        self.assertIn("INTERRUPTED", seen)
        self.assertIn("\x1b[1m", seen)
        quiet = on_terminal([*arguments, "-q"], str(self.folder), 1.0, environment)
        self.assertNotIn("events", quiet)
        self.assertEqual(self.updraft("run", "long.yaml", "--until", "1h", "--no-output").stderr, "")

    def test_no_color_means_none(self) -> None:
        environment = {**os.environ, "NO_COLOR": "1"}
        seen = on_terminal(["run", "long.yaml", "--no-output", "-q"], str(self.folder), 1.0, environment)
        self.assertIn("long", seen)
        self.assertNotIn("\x1b[", seen)


if __name__ == "__main__":
    sys.exit(unittest.main())
