"""A disk that is full costs one line; the checkpoints before stay whole, and with room it goes on."""

import shutil
import subprocess
import sys
import textwrap

import pytest

IN_A_NAMESPACE = ["unshare", "--user", "--map-root-user", "--mount"]
SCRIPT = """
import subprocess, sys, torch
from pathlib import Path
from course.training import CheckpointError, Checkpoints

folder = Path(sys.argv[1])
for size in (100, 600, 900, 2000):  # a checkpoint has 400 KiB, and three stand side by side for a moment
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}k", "x", folder], check=True)
    saved, checkpoints = 0, Checkpoints(folder / "run")
    try:
        for number in range(1, 4):
            checkpoints.save({"model": {"w": torch.full((100_000,), float(number))}})
            saved = number
    except CheckpointError as error:
        print(error)
    names = sorted(path.name for path in (folder / "run").iterdir())
    found = checkpoints.load()
    assert (0 if found is None else found["model"]["w"][0]) == saved, (size, saved)
    assert set(names) <= {"checkpoint.pt", "checkpoint.previous.pt"}, names
    subprocess.run(["mount", "-o", "remount,size=9m", folder], check=True)
    checkpoints.save({"model": {}})
    print(size, saved)
    subprocess.run(["umount", folder], check=True)
"""


@pytest.mark.nightly("mounts disks in a process of its own", early=True)
def test_checkpoints_on_a_full_disk(tmp_path):
    """Full at the first, the second and the third checkpoint: what was saved before can be loaded."""
    if shutil.which("unshare") is None or subprocess.run([*IN_A_NAMESPACE, "true"]).returncode:
        pytest.skip("this system refuses user namespaces")
    command = [*IN_A_NAMESPACE, sys.executable, "-c", textwrap.dedent(SCRIPT), tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-1000:]
    line = f"{tmp_path}/run: no checkpoint written (No space left on device); "
    expected = [f"{line}there is none before it", "100 0", f"{line}the one before is kept", "600 1"]
    assert done.stdout.splitlines() == [*expected, f"{line}the one before is kept", "900 2", "2000 3"]
