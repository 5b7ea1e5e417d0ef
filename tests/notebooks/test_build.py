"""`course new` lays out a session that builds and checks; building twice changes nothing."""

import json

import pytest
from nbformat.v4 import new_code_cell

from course.errors import NotebookError, UsageError
from course.notebooks import public_answers
from course.notebooks.build import Built, build, build_lecture
from course.notebooks.check import check
from course.notebooks.document import read_notebook, write_notebook
from course.notebooks.new import new_session
from course.notebooks.workbook import FOLDERS, find_workbook


def edit(workbook, cell_id, source, folder="solutions"):
    """Change the text of one cell."""
    path = workbook.path(folder, "01_test")
    notebook = read_notebook(path)
    next(cell for cell in notebook.cells if cell.id == cell_id).source = source
    write_notebook(notebook, path)


def test_a_new_session_builds_and_checks(workbook, snapshot):
    """What `course new` writes is whole: build adds the answers, build again and check write nothing."""
    exercise = workbook.path("exercises", "01_test").read_bytes()
    changed = {path.name for path in build(workbook).changed}
    assert changed == {"01_test.json", "01_test.ipynb"}
    assert workbook.path("exercises", "01_test").read_bytes() == exercise
    stored = json.loads((workbook.public_answers / "01_test.json").read_text("utf-8"))
    assert stored["given"] == ["_"]  # the question itself; double is the student's
    record = stored["questions"]["double"]
    assert len(record["answers"]) == 3 and len(record["mistakes"]) == 3 and len(record["variants"]) == 1
    outputs = [
        cell.outputs
        for cell in read_notebook(workbook.path("solutions", "01_test")).cells
        if "outputs" in cell
    ]
    assert "✓ double · correct" in outputs[-1][0].data["text/plain"] and len(outputs[-1]) == 1
    before = snapshot(workbook.root)
    assert build(workbook) == Built()
    assert check(workbook, run=False) == []  # test_new.py runs it, too
    assert snapshot(workbook.root) == before


ESSAY = (
    "def essay():\n    ### BEGIN SOLUTION\n    return 'One sentence.'\n    ### END SOLUTION",
    '@question("essay", points=5, manual=True)\ndef _(rng):\n    return essay()',
)


def test_a_new_essay_stores_the_card_that_a_second_run_shows(workbook):
    """Its card does not depend on whether there were public answers before; another one is a fault."""
    path = workbook.path("solutions", "01_test")
    notebook = read_notebook(path)
    notebook.cells += [new_code_cell(source, id=f"essay-{n}") for n, source in enumerate(ESSAY)]
    write_notebook(notebook, path)
    build(workbook)
    stored = read_notebook(path)
    again = public_answers.run_solution(stored, path.parent, cards=True).notebook
    assert again.cells[-1].outputs == stored.cells[-1].outputs
    card = stored.cells[-1].outputs[0].data
    assert card["text/plain"].endswith("5 points waiting\n  2 words")
    assert check(workbook) == []
    card["text/plain"] += "\n  0 of 6 points so far; open: double; waiting to be read: essay"
    write_notebook(stored, path)
    mend = "delete the session's public answers, and run: course build"
    assert check(workbook) == [f"solutions/01_test.ipynb: the card of essay is stale; {mend}"]


def test_only_changed_code_runs_and_close_answers_stay(built, snapshot, monkeypatch):
    """A new text needs no run; code that answers the same up to its last bits keeps the stored answers."""
    public = built.public_answers / "01_test.json"
    answers = json.loads(public.read_text("utf-8"))["questions"]
    edit(built, "double-text", "Another text.")
    public_before = snapshot(built.public_answers)
    with monkeypatch.context() as patch:
        patch.setattr(public_answers, "run_solution", None)  # whoever calls it fails
        assert build(built) == Built([built.path("exercises", "01_test")])
    assert snapshot(built.public_answers) == public_before
    source = next(
        c for c in read_notebook(built.path("solutions", "01_test")).cells if c.id == "double-answer"
    ).source
    edit(built, "double-answer", source.replace("2 * x", "2 * x * (1 + 1e-12)"))
    assert public in build(built).changed
    assert json.loads(public.read_text("utf-8"))["questions"] == answers
    edit(built, "double-answer", source.replace("2 * x", "2.5 * x"))
    build(built)
    assert json.loads(public.read_text("utf-8"))["questions"] != answers


def test_a_mistake_that_raises_is_not_stale(workbook):
    """Errors agree by their kind: their words differ between versions of NumPy and Python."""
    versions = read_notebook(workbook.path("solutions", "01_test")).cells
    source = next(cell for cell in versions if cell.id == "double-versions").source
    raising = '@mistake("double", "Adds nothing.")\ndef double(x):\n    return x + "a"'
    edit(workbook, "double-versions", f"{source}\n\n\n{raising}")
    build(workbook)
    public = workbook.public_answers / "01_test.json"
    stored = public.read_text("utf-8")
    solution = read_notebook(workbook.path("solutions", "01_test"))
    fresh = public_answers.run_solution(solution, workbook.root).answers["double"]
    for old, new, same in (
        ("", "", True),
        ("did not contain", "has no", True),
        ("UFuncTypeError", "ValueError", False),
    ):
        assert old in stored
        record = json.loads(stored.replace(old, new) if old else stored)["questions"]["double"]
        assert public_answers.same_record(record, fresh) == same


