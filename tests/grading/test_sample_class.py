"""The sample class of session 6 gets exactly the points that it deserves, question by question."""

import csv
import importlib.util
from pathlib import Path

import pytest

from course.grading.batch import enrol, grade_class, prepare
from course.grading.exchange.intake import find_submissions
from course.grading.record.database import open_database
from course.notebooks.workbook import find_workbook

ROOT = Path(__file__).parents[2]
spec = importlib.util.spec_from_file_location("sample_class", ROOT / "tests" / "sample_class.py")
sample_class = importlib.util.module_from_spec(spec)
spec.loader.exec_module(sample_class)

pytestmark = pytest.mark.nightly("grades eighteen notebooks; test_batch.py grades a small class by day")

FULL = {
    "sgd": 1, "momentum": 2, "nag": 2, "adagrad": 2, "rmsprop": 2,
    "adadelta": 2, "adam": 3, "staircase": 1, "chart": 1, "curve": 2, "project": 3, "edge": 3,
}  # fmt: skip
NONE = dict.fromkeys(FULL, 0)
EXPECTED = {
    "perfect": FULL,
    "odd_but_right": FULL,
    "in_a_tree": FULL,
    "deleted_question": FULL,
    "unsolved": NONE,
    "every_first_mistake": NONE,
    "momentum_mistake_1": FULL | {"momentum": 0},
    "momentum_mistake_2": FULL | {"momentum": 0},
    "momentum_mistake_3": FULL | {"momentum": 0},
    "momentum_mistake_4": FULL | {"momentum": 0},
    "momentum_mistake_5": FULL | {"momentum": 0},
    "infinite_loop": FULL | {"nag": 0},
    "syntax_error": FULL | {"nag": 0},
    "ends_the_kernel": FULL | {"adam": 0},
    "not_a_notebook": NONE,
    "empty": NONE,
    "huge": NONE,
    "missing": NONE,
}
REASONS = {
    "infinite_loop": "reached the limit of 10 s",
    "syntax_error": "SyntaxError",
    "ends_the_kernel": "ended the kernel",
    "not_a_notebook": "is not a notebook",
    "empty": "is empty",
    "huge": "is larger than 20 MiB",
    "missing": "no notebook was handed in",
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The class, graded once: the results by student, the task, the output folder."""
    folder = tmp_path_factory.mktemp("class")
    students = sample_class.write_class(folder / "submissions")
    task = prepare(find_workbook(ROOT), sample_class.SESSION, cell_timeout=10, notebook_timeout=100)
    found = find_submissions(folder / "submissions", sample_class.SESSION)
    assert [item.student for item in found] == students == sorted(EXPECTED)
    with open_database(folder / "out", create=True) as db:
        enrol(db, found)
        results = grade_class(db, task, folder / "out")
    return task, {result.student: result for result in results}, folder / "out"


@pytest.mark.parametrize("student", EXPECTED)
def test_points(graded, student):
    """Each student has exactly these points in each question, and the instructor reads the reason."""
    task, results, _ = graded
    assert results[student].points(task) == EXPECTED[student]
    assert REASONS.get(student, "") in results[student].reason
    if student not in REASONS:
        assert results[student].reason == ""


def test_hints(graded):
    """Who makes a typical mistake reads its hint, and no other."""
    task, results, _ = graded
    hints = list(dict.fromkeys(wrong["hint"] for wrong in task.records["momentum"]["mistakes"]))
    for number, hint in enumerate(hints[:5], start=1):
        verdict = results[f"momentum_mistake_{number}"].verdicts["momentum"]
        assert (verdict.kind, verdict.hint) == ("mistake", hint)
    for name, record in task.records.items():
        assert results["every_first_mistake"].verdicts[name].hint == record["mistakes"][0]["hint"]
    assert {verdict.kind for verdict in results["unsolved"].verdicts.values()} == {"missing"}


def test_files(graded):
    """The gradebook has the same points, and every student a page; nothing is left half-written."""
    _, _, out = graded
    with open(out / "gradebook.csv", encoding="utf-8-sig", newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    for student, points in EXPECTED.items():
        assert {name: int(rows[student][name]) for name in FULL} == points
        assert int(rows[student]["points"]) == sum(points.values())
        assert (out / "feedback" / f"{student}.html").is_file()
    assert (out / "report.html").stat().st_size > 10_000
    assert not [path for path in out.rglob("*") if path.name.startswith(".aside")]
