"""What a lecture claims is not the luck of one seed."""

import warnings
from base64 import b64decode
from io import BytesIO
from pathlib import Path

import papermill
import pytest
from PIL import Image

from course.notebooks.document import read_notebook, write_notebook
from course.notebooks.execute import execute
from course.notebooks.workbook import find_workbook

pytestmark = pytest.mark.slow

WORKBOOK = find_workbook(Path(__file__).parents[1])


@pytest.mark.nightly("executes every lecture once more")
@pytest.mark.parametrize("session", WORKBOOK.stems("lectures"))
def test_claims_hold_for_another_seed(session, claims):
    """Every claim of the stored lecture comes out the same; tests/browser tries a third seed."""
    path = WORKBOOK.path("lectures", session)
    lecture = read_notebook(path)
    run = execute(
        lecture,
        parameters={"seed": 2},
        stop_on_error=True,
        cell_timeout=3600,
        notebook_timeout=3600,
        cwd=path.parent,
    )
    assert run.trouble() is None
    assert claims(lecture), f"{session} claims nothing"
    assert claims(run.notebook) == claims(lecture)


whole = pytest.mark.nightly("executes a whole notebook; nbval executes it by day", early=True)


@pytest.mark.parametrize(
    ("path", "cells"),
    [
        pytest.param("lectures/01_machine_learning.ipynb", None, marks=whole),
        pytest.param("solutions/09_dropout.ipynb", None, marks=whole),
        ("solutions/09_dropout.ipynb", 10),
    ],
    ids=["lecture", "solution", "beginning"],
)
def test_papermill_alone_runs_a_notebook(path, cells, tmp_path):
    """With papermill's own engine and another seed, as a reader would; nothing of ours is asked."""
    source, target = tmp_path / "in.ipynb", tmp_path / "out.ipynb"
    notebook = read_notebook(WORKBOOK.root / path)
    notebook.cells = notebook.cells[:cells]
    write_notebook(notebook, source)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # papermill's own deprecations
        papermill.execute_notebook(source, target, parameters={"seed": 3}, progress_bar=False, cwd=tmp_path)
    run = read_notebook(target)
    assert all(cell.execution_count for cell in run.cells if cell.cell_type == "code" and cell.source)
    assert any("injected-parameters" in cell.metadata.get("tags", []) for cell in run.cells)


@pytest.mark.parametrize("session", WORKBOOK.stems("lectures"))
def test_lectures_say_what_they_are_for(session):
    """A lecture begins with what the reader will be able to do, and in what time, and ends with a quiz."""
    lecture = read_notebook(WORKBOOK.path("lectures", session))
    text = "\n".join(cell.source for cell in lecture.cells if cell.cell_type == "markdown")
    assert "After this lecture you can" in lecture.cells[0].source and "Time:" in lecture.cells[0].source
    assert "## Recap" in text and "## Where to read on" in text
    assert f'quiz("{session}")' in [cell.source.splitlines()[-1] for cell in lecture.cells if cell.source]


@pytest.mark.parametrize("session", WORKBOOK.stems("lectures"))
def test_questions_have_their_answers_folded_below(session):
    """A reader can try first and then look: below every question there is one answer, folded."""
    asked = 0
    for cell in read_notebook(WORKBOOK.path("lectures", session)).cells:
        pieces = cell.source.split("**Question.**")
        asked += len(pieces) - 1
        for piece in pieces[1:]:
            assert piece.count("<details>") == piece.count("</details>") == 1, f"{cell.id}: {piece[:60]!r}"
    assert asked, f"{session} asks nothing"


@pytest.mark.parametrize("session", WORKBOOK.stems("lectures"))
def test_stored_pictures_have_words_and_twice_the_pixels(session):
    """Each is stored with an alternative text, and with twice the pixels of the width that it is shown at."""
    outputs = [
        output
        for cell in read_notebook(WORKBOOK.path("lectures", session)).cells
        for output in cell.get("outputs", [])
        if "image/png" in output.get("data", {})
    ]
    assert outputs, f"{session} shows nothing"
    for output in outputs:
        shown = output.metadata["image/png"]
        assert len(output.data["text/plain"]) > 20 and shown["alt"] == output.data["text/plain"]
        stored = Image.open(BytesIO(b64decode(output.data["image/png"])))
        assert abs(stored.width - 2 * shown["width"]) <= 1, output.data["text/plain"]
