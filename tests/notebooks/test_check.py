"""Every rule of `course check` has a planted fault that it reports, with the command that mends it."""

import json
from functools import partial

import pytest
from nbformat.v4 import new_code_cell, new_output

from course.errors import NotebookError
from course.notebooks.build import build, build_rooms
from course.notebooks.check import LECTURE_BYTES
from course.notebooks.check import check as check_all
from course.notebooks.document import read_notebook, write_notebook
from course.notebooks.new import new_session
from course.notebooks.release import release
from course.notebooks.rooms import BEGIN, END
from course.sandbox import KERNEL_NAME

check = partial(check_all, kernel_name=KERNEL_NAME)  # as the command does


@pytest.fixture
def edit(workbook):
    """Change a notebook in normal form: edit(folder, cell id, source and metadata to set, cells to add)."""

    def edit(folder, cell_id=None, source=None, metadata=None, add=()):
        path = workbook.path(folder, "01_test")
        notebook = read_notebook(path)
        for cell in notebook.cells:
            if cell.id == cell_id:
                cell.source = cell.source if source is None else source
                cell.metadata.update(metadata or {})
        notebook.cells += add
        write_notebook(notebook, path)

    return edit


def quoting(source, text=""):
    return new_code_cell(text, metadata={"course": {"source": source}}, id="quote")


def figure():
    output = new_output("display_data", {"image/png": "A" * LECTURE_BYTES})
    return new_code_cell("plot()", outputs=[output], id="figure")


LECTURE = {
    "stale quote": (
        quoting("small.py::triple", "def triple(x):\n    return 2 * x"),
        "lectures/01_test.ipynb: cell quote no longer shows small.py::triple; run: course build",
    ),
    "quote that leads nowhere": (
        quoting("small.py::four"),
        "lectures/01_test.ipynb: course.source='small.py::four'",
    ),
    "copied by hand": (
        new_code_cell("def triple(x):\n    return x + x + x", id="copy"),
        "lectures/01_test.ipynb: cell copy defines triple, which the library has; quote it instead",
    ),
    "too large": (figure(), "lectures/01_test.ipynb: 1,00"),
}


@pytest.mark.parametrize("case", LECTURE)
def test_faults_of_lectures(workbook, edit, case):
    """Stale, wrong and copied quotes, and figures that are too large."""
    cell, words = LECTURE[case]
    assert check(workbook, run=False) == []
    edit("lectures", add=[cell])
    faults = check(workbook, run=False)
    assert len(faults) == 1 and faults[0].startswith(words)


def test_fresh_quotes_and_private_names_are_no_fault(workbook, edit):
    """A fresh quote may define what the library has, and a lecture may have a _private name of its own."""
    (workbook.root / "course" / "private.py").write_text("def _plot(): ...\n", "utf-8")
    edit("lectures", add=[quoting("small.py::triple", "def triple(x):\n    return 3 * x")])
    edit(
        "lectures",
        add=[
            new_code_cell("%magic\ndef _plot(): ...", id="magic"),
            new_code_cell("def _plot(): ...", id="own"),
        ],
    )
    assert check(workbook, run=False) == []


@pytest.mark.parametrize("folder", ["lectures", "solutions", "exercises"])
def test_missing_notebooks(workbook, folder):
    """A stem that stands in two folders must stand in the third."""
    workbook.path(folder, "01_test").unlink()
    mend = "run: course build" if folder == "exercises" else "write it, or remove the others"
    assert check(workbook, run=False)[0] == (
        f"{folder}/01_test.ipynb: missing, though other folders have it; {mend}"
    )


def test_answers_of_a_session_that_is_gone(workbook):
    """Public answers without any notebook are named."""
    workbook.public_answers.mkdir(parents=True, exist_ok=True)
    (workbook.public_answers / "00_gone.json").write_text("{}", "utf-8")
    faults = check(workbook, run=False)
    assert len(faults) == 1 and faults[0].endswith(
        "00_gone.json: answers of a session that is gone; delete the file"
    )


def test_one_session_alone(workbook, edit, monkeypatch, course):
    """`course check 02` says nothing of other sessions; the options of mutants still need --mutants."""
    new_session(workbook, "02_other")
    edit("lectures", add=[quoting("small.py::triple", "def triple(x):\n    return 2 * x")])
    monkeypatch.chdir(workbook.root)
    stale = "lectures/01_test.ipynb: cell quote no longer shows small.py::triple; run: course build"
    assert course("check", "--fast")[:2] == (1, f"{stale}\n1 fault\n")
    assert course("check", "01", "--fast")[:2] == (1, f"{stale}\n1 fault\n")
    assert course("check", "02_other", "--fast")[:2] == (0, "all is well\n")
    workbook.path("exercises", "01_test").unlink()
    assert course("check", "02", "--fast")[:2] == (0, "all is well\n")
    assert "session='03' is unknown; choose from 01_test, 02_other" in course("check", "03", "--fast")[2]
    for option in (("--question", "double"), ("--sample", "3"), ("--write", "figures.json")):
        code, _, told = course("check", "02", "--fast", *option)
        assert (code, told) == (2, "course: --question, --sample and --write go with --mutants\n")


