"""The output folder: may we write there, and what stands in it.

OUT/grades.sqlite            the record, from which all the rest is written
OUT/run.json                 what was graded: session, seed, version
OUT/gradebook.csv            one row a student
OUT/report.html              the class report
OUT/feedback/STUDENT.html    what a student reads
OUT/notebooks/STUDENT.ipynb  the executed notebook; it shows the seed, so keep it to yourself
OUT/written.json             hashes of these files

A file that somebody edited is put aside under another name, gradebook.kept-1.csv, before it is written anew.
"""

import json
import os
import sys
from pathlib import Path

from course import scratch
from course.errors import UsageError
from course.notebooks.document import write_text
from course.notebooks.written import Record

from .gradebook import clean, write_gradebook
from .ledger import Ledger, unpack_name
from .looks import look_at
from .pages import write_feedback, write_report
from .result import Result
from .standing import final_results

OURS = ("grades.", ".aside-")


def claim_output(out: Path, session: str, submissions: Path) -> None:
    """Make sure that an output folder is new, empty, or of an earlier run of the same session.

    Raises:
        UsageError: it is a file, cannot be written, lies among the submissions, holds something else, or
            belongs to another session.
    """
    nearest = next(path for path in (out, *out.absolute().parents) if path.exists())
    if not nearest.is_dir():
        raise UsageError(f"OUT={str(out)!r}: {nearest} is a file; name a folder")
    if not os.access(nearest, os.W_OK):
        raise UsageError(f"OUT={str(out)!r}: {nearest} cannot be written to; name another folder")
    if submissions.resolve() in (out.resolve(), *out.resolve().parents):
        raise UsageError(f"OUT={str(out)!r} lies in SUBMISSIONS; name a folder elsewhere")
    marker = out / "run.json"
    if not marker.is_file():  # new, or a run that was killed before it could write its first file
        if out.exists() and not all(path.name.startswith(OURS) for path in out.iterdir()):
            raise UsageError(
                f"OUT={str(out)!r} is not empty and no output of course grade; name a new folder"
            )
        return
    try:
        before = json.loads(marker.read_text("utf-8"))["session"]
    except (ValueError, KeyError, TypeError):
        before = "something unreadable"
    if before != session:
        raise UsageError(
            f"OUT={str(out)!r} holds the grades of {before}, not of {session}; name another folder"
        )


def publish(ledger: Ledger, out: Path) -> list[Result]:
    """Write all files of OUT from the ledger. Each appears whole; the gradebook and report come last.

    Raises:
        UsageError: nothing was graded yet.
    """
    task = ledger.task()
    if task is None:
        raise UsageError(f"OUT={str(out)!r} holds no grades yet; grade a class into it first")
    results, looks, record = final_results(ledger), {}, Record(out)
    for result in results:
        looks[result.student] = look_at(task, ledger.handed_in(result.student))
        page = out / "feedback" / f"{result.student}.html"
        with record.keeping(page):
            write_feedback(task, result, page, looks[result.student])
        notebook = ledger.notebook(result.student)
        path = out / "notebooks" / f"{result.student}.ipynb"
        with record.keeping(path):
            if notebook is not None:
                write_text(notebook, path)
            else:
                path.unlink(missing_ok=True)
    with record.keeping(out / "gradebook.csv"):
        write_gradebook(task, results, out / "gradebook.csv")
    with record.keeping(out / "report.html"):
        write_report(task, results, out / "report.html", looks)
    record.save()
    _tell(record)
    return results


def sweep(ledger: Ledger, out: Path) -> None:
    """Remove what a killed run left behind, and the pages of students who are no longer in the class."""
    for folder in (out, out / "feedback", out / "notebooks"):
        for path in folder.glob(".aside-*"):
            path.unlink(missing_ok=True)
    gone = ledger.sql.execute("SELECT name FROM students WHERE id NOT IN (SELECT student FROM roster)")
    record = Record(out)
    for row in gone:
        name = unpack_name(row["name"])
        for path in (out / "feedback" / f"{name}.html", out / "notebooks" / f"{name}.ipynb"):
            with record.keeping(path):
                path.unlink(missing_ok=True)
    _tell(record)
    scratch.sweep()


def _tell(record: Record) -> None:
    for path in record.kept:
        print(f"course: somebody had edited this file; it is kept as {clean(path)}", file=sys.stderr)
