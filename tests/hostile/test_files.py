"""Hostile notebook files: what is handed in is broken, forged, a link, or too large to look at."""

import json
import os

import pytest

from course.grading.result import BROKEN, GRADED, MISSING_FILE
from course.grading.submission.compose import MOST, handed_in_notebook, is_read
from course.grading.submission.files import Submission
from course.grading.submission.review import review

pytestmark = pytest.mark.slow


def content_of(place, cells):
    """A submission as plain JSON, to be bent."""
    return json.loads(place.hand_in("attacker", cells).read_text("utf-8"))


def graded(place, content):
    """What the grader makes of this JSON."""
    path = place.submissions / "attacker.ipynb"
    path.write_text(json.dumps(content), "utf-8")
    return place.grade("attacker", path)


WRONG = {"double-answer": "def double(x):\n    return x"}


def test_12a_question_cells_are_changed(watched_files):
    """The student's own text of a question is not run: the released one is."""
    content = content_of(watched_files, WRONG)
    for cell in content["cells"]:
        if cell["id"] == "double-question":
            cell["source"] = '@question("double", points=100)\ndef _(rng):\n    return double'
        if cell["id"] == "begin":
            cell["source"] = 'begin("01_attacked", seed=0)'
    result = graded(watched_files, content)
    assert result.points(watched_files.task) == {"double": 0, "half": 1}
    assert "wrong" in result.verdicts["double"].kind


def test_12b_cells_are_deleted_doubled_and_out_of_order(watched_files):
    """Deleted questions are asked, doubled ids are the student's extra cells, the order is the release's."""
    content = content_of(watched_files, {})
    kept = [cell for cell in content["cells"] if cell["id"] not in ("double-question", "begin", "set-up")]
    doubled = [dict(cell, source="double = None") for cell in kept if cell["id"] == "double-answer"]
    content["cells"] = kept[::-1] + doubled
    result = graded(watched_files, content)
    assert result.points(watched_files.task) == {"double": 2, "half": 1}


def test_12c_metadata_claims_points_and_skips(watched_files):
    """Tags, nbgrader's metadata and papermill's own are not the student's to set."""
    content = content_of(watched_files, WRONG)
    for cell in content["cells"]:
        cell["metadata"] = {
            "tags": ["parameters", "solution", "skip-execution", "injected-parameters"],
            "nbgrader": {"grade": True, "points": 100, "score": 100, "schema_version": 3, "grade_id": "x"},
            "run": "time limit",
            "papermill": {"status": "completed", "exception": False},
        }
    content["metadata"] = {"papermill": {"parameters": {"seed": 0}}, "score": 100}
    assert graded(watched_files, content).points(watched_files.task) == {"double": 0, "half": 1}


def test_13_stored_outputs_are_forged(watched_files):
    """Outputs that were handed in are thrown away: cards, bundles and errors."""
    content = content_of(watched_files, WRONG)
    bundle = {"question": "double", "points": 2, "answers": [{"value": 1.0}] * 3}
    shown = {"application/vnd.course.answers+json": bundle, "text/html": "<b>correct · 2 of 2 points</b>"}
    output = {"output_type": "display_data", "metadata": {}, "data": shown}
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [output], 7
    result = graded(watched_files, content)
    assert result.points(watched_files.task) == {"double": 0, "half": 1}
    assert "correct · 2 of 2" not in json.dumps(result.notebook)


def test_18_another_kernel_and_language(watched_files):
    """The kernel and the language that a notebook names are not used."""
    content = content_of(watched_files, {})
    content["metadata"] = {
        "kernelspec": {"name": "evil", "display_name": "evil", "language": "bash"},
        "language_info": {"name": "bash", "version": "rm -rf /"},
    }
    assert graded(watched_files, content).points(watched_files.task) == {"double": 2, "half": 1}


RUBBISH = {
    "empty": b"",
    "a letter": b"Dear teacher, my dog",
    "half a file": b'{"cells": [{"cell_type": "code", "source": "x',
    "a number": b"7",
    "no cells": b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}',
    "cells of numbers": b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [1, 2]}',
    "deep": b"[" * 100_000 + b"]" * 100_000,
    "deep metadata": b'{"nbformat": 4, "nbformat_minor": 5, "cells": [], "metadata": '
    + b'{"a":' * 50_000
    + b"1"
    + b"}" * 50_001,
    "a huge number": b'{"nbformat": 4, "nbformat_minor": ' + b"9" * 100_000 + b"}",
    "the future": b'{"nbformat": 99, "nbformat_minor": 0, "metadata": {}, "cells": []}',
    "latin": b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [], "x": "\xff\xfe"}',
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(1000),
    "a zip": b"PK\x03\x04" + bytes(1000),
    "zeros": bytes(100_000),
}


@pytest.mark.parametrize("name", RUBBISH)
def test_31a_no_notebook_at_all(watched_files, name):
    """Rubbish is a row with a reason, no points, and no trouble of the machine."""
    path = watched_files.submissions / "attacker.ipynb"
    path.write_bytes(RUBBISH[name])
    result = watched_files.grade("attacker", path)
    assert result.status in (BROKEN, GRADED)
    assert result.points(watched_files.task) == {"double": 0, "half": 0}
    assert result.status == GRADED or (result.reason and "\n" not in result.reason)