def test_only_the_named_session_runs(built):
    """Its solution and its exercise; the other's were never built, which a run would find."""
    new_session(built, "02_other")
    assert check(built, sessions=["01"]) == []
    other = "solutions/02_other.ipynb: the public answers are of other questions; run: course build"
    assert other in check(built, sessions=["02_other"])


@pytest.mark.parametrize("folder", ["lectures", "solutions", "exercises"])
def test_notebooks_out_of_form(workbook, folder):
    """Timings, trailing blanks or another indent are a fault, and so is a file that is no notebook."""
    path = workbook.path(folder, "01_test")
    right = path.read_text("utf-8")
    path.write_text(json.dumps(json.loads(right)), "utf-8")
    faults = check(workbook, run=False)
    what = "not what solutions/01_test.ipynb gives" if folder == "exercises" else "not in normal form"
    assert f"{folder}/01_test.ipynb: {what}; run: course build" in faults
    path.write_text(right[:100], "utf-8")
    faults = check(workbook, run=False)
    assert any(
        fault.startswith(f"{folder}/01_test.ipynb: ") and "is not a notebook" in fault for fault in faults
    )


def test_rooms_of_yesterday(workbook):
    """The rooms in docs/architecture.md are those of today, between two marks."""
    path = workbook.root / "docs" / "architecture.md"
    path.parent.mkdir()
    path.write_text("# Without marks\n", "utf-8")
    assert check(workbook, run=False)[0].startswith("docs/architecture.md needs the lines <!-- rooms")
    path.write_text(f"# Title\n{BEGIN}\n{END}\nend\n", "utf-8")
    stale = ["docs/architecture.md: its rooms are not those of today; run: course build"]
    assert check(workbook, run=False) == stale
    assert build_rooms(workbook.root) == [path] and build_rooms(workbook.root) == []
    assert check(workbook, run=False) == []
    (workbook.root / "course" / "new.py").write_text('"""A new file."""\n', "utf-8")
    assert check(workbook, run=False) == stale


EXERCISE = {
    "edited by hand": ("exercises", "double-text", "another text", {}),
    "unlocked": ("exercises", "double-question", None, {"editable": True}),
    "solution changed": ("solutions", "double-text", "another text", {}),
}


@pytest.mark.parametrize("case", EXERCISE)
def test_exercises_that_their_solution_does_not_give(workbook, edit, case):
    """One fault, whoever changed what; its mend is build, unless build would leave what a person wrote."""
    folder, cell_id, source, metadata = EXERCISE[case]
    edit(folder, cell_id, source, metadata)
    mend = "run: course build"
    if case == "edited by hand":
        mend = "holds cells that a person changed (double-text), which course build leaves; move it, or "
        mend += "run: course build --overwrite"
    assert check(workbook, run=False) == [
        f"exercises/01_test.ipynb: not what solutions/01_test.ipynb gives; {mend}"
    ]


def test_solutions_that_cannot_be_cut(workbook, edit):
    """A slip that would leak, no question at all, and versions of a question that nobody asks."""
    edit("solutions", "double-answer", "### BEGIN SOLUTION\nx = 1")
    assert any("### BEGIN SOLUTION has no ### END SOLUTION" in fault for fault in check(workbook, run=False))
    edit("solutions", "double-answer", "def double(x):\n    return 2 * x")
    whole = (
        "solutions/01_test.ipynb: cell double-answer: double, the answer to question double, would stay in"
    )
    assert [fault.startswith(whole) for fault in check(workbook, run=False)] == [True]
    with pytest.raises(NotebookError, match=whole):
        build(workbook)
    assert "2 * x" not in workbook.path("exercises", "01_test").read_text("utf-8")
    edit("solutions", "double-answer", "x = 1")
    edit("solutions", "double-question", "x = 2")
    faults = check(workbook, run=False)
    assert "solutions/01_test.ipynb: asks no question" in faults
    assert (
        "solutions/01_test.ipynb: has mistakes or variants of question 'double', which it does not ask"
        in faults
    )