def test_stored_answers_without_probes_are_renewed(built):
    """What makes the words of a card counts as well; fewer probes, as a slow machine makes, do not."""
    public = built.public_answers / "01_test.json"
    stored = json.loads(public.read_text("utf-8"))["questions"]["double"]
    fresh = json.loads(json.dumps(stored))
    assert len(fresh["answers"][0]["probes"][0]["values"]) > 1
    fresh["answers"][0]["probes"][0]["values"].popitem()
    assert public_answers.same_record(stored, fresh)
    del stored["answers"][0]["probes"]
    assert not public_answers.same_record(stored, fresh)


def test_a_draft_without_versions_builds_and_builds_again(workbook):
    """A solution that has no mistakes yet can be built, edited and built again."""
    path = workbook.path("solutions", "01_test")
    notebook = read_notebook(path)
    notebook.cells = [cell for cell in notebook.cells if cell.id != "double-versions"]
    write_notebook(notebook, path)
    build(workbook)
    edit(workbook, "set-up", "from course.questions import begin, question")
    assert workbook.public_answers / "01_test.json" in build(workbook).changed


BROKEN = {
    "fails": ("double-answer", "1 / 0", "the solution does not run: cell double-answer: ZeroDivisionError"),
    "answers nothing": (
        "double-question",
        '@question("double")\ndef _(rng):\n    return {1}',
        "the solution gives no answer to question 'double': The answer is of type set",
    ),
    "asks with a variable": (
        "double-question",
        'name = "double"\n\n\n@question(name)\ndef _(rng):\n    return 1',
        "the solution gives no answer to question ''",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_solution_that_does_not_work_is_one_line(workbook, snapshot, case):
    """The line names cell or question; exercise and answers stay as they were."""
    cell_id, source, words = BROKEN[case]
    edit(workbook, cell_id, source)
    before = snapshot(workbook.root)
    with pytest.raises(NotebookError) as error:
        build(workbook)
    assert words in str(error.value) and "\n" not in str(error.value)
    assert snapshot(workbook.root) == before


def test_lectures_are_filled_and_normalised(workbook):
    """Quotes show the library of today; a quote that leads nowhere writes nothing."""
    path = workbook.path("lectures", "01_test")
    lecture = read_notebook(path)
    lecture.cells[2].metadata.course = {"source": "small.py::triple"}
    write_notebook(lecture, path)
    assert build_lecture(workbook, "01_test") == Built([path])
    assert read_notebook(path).cells[2].source == "def triple(x):\n    return 3 * x"
    assert build_lecture(workbook, "01_test") == Built()
    lecture.cells[2].metadata.course = {"source": "small.py::quadruple"}
    write_notebook(lecture, path)
    before = path.read_bytes()
    with pytest.raises(NotebookError, match=r"small\.py has no quadruple"):
        build_lecture(workbook, "01_test")
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "name", ["", "6_a", "06-a", "06_", "06_A", "06_a b", "06_a/../../b", "006_a", "06_ä", "06_a\n"]
)
def test_names_of_sessions(workbook, snapshot, name):
    """Two digits and a topic, nothing else; nothing is written for another name."""
    before = snapshot(workbook.root)
    with pytest.raises(UsageError, match="must be two digits and a topic, such as 06_optimizers"):
        new_session(workbook, name)
    assert snapshot(workbook.root) == before


def test_a_new_session_overwrites_nothing(workbook, snapshot):
    """When one of the three files exists, none is written."""
    workbook.path("lectures", "01_test").unlink()
    before = snapshot(workbook.root)
    with pytest.raises(UsageError, match=r"session='01_test': .*01_test\.ipynb exists already"):
        new_session(workbook, "01_test")
    assert snapshot(workbook.root) == before


def test_where_the_workbook_is(workbook, tmp_path_factory, monkeypatch):
    """From any folder inside it is found; elsewhere the line says what is looked for."""
    (workbook.root / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(workbook.root / "a" / "b")
    assert find_workbook() == find_workbook(workbook.root) and find_workbook().root == workbook.root.resolve()
    with pytest.raises(
        UsageError, match="is not inside a workbook: no folder above it holds " + ", ".join(FOLDERS)
    ):
        find_workbook(tmp_path_factory.mktemp("elsewhere"))
    with pytest.raises(
        UsageError, match=r"session='01_tset' is unknown; choose from 01_test .did you mean '01_test'"
    ):
        workbook.find("lectures", "01_tset")
