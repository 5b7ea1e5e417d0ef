"""A small workbook of its own for a test; kernels use the installed library, not this workbook's."""

import shutil

import pytest

from course.notebooks.build import build
from course.notebooks.new import new_session
from course.notebooks.workbook import Workbook


def lay_out(folder):
    """A workbook with one session, 01_test, as `course new` lays it out, and a library of one function."""
    (folder / "course").mkdir()
    (folder / "course" / "small.py").write_text("def triple(x):\n    return 3 * x\n", "utf-8")
    book = Workbook(folder)
    new_session(book, "01_test")
    return book


@pytest.fixture
def workbook(tmp_path):
    """A workbook with one session, 01_test, as `course new` lays it out, and a library of one function."""
    return lay_out(tmp_path)


@pytest.fixture(scope="session")
def built_once(tmp_path_factory):
    """That workbook, built: its solution has run."""
    book = lay_out(tmp_path_factory.mktemp("built"))
    build(book)
    return book


@pytest.fixture
def built(built_once, tmp_path):
    """A copy of the workbook that is built."""
    shutil.copytree(built_once.root, tmp_path, dirs_exist_ok=True)
    return Workbook(tmp_path)


@pytest.fixture
def snapshot():
    """All files of a folder with their bytes and times: equal before and after means untouched."""

    def snapshot(folder):
        files = [path for path in folder.rglob("*") if path.is_file()]
        return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in files}

    return snapshot
