"""A class with every kind of trouble: nobody is missing, each is one row with its cause, twice the same."""

import csv
import importlib.util
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from course.grading.record.database import open_database
from course.grading.record.final_grades import final_results, final_rows
from course.grading.report.clusters import clusters
from course.grading.result import FAILED

ROOT = Path(__file__).parents[2]
spec = importlib.util.spec_from_file_location("troubled_class", ROOT / "tests" / "troubled_class.py")
troubled_class = importlib.util.module_from_spec(spec)
spec.loader.exec_module(troubled_class)
KINDS, SESSION, SLOW = troubled_class.KINDS, troubled_class.SESSION, troubled_class.SLOW

pytestmark = pytest.mark.nightly("grades some fifty notebooks three times")


def command(*arguments):
    return [
        sys.executable,
        "-m",
        "course",
        "grade",
        SESSION,
        *arguments,
        "--timeout",
        "5",
        "--min-isolation",
        "0",
    ]


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """A workbook with a class of one student a kind and a few honest ones, graded with a known seed."""
    folder = tmp_path_factory.mktemp("workbook")
    kinds = troubled_class.write_class(folder, len(KINDS) + 3)
    run = subprocess.run(
        command("class", "-o", "out", "--seed", "7"), cwd=folder, capture_output=True, text=True
    )
    assert run.returncode == 1, run.stderr  # somebody has to look
    return folder, kinds, run


def lines_of(out):
    """The gradebook's lines, without the kinds that a busy machine may keep from their end."""
    lines = (out / "gradebook.csv").read_text("utf-8").splitlines()
    return [line for line in lines if not any(f"_{name}," in line for name in SLOW)]


def rows_of(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def test_nobody_is_missing_and_nobody_is_there_twice(book):
    """A row a student, a page a student."""
    folder, kinds, _ = book
    assert sorted(rows_of(folder / "out" / "gradebook.csv")) == sorted(kinds)
    assert sorted(path.stem for path in (folder / "out" / "feedback").iterdir()) == sorted(kinds)


@pytest.mark.parametrize("name", KINDS)
def test_each_trouble_is_a_row_with_its_cause(book, name):
    """Status, points, and what the instructor reads of it; a busy machine says so and judges nobody."""
    folder, kinds, run = book
    kind, [student] = KINDS[name], [who for who in kinds if who.split("_", 1)[1].split(" ")[0] == name]
    row = rows_of(folder / "out" / "gradebook.csv")[student]
    with open_database(folder / "out") as db:
        result = next(item for item in final_results(db) if item.student == student)
    if name in SLOW and row["status"] == FAILED:
        assert "this machine is too busy with other work" in row["reason"] and row["points"] == ""
        return
    said = "\n".join([row["reason"], *(item.text for item in result.verdicts.values())])
    assert (row["status"], float(row["points"])) == (kind.status, kind.points), said
    out_of_time = name == "memory" and "reached the limit" in said  # a busy machine fills it no faster
    assert kind.words in said or out_of_time
    if kind.aside:
        assert any(
            student in line and kind.aside in line
            for line in run.stdout.replace("\n", " ").split("left aside: ")
        )


def test_each_group_of_unforeseen_answers_has_one_cause(book):
    """Of all these kinds no two stand in one group of the report."""
    folder, _, _ = book
    with open_database(folder / "out") as db:
        found = clusters(db.task(), final_rows(db, db.task()))
    groups = [[who for who in group.students if not who.endswith(SLOW)] for group in found]
    assert len(groups) > 10 and [group for group in groups if len(group) > 1] == []


def test_a_second_grading_gives_the_same_rows(book):
    """With the same seed, into another folder, to the letter."""
    folder, _, _ = book
    again = command("class", "-o", "again", "--seed", "7")
    subprocess.run(again, cwd=folder, capture_output=True, check=False)
    assert lines_of(folder / "again") == lines_of(folder / "out")


def test_killed_while_ten_are_graded_anew(book):
    """The same command goes on; whoever did not hand in again keeps the row, byte for byte."""
    folder, kinds, _ = book
    before = (folder / "out" / "gradebook.csv").read_text("utf-8-sig").splitlines()
    again = [
        who for who, kind in kinds.items() if (folder / "class" / f"{who}.ipynb").exists() and kind.points
    ][:10]
    for who in again:
        answers = troubled_class.ANSWERS | {"essay": "def essay():\n    return 'Another text.'"}
        notebook = troubled_class.solved(troubled_class.Workbook(folder), answers)
        (folder / "class" / f"{who}.ipynb").write_bytes(troubled_class.raw(notebook))
    run = subprocess.Popen(
        command("class", "-o", "out"), cwd=folder, stderr=subprocess.PIPE, start_new_session=True
    )
    seen = b""
    while b" 2/10 " not in seen and (more := run.stderr.read1(100)):  # the bar: in the middle of the third
        seen += more
    os.killpg(run.pid, signal.SIGKILL)
    run.communicate()
    end = subprocess.run(
        command("class", "-o", "out"), cwd=folder, capture_output=True, text=True, check=False
    )
    assert end.returncode == 1, end.stderr
    after = (folder / "out" / "gradebook.csv").read_text("utf-8-sig").splitlines()
    changed = [line.split(",")[0] for line, old in zip(after, before, strict=True) if line != old]
    assert set(changed) <= set(again)
    rows = rows_of(folder / "out" / "gradebook.csv")
    assert {rows[who]["points"] for who in again} == {str(troubled_class.FULL)}