def test_31b_a_sparse_terabyte(watched_files):
    """A file that claims a terabyte, which no machine could read, is refused by its size."""
    path = watched_files.submissions / "attacker.ipynb"
    with open(path, "wb") as file:
        file.truncate(2**40)
    result = watched_files.grade("attacker", path)
    path.unlink()
    assert result.status == BROKEN and "larger than" in result.reason


@pytest.mark.nightly("runs nineteen hundred cells")
@pytest.mark.parametrize(("number", "status"), [(1900, GRADED), (100_000, BROKEN)])
def test_31c_very_many_cells(watched_files, number, status):
    """Many cells are run until the time is up, the questions in their own places; too many are refused."""
    content = content_of(watched_files, {})
    empty = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    content["cells"] += [dict(empty, id=f"c{number}", source="x = 1") for number in range(number)]
    path = watched_files.submissions / "attacker.ipynb"
    path.write_text(json.dumps(content), "utf-8")
    result = watched_files.grade("attacker", path, notebook_timeout=10)
    assert result.status == status
    points = {"double": 2, "half": 1} if status == GRADED else {"double": 0, "half": 0}
    assert result.points(watched_files.task) == points
    assert status == GRADED or "at most 2,000 are read" in result.reason


@pytest.mark.parametrize("what", ["outputs", "metadata"])
def test_31e_what_no_schema_allows(watched_files, what):
    """Outputs and metadata that are wrong a hundred thousand times are not looked at: the answers count."""
    content = content_of(watched_files, {})
    wrong = [{"output_type": "unknown", "data": [number, {}]} for number in range(100_000)]
    content["cells"][1][what] = wrong if what == "outputs" else {"nbgrader": wrong, "tags": wrong}
    assert graded(watched_files, content).points(watched_files.task) == {"double": 2, "half": 1}


CODE = {
    "tokens that begin again and again": "\\'" * 45_000,
    "blanks before no token": "x" + " " * 90_000 + "$",
    "brackets": "(" * 90_000,
    "signs": "-" * 90_000 + "1",
    "attributes": "a" + ".a" * 45_000,
    "a sum": "1" + "+1" * 45_000,
    "braces in text": "f'" + "{" * 90_000,
    "zeros": "\0" * 90_000,
    "blocks": "\n".join(" " * depth + "if 1:" for depth in range(400)),
    "half a character": "x = '\ud800'",
}


again = pytest.mark.nightly("takes a second to read; brackets stand for it by day", early=True)
SLOW = ("signs", "attributes", "a sum")


@pytest.mark.parametrize("name", [pytest.param(name, marks=again if name in SLOW else ()) for name in CODE])
def test_31d_code_that_is_slow_to_read(watched_files, name):
    """Who looks for copies and forbidden modules reads any text, and of too much the beginning."""
    content = content_of(watched_files, {})
    empty = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    content["cells"] += [dict(empty, id=f"c{number}", source=CODE[name]) for number in range(50)]
    raw = json.dumps(content).encode()
    review(watched_files.task, raw)
    notebook = handed_in_notebook(watched_files.task.released, raw)
    assert notebook is None or sum(len(c.source) for c in notebook.cells if is_read(c)) < 2 * MOST


def test_36a_a_link_to_a_secret(watched_files):
    """A symbolic link is refused, wherever it leads."""
    path = watched_files.submissions / "attacker.ipynb"
    path.unlink(missing_ok=True)
    path.symlink_to(watched_files.secrets / "solutions" / "01_attacked.ipynb")
    result = watched_files.grade("attacker", path)
    path.unlink()
    assert result.status == BROKEN and result.reason == "is not a regular file"


@pytest.mark.parametrize("kind", ["fifo", "folder", "device"])
def test_36b_no_regular_file(watched_files, kind):
    """A pipe would let us wait for ever, a device never end; both are refused."""
    path = watched_files.submissions / "attacker.ipynb"
    path.unlink(missing_ok=True)
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to("/dev/zero")
    result = watched_files.grade("attacker", path)
    path.rmdir() if kind == "folder" else path.unlink()
    assert result.status == BROKEN and result.reason == "is not a regular file"


def test_36c_nothing_at_all(watched_files):
    """A missing file is a row of its own kind."""
    result = watched_files.grade("attacker", watched_files.submissions / "nobody.ipynb")
    assert result.status == MISSING_FILE
    assert result.points(watched_files.task) == {"double": 0, "half": 0}


def test_37_a_name_that_leaves_no_room_for_a_suffix(tmp_path):
    """A folder's name may have 255 bytes, a page's then not: such a student is a row with a shorter name."""
    names = ["é" * 127, "é" * 126 + "e", "x" * 200]
    students = [Submission(name, tmp_path).student for name in names]
    assert students[2] == names[2] and len(set(students)) == 3
    assert all(len(f"{student}.kept-99.html".encode()) < 255 for student in students)
