"""A small class, graded with real kernels; and what an output folder may be."""

import csv
import json
import os

import pytest
from nbformat.v4 import new_code_cell

from course.errors import UsageError
from course.grading.batch import enrol, grade_class, prepare
from course.grading.exchange.intake import find_submissions
from course.grading.pool import scheduler
from course.grading.record.database import claim_output, open_database
from course.grading.submission import grade as grade_module
from course.grading.submission.files import Submission
from course.notebooks.document import read_notebook, write_notebook
from course.notebooks.new import new_session
from course.notebooks.workbook import Workbook

FORGE = """
import course.questions.ask as ask

def forge(data, publish=ask.publish_display_data):
    record = data[ask.ANSWERS] | {"answers": [{"error": None}] * 3, "points": 100, "right": True}
    publish({ask.ANSWERS: record})

ask.publish_display_data = forge
def double(x):
    return 2 * x
"""
ANSWERS = {
    "perfect": "def double(x):\n    return [float(v) + float(v) for v in x]",
    "squares": "def double(x):\n    return x**2",
    "wrong": "def double(x):\n    return 3 * x",
    "forges": FORGE,
    "leaves": "import os\nos._exit(0)",
    "=evil()": "def double(x):\n    raise ValueError('<b>[/red]\\x1b[31m')",
}
EXTRA = {  # cells of a student's own: where, and what they say
    "perfect": [
        (2, "seed = 3\ncollect = False"),
        (6, '@question("double", points=1)\ndef _(rng):\n    return 0'),
        (6, 'begin("01_test", seed=0, collect=False)'),
        (0, "import math"),
    ],
}


@pytest.fixture(scope="module")
def workbook(tmp_path_factory):
    """A workbook with the session that `course new` lays out: one question, one point."""
    root = tmp_path_factory.mktemp("workbook")
    new_session(Workbook(root), "01_test")
    return Workbook(root)


@pytest.fixture(scope="module")
def graded(workbook, tmp_path_factory):
    """The class of ANSWERS and some files that are no notebooks, graded once: (results, OUT, task)."""
    folder = tmp_path_factory.mktemp("submissions")
    for student, source in ANSWERS.items():
        notebook = read_notebook(workbook.path("exercises", "01_test"))
        answer = next(cell for cell in notebook.cells if cell.id == "double-answer")
        answer.source = source
        for at, extra in EXTRA.get(student, []):
            notebook.cells.insert(at, new_code_cell(extra))
        write_notebook(notebook, folder / f"{student}.ipynb")
    (folder / "empty.ipynb").write_text("", "utf-8")
    (folder / "nothing").mkdir()
    broken = json.loads((folder / "squares.ipynb").read_text("utf-8"))
    broken["cells"][1]["source"] = "\ud800"
    (folder / "surrogate.ipynb").write_text(json.dumps(broken), "utf-8")
    task = prepare(workbook, "01_test", seed=11, cell_timeout=20)
    out = tmp_path_factory.mktemp("out") / "grades"
    shown = []

    def track(jobs, total):
        assert total == 8
        for job in jobs:
            shown.append(job.student)
            yield job

    def track_pages(rows, total):
        assert total == len(rows) == 9
        return rows

    with open_database(out, create=True) as db:
        enrol(db, find_submissions(folder, "01_test"))
        results = grade_class(db, task, out, track=track, track_pages=track_pages)
    assert shown == [result.student for result in results if result.student != "nothing"]
    return {result.student: result for result in results}, out, task


@pytest.mark.slow
def test_points_and_reasons(graded):
    """Each student gets what the answer deserves; rubbish is a row with a reason."""
    with open(graded[1] / "gradebook.csv", encoding="utf-8-sig", newline="") as file:
        rows = {row[0]: row[1:] for row in csv.reader(file)}
    assert rows.pop("student") == ["status", "points", "of", "double", "days_late", "adjusted", "reason"]
    assert rows["perfect"] == ["graded", "1", "1", "1", "", "", ""]
    assert rows["squares"] == rows["wrong"] == rows["forges"] == ["graded", "0", "1", "0", "", "", ""]
    assert rows["'=evil()"] == ["graded", "0", "1", "0", "", "", ""]
    ended = "cell double-answer ended the kernel: it ended itself (exit 0)"
    fresh = "the cells below it ran in a fresh kernel"
    assert rows["leaves"] == ["graded", "0", "1", "0", "", "", f"{ended}; {fresh}"]
    assert rows["empty"] == ["broken", "0", "1", "0", "", "", "is empty"]
    assert rows["nothing"] == ["missing", "0", "1", "0", "", "", "no notebook was handed in"]
    assert rows["surrogate"][:4] == ["broken", "0", "1", "0"]
    assert "surrogates not allowed" in rows["surrogate"][6]
    assert len(rows) == 9


