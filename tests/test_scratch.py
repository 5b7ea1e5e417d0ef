"""Temporary folders are removed, whatever lies in them."""

import mmap
import os
import subprocess
import sys
import tempfile

import pytest

from course import scratch

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="folders are opened as files")


def deep(folder, levels):
    """Folders in folders, with names so long that no path leads to the inner ones."""
    here = os.open(folder, os.O_RDONLY)
    for _ in range(levels):
        os.mkdir("x" * 200, dir_fd=here)
        inner = os.open("x" * 200, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    return here


def test_a_folder_deeper_than_any_path_is_removed(tmp_path):
    """1,100 folders deep, the innermost closed, with links that lead out: gone, and no link was followed."""
    (tmp_path / "kept").write_text("kept")
    (tmp_path / "filled").mkdir()
    innermost = deep(tmp_path / "filled", 1100)
    os.symlink(tmp_path, "link", dir_fd=innermost)
    os.symlink(tmp_path / "kept", "link to a file", dir_fd=innermost)
    os.mkdir("closed", 0o000, dir_fd=innermost)
    os.close(innermost)
    scratch.remove(tmp_path / "filled")
    assert os.listdir(tmp_path) == ["kept"]


def test_a_link_is_left_and_what_is_not_there_is_no_trouble(tmp_path):
    """Who puts a link in the folder's place loses nothing that it leads to."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    scratch.remove(tmp_path / "link")
    scratch.remove(tmp_path / "never")
    assert (tmp_path / "real").is_dir()


@pytest.mark.skipif(sys.platform != "linux", reason="there is no /proc to ask")
def test_folders_of_a_process_that_nobody_has_waited_for_are_swept(tmp_path, monkeypatch):
    """A worker that was killed stays in the list of processes until somebody asks how it ended."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ended = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
    for pid in (ended.pid, os.getpid()):
        (tmp_path / f"course-grade-{pid}-x").mkdir()
    scratch.sweep()
    assert os.listdir(tmp_path) == [f"course-grade-{os.getpid()}-x"]
    ended.wait()


@pytest.mark.skipif(not scratch.SHARED.is_dir(), reason="there is no shared memory with names")
def test_shared_memory_is_removed_unless_somebody_uses_it():
    """A file that is mapped or open stays; one that nobody has goes."""
    mapped, opened, left = (scratch.SHARED / f"course-test-{os.getpid()}-{n}" for n in range(3))
    for path in (mapped, opened, left):
        path.write_bytes(bytes(100))
    try:
        with mapped.open("rb") as file:
            view = mmap.mmap(file.fileno(), 100, access=mmap.ACCESS_READ)
        with opened.open("rb"):
            scratch.remove_unused([mapped, opened, left])
        assert (mapped.exists(), opened.exists(), left.exists()) == (True, True, False)
        view.close()
        scratch.remove_unused([mapped, opened])
        assert not mapped.exists() and not opened.exists()
    finally:
        for path in (mapped, opened, left):
            path.unlink(missing_ok=True)
