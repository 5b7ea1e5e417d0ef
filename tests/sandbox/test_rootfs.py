"""The paths that a sandbox shows: also where an environment is reached by links."""

import subprocess
import sys
from pathlib import Path

import pytest

from course.sandbox import isolation, rootfs


def test_links_on_the_way_are_shown_as_links(tmp_path):
    """A chain of links, absolute and relative, and a plain path."""
    (tmp_path / "real/bin").mkdir(parents=True)
    (tmp_path / "near").symlink_to("real")
    (tmp_path / "far").symlink_to(tmp_path / "near")
    links, real = {tmp_path / "far", tmp_path / "near"}, tmp_path / "real/bin"
    assert rootfs.with_links(tmp_path / "far/bin") == {*links, real}
    assert rootfs.with_links(real) == {real}


def test_an_environment_behind_a_link(tmp_path, monkeypatch):
    """No path that is shown lies behind a link: at its place there would be nothing to bind."""
    (tmp_path / "environment").symlink_to(sys.prefix)
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "environment"))
    shown = [Path(path) for path in rootfs.shown_paths()]
    assert tmp_path / "environment" in shown
    assert not [path for path in shown for outer in path.parents if outer.is_symlink()]


def test_packages_of_another_environment_are_shown(tmp_path, monkeypatch):
    """A .pth file may lead to them; a folder of programs on the path is nobody's affair."""
    for name in ("site-packages", "programs"):
        (tmp_path / name).mkdir()
        monkeypatch.syspath_prepend(tmp_path / name)
    assert str(tmp_path / "site-packages") in rootfs.shown_paths()
    assert str(tmp_path / "programs") not in rootfs.shown_paths()


@pytest.mark.nightly("starts Python and a warm process once more", early=True)
def test_kernels_of_an_environment_behind_a_link(tmp_path):
    """They are kept in as well as those of the environment itself."""
    (tmp_path / "environment").symlink_to(sys.prefix)
    program = "from course.sandbox import isolation; print(isolation().level)"
    command = [tmp_path / "environment/bin" / Path(sys.executable).name, "-c", program]
    level = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert int(level) == isolation().level