@pytest.mark.slow
def test_verdicts(graded):
    """A known mistake gets its hint, an error its line, a forged bundle nothing, a dead kernel its reason."""
    results, _, task = graded
    verdicts = {student: result.verdicts["double"] for student, result in results.items()}
    assert verdicts["squares"].hint == "You square; double means two times."
    assert verdicts["wrong"].kind == "wrong" and "1.5 times the right one" in verdicts["wrong"].text
    assert (
        verdicts["=evil()"].text.startswith("ValueError: <b>[/red]")
        and "raise ValueError" in verdicts["=evil()"].text
    )
    assert verdicts["forges"].kind == "error" and not verdicts["forges"].right
    assert verdicts["leaves"].text == "the cell of double ended the kernel: it ended itself (exit 0)"
    assert results["perfect"].points(task) == {"double": 1}


@pytest.mark.slow
def test_what_stands_in_the_output_folder(graded):
    """A page for everyone, the executed notebook of whoever had one, without the answers, and the seed."""
    results, out, task = graded
    assert {path.stem for path in (out / "feedback").iterdir()} == set(results)
    executed = {path.stem: path for path in (out / "notebooks").iterdir()}
    assert set(executed) == set(ANSWERS)
    notebook = read_notebook(executed["perfect"])
    assert "seed = 11" in next(
        cell.source for cell in notebook.cells if cell.source.startswith("# Parameters")
    )
    assert "vnd.course" not in executed["perfect"].read_text("utf-8")
    assert json.loads((out / "run.json").read_text("utf-8"))["seed"] == 11 == task.seed
    assert (out / "report.html").is_file()
    assert all(result.notebook is None for result in results.values())


def test_a_fresh_seed_is_drawn(workbook, monkeypatch):
    """Without a seed the grader draws one that cannot be known, and 0, the public one, never."""
    seen = []

    def answer_key(solution, folder, seed, *_):
        seen.append(seed)
        raise KeyboardInterrupt

    monkeypatch.setattr("course.grading.answer_key.answer_key", answer_key)
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            prepare(workbook, "01_test")
    assert len(set(seen)) == 3 and all(0 < seed < 2**64 for seed in seen)
    with pytest.raises(UsageError, match="session='01_tset' is unknown"):
        prepare(workbook, "01_tset")


def test_trouble_of_the_machine_is_no_score(task, released, tmp_path, monkeypatch):
    """When a kernel does not start, that student has no score; the next one has a fresh warm process."""
    write_notebook(released, tmp_path / "a.ipynb")

    def execute(*_, **__):
        raise OSError("no space left on device")

    closed = []
    monkeypatch.setattr(grade_module, "close", lambda: closed.append("the warm process"))  # it is well here
    monkeypatch.setattr(grade_module, "execute_to_the_end", execute)
    monkeypatch.setattr(scheduler, "BACKOFF_S", 0.01)
    submissions = [Submission("a", tmp_path / "a.ipynb"), Submission("b", tmp_path / "b.ipynb")]
    with open_database(tmp_path / "out", create=True) as db:
        enrol(db, submissions)
        first, second = grade_class(db, task, tmp_path / "out")
    assert (first.status, first.reason) == ("not graded", "OSError: no space left on device")
    assert second.status == "missing" and closed == ["the warm process"] * 3, "three times it was tried"
    assert "this is no score" in (tmp_path / "out" / "feedback" / "a.html").read_text("utf-8")


def test_output_folders(tmp_path):
    """New, empty, or of the same session; anything else is refused and stays as it is."""
    submissions = tmp_path / "submissions"
    submissions.mkdir()
    file = tmp_path / "file"
    file.write_text("mine", "utf-8")
    other = tmp_path / "other"
    other.mkdir()
    claim_output(other, "01_test", submissions)
    claim_output(tmp_path / "new" / "deep", "01_test", submissions)
    (other / "run.json").write_text(json.dumps({"session": "01_test"}), "utf-8")
    (other / "gradebook.csv").write_text("", "utf-8")
    claim_output(other, "01_test", submissions)
    full = tmp_path / "full"
    full.mkdir()
    (full / "thesis.txt").write_text("mine", "utf-8")
    refused = {
        file: f"{file} is a file; name a folder",
        file / "below": f"{file} is a file; name a folder",
        full: "is not empty and no output of course grade; name a new folder",
        submissions: "lies in SUBMISSIONS; name a folder elsewhere",
        submissions / "grades": "lies in SUBMISSIONS; name a folder elsewhere",
    }
    for out, words in refused.items():
        with pytest.raises(UsageError) as error:
            claim_output(out, "01_test", submissions)
        assert str(error.value).startswith(f"OUT={str(out)!r}") and words in str(error.value)
    with pytest.raises(UsageError, match="holds the grades of 01_test, not of 02_test; name another folder"):
        claim_output(other, "02_test", submissions)
    for text in ("", "[]", "{}", "\x00"):
        (other / "run.json").write_text(text, "utf-8")
        with pytest.raises(UsageError, match="holds the grades of something unreadable"):
            claim_output(other, "01_test", submissions)
    assert (
        not (tmp_path / "new").exists()
        and os.listdir(full) == ["thesis.txt"]
        and os.listdir(submissions) == []
    )
