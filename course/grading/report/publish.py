"""Output folder: what stands in it, and how it is written.

OUT/grades.sqlite            the record, from which all the rest is written
OUT/run.json                 what was graded: session, seed, version
OUT/gradebook.csv            one row a student
OUT/report.html              the class report
OUT/feedback/STUDENT.html    what a student reads
OUT/review/STUDENT.html      what the instructor sees of a student: code beside the solution's, the notebook
OUT/notebooks/STUDENT.ipynb  the executed notebook; like the page above it shows the seed: keep it to yourself
OUT/written.json             hashes of these files

A file that somebody edited is put aside under another name, gradebook.kept-1.csv, before it is written anew.
"""

import json
import os
import sys
from dataclasses import astuple
from pathlib import Path

from course import scratch
from course.notebooks.document import write_text
from course.notebooks.written import Record

from ..record.database import Database
from ..record.final_grades import Row, final_rows
from ..record.gradebook import clean, write_gradebook
from ..record.roster import LEFT_ASIDE, absent, student_id
from ..record.runs import executed_notebook, fingerprints
from ..result import Result, Task, Track
from ..submission.plagiarism import Pair, released_fingerprints, similar_pairs
from ..submission.review import Use, unpack_prints, unpack_uses
from .class_report import write_report
from .clusters import Cluster, clusters, code_of, solution_code, unfit
from .pages import typed, write_feedback
from .review_page import write_review

FOLDERS = {"feedback": ".html", "review": ".html", "notebooks": ".ipynb"}


def publish(db: Database, out: Path, track: Track = lambda rows, total: rows) -> list[Result]:
    """Write the files of OUT that have to change. Each appears whole; the gradebook and report come last.

    Args:
        track: wraps the students and their number, to show progress, such as `tqdm`.

    Raises:
        UsageError: nothing was graded yet.
        FileNotFoundError: the record was moved or deleted meanwhile.
    """
    task = db.graded_task(out)
    record = Record(out)
    with db.transaction():
        rows = final_rows(db, task)
        uses = {row.result.student: unpack_uses(row.uses) for row in rows}
        solved = solution_code(task)
        results, names = [row.result for row in rows], ["", *(row.result.student for row in rows), ""]
        for place, row in enumerate(track(rows, len(rows))):
            db.require_file()
            around = (names[place], names[place + 2])
            _write_student(db, task, row, uses[row.result.student], solved, out, record, around)
        pairs = _pairs(db, task, rows)
        groups = clusters(task, rows)
        db.require_file()
        with record.keeping(out / "gradebook.csv"):
            write_gradebook(task, results, out / "gradebook.csv")
        with record.keeping(out / "report.html"):
            codes, aside = _codes(db, task, groups, solved), json.loads(db.setting(LEFT_ASIDE, "[]"))
            write_report(task, results, out / "report.html", uses, pairs, groups, codes, aside)
        record.save()
    _tell(record)
    return results


def _write_student(
    db: Database,
    task: Task,
    row: Row,
    uses: list[Use],
    solved: dict[str, str],
    out: Path,
    record: Record,
    around: tuple[str, str],
) -> None:
    """A student's pages and notebook, unless all stand there as they were written for the same row."""
    result = row.result
    page, review_page, notebook = paths = _paths(out, result.student)
    shown = [getattr(result, name) for name in ("attempt", "attempts", "days_late", "penalty", "status")]
    shown += [result.reason, result.enrolled, list(map(astuple, result.adjustments)), row.uses]
    shown += [typed(out), around]
    name, inputs = f"files of {student_id(result.student)}", [task.id, row.number, row.stored, shown]
    if db.kept(name, inputs) == list(map(_stamp, paths)):
        return
    with record.keeping(page):
        write_feedback(task, result, page, uses)
    executed = executed_notebook(db, task, row.number)
    with record.keeping(review_page):
        write_review(task, row, executed, solved, review_page, *around)
    with record.keeping(notebook):
        if executed is not None:
            write_text(executed, notebook)
        else:
            notebook.unlink(missing_ok=True)
    db.keep(name, inputs, list(map(_stamp, paths)))


def _paths(out: Path, student: str) -> list[Path]:
    return [out / folder / f"{student}{suffix}" for folder, suffix in FOLDERS.items()]


def _codes(
    db: Database, task: Task, groups: list[Cluster], solved: dict[str, str]
) -> dict[str, tuple[str, str]]:
    """The code of each cluster's first student, and why it cannot become a mistake, by "QUESTION ID"."""
    first = [[cluster.question, cluster.id, cluster.number] for cluster in groups]

    def read_codes():
        codes = {number: code_of(db, task, number) for number in {number for *_, number in first}}
        return {
            f"{item.question} {item.id}": (
                codes[item.number].get(item.question, ""),
                unfit(item, codes[item.number], solved),
            )
            for item in groups
        }

    return db.derived("codes of groups", [task.id, first], read_codes) if first else {}


def _stamp(path: Path) -> list[int] | None:
    """What tells a file from one that somebody edited: when it was written, and its size."""
    try:
        state = os.lstat(path)
    except FileNotFoundError:
        return None
    return [state.st_mtime_ns, state.st_size]


def _pairs(db: Database, task: Task, rows: list[Row]) -> list[Pair]:
    """The class's near-identical answers."""
    numbers = {row.result.student: row.number for row in rows if row.stored}

    def compare():
        packed = fingerprints(db, task)
        prints = {row.result.student: unpack_prints(packed.get(row.number)) for row in rows}
        return [astuple(pair) for pair in similar_pairs(prints, released_fingerprints(task.released))]

    inputs = [task.id, len(rows), sorted(numbers.items())]
    pairs = db.derived("similar notebooks and answers", inputs, compare) if rows else []
    return [Pair(*fields, tuple(questions), whole) for *fields, questions, whole in pairs]


def sweep(db: Database, out: Path) -> None:
    """Remove what a killed run left behind, and the pages of students who are no longer in the class."""
    for folder in (out, *(out / name for name in FOLDERS)):
        for path in folder.glob(".aside-*"):
            path.unlink(missing_ok=True)
    record = Record(out)
    for name in absent(db):
        for path in _paths(out, name):
            with record.keeping(path):
                path.unlink(missing_ok=True)
    _tell(record)
    scratch.sweep()


def _tell(record: Record) -> None:
    for path in record.kept:
        print(f"course: somebody had edited this file; it is kept as {clean(path)}", file=sys.stderr)
