"""The whole list once more where namespaces are refused: Landlock, a stricter filter, and limits."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from course.sandbox import landlock, rootfs, supervisor

HERE = Path(__file__).parent
REFUSING = HERE.parent / "sandbox" / "refusing.py"


@pytest.mark.skipif(landlock.abi() < 6, reason="this system has no Landlock, or an old one")
@pytest.mark.nightly("every attack, and every hostile file, once more: some ten minutes")
@pytest.mark.parametrize("name", ["test_code", "test_files", "test_modules", "test_class"])
def test_the_list_at_level_2(name):
    """The same points, the same words, nothing reached, nothing left behind."""
    closed = os.geteuid() == 0 and supervisor.closed_to_others(rootfs.shown_paths())
    opened = ["--reachable"] if closed else []
    tests = [sys.executable, "-m", "pytest", "--all", "-q", "-p", "no:cacheprovider", HERE / f"{name}.py"]
    command = [sys.executable, REFUSING, *opened, *tests]
    done = subprocess.run(command, capture_output=True, text=True, timeout=3000)
    assert done.returncode == 0, done.stdout[-5000:]
    assert "passed" in done.stdout and "skipped" not in done.stdout, done.stdout[-500:]