def versions(name, *mistakes, variants=("return 2 * x",)):
    """A cell of versions of a question: bodies of mistakes, each with a hint, and of variants."""
    hints = [f'@mistake("{name}", "{hint}")\ndef {name}(x):\n    {body}' for hint, body in mistakes]
    return "\n\n\n".join(hints + [f'@variant("{name}")\ndef {name}(x):\n    {body}' for body in variants])


THREE = (("a", "return x"), ("b", "return -x"), ("c", "return 0 * x"))
QUESTIONS = {
    "few": (versions("few", *THREE[:2]), "question few has 2 mistakes and 1 variant; at least 3 and 1"),
    "none": (
        versions("none", *THREE, variants=()),
        "question none has 3 mistakes and 0 variants; at least 3 and 1",
    ),
    "passes": (
        versions("passes", *THREE, ("d", "return x + x")),
        "question passes: mistake 4 passes as right: d",
    ),
    "same": (
        versions("same", *THREE, ("d", "return 1 * x")),
        "question same: mistake 4 answers the same as another: d",
    ),
    "stub": (
        versions("stub", *THREE, ("d", "raise NotImplementedError")),
        "question stub: mistake 4 gives no answer: d",
    ),
    "odd": (
        versions("odd", *THREE, variants=("return 2 * x", "return 3 * x")),
        "question odd: variant 2 is not right: every number is 1.5 times the right one",
    ),
    "late": (  # one hint over two versions counts once
        versions("late", *THREE, ("a", "return 5 * x")),
        "question late has 5 mistakes and variants, 4 count; does a version stand below the question?",
    ),
    "stale": (versions("stale", *THREE), "the public answers to stale are stale; run: course build"),
}


def test_faults_that_need_a_run(workbook, edit, snapshot):
    """Mistakes that are few, pass or look alike, wrong variants, stale answers, and points for nothing."""
    cells = []
    for name, (source, _) in QUESTIONS.items():
        answer = f"def {name}(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"
        ask = f'@question("{name}")\ndef _(rng):\n    return {name}(rng.normal())'
        cells += [new_code_cell(text, id=f"{name}-{n}") for n, text in enumerate((answer, source, ask))]
    cells.append(new_code_cell('@question("given")\ndef _(rng):\n    return rng.normal()', id="given"))
    cells.append(new_code_cell("few(3)", id="calls-a-stub"))
    cells.append(new_code_cell(versions("late", ("d", "return 7 * x"), variants=()), id="below"))
    edit("solutions", add=cells)
    build(workbook)
    public = workbook.public_answers / "01_test.json"
    stored = json.loads(public.read_text("utf-8"))
    stored["questions"]["stale"]["points"] = 7
    public.write_text(json.dumps(stored), "utf-8")
    before = snapshot(workbook.root)
    faults = check(workbook)
    assert snapshot(workbook.root) == before
    for name, (_, words) in QUESTIONS.items():
        mine = [fault for fault in faults if f"question {name}" in fault or f"answers to {name}" in fault]
        assert len(mine) == 1 and words in mine[0], f"{name}: {mine}"
    assert "exercises/01_test.ipynb: question given earns its points while unsolved" in faults
    assert "exercises/01_test.ipynb: cell calls-a-stub ends in a traceback while unsolved" in faults
    assert len(faults) == len(QUESTIONS) + 3  # the question "given" has no mistakes either


def test_a_card_of_yesterday(workbook):
    """What a solution shows of its questions is what they say today."""
    build(workbook)
    assert check(workbook) == []
    path = workbook.path("solutions", "01_test")
    text = path.read_text("utf-8")
    assert text.count("3 typical mistakes told apart") == 2  # in HTML, and as text
    path.write_text(text.replace("3 typical mistakes told apart", "2 typical mistakes told apart"), "utf-8")
    mend = "delete the session's public answers, and run: course build"
    assert check(workbook) == [f"solutions/01_test.ipynb: the card of double is stale; {mend}"]


def test_answers_of_other_questions_and_solutions_that_fail(workbook, edit):
    """Public answers must be of the questions that are asked; a solution that fails is one line."""
    faults = check(workbook)
    assert "solutions/01_test.ipynb: the public answers are of other questions; run: course build" in faults
    public = workbook.public_answers / "01_test.json"
    public.parent.mkdir(parents=True)
    public.write_text("<<<<<<< HEAD", "utf-8")
    assert any("is damaged; delete it and run: course build" in fault for fault in check(workbook))
    edit("solutions", "double-answer", "### BEGIN SOLUTION\n1 / 0\n### END SOLUTION")
    exercise = release(read_notebook(workbook.path("solutions", "01_test")))
    write_notebook(exercise, workbook.path("exercises", "01_test"))
    assert check(workbook) == [
        "solutions/01_test.ipynb: the solution does not run: "
        "cell double-answer: ZeroDivisionError: division by zero"
    ]
