"""A small workbook of its own for a test; kernels use the installed library, not this workbook's."""

import pytest

from course.notebooks.new import new_session
from course.notebooks.workbook import Workbook


@pytest.fixture
def workbook(tmp_path):
    """A workbook with one session, 01_test, as `course new` lays it out, and a library of one function."""
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "small.py").write_text("def triple(x):\n    return 3 * x\n", "utf-8")
    book = Workbook(tmp_path)
    new_session(book, "01_test")
    return book


@pytest.fixture
def snapshot():
    """All files of a folder with their bytes and times: equal before and after means untouched."""

    def snapshot(folder):
        files = [path for path in folder.rglob("*") if path.is_file()]
        return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in files}

    return snapshot
