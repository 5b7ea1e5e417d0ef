"""Term overview: the points of a class over several sessions, as one page and one CSV.

Each session is an output folder of `course grade`. Moodle numbers its students anew in each assignment, so a
student is found by the name in front of the number, unless two of a session share it. Capitals, spaces and
how accents are stored do not matter. student_01 is a name as a whole: no platform numbers so.
"""

import os
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from course.errors import UsageError
from course.notebooks.document import write_text
from course.notebooks.written import Record

from .exchange.platform import person
from .record.database import NAME as DATABASE
from .record.database import open_database
from .record.final_grades import final_rows
from .record.gradebook import BOM, csv_table, csv_text
from .report.pages import PAGES, table_script
from .report.publish import FOLDERS
from .report.statistics import Summary, histogram, summary
from .result import whole


@dataclass(frozen=True)
class Session:
    """One session's scores by the student's name in its gradebook; None is no score."""

    name: str
    points: int
    scores: dict[str, float | None]
    out: Path
    waiting: int = 0  # students whose points are not final: a person has still to read an answer

    @property
    def summary(self) -> Summary:
        """Mean, median and quartiles."""
        return summary([score for score in self.scores.values() if score is not None])


@dataclass(frozen=True)
class Row:
    """A student over the term. A session that is not in `names` has nothing from this student."""

    student: str
    names: dict[str, str]
    scores: dict[str, float | None]

    @property
    def total(self) -> float:
        """The points of all sessions; a session without a score adds nothing."""
        return whole(sum(score for score in self.scores.values() if score is not None))


def read_sessions(outs: list[Path]) -> list[Session]:
    """The sessions of these output folders, in the order of their names.

    Raises:
        UsageError: a folder without grades, or two of the same session.
    """
    sessions: dict[str, Session] = {}
    for out in outs:
        with open_database(out) as db:
            task = db.graded_task(out)
            results = [row.result for row in final_rows(db, task)]
            scores = {result.student: result.total(task) for result in results}
            waiting = sum(bool(result.waiting) for result in results)
        if task.session in sessions:
            first = str(sessions[task.session].out)
            raise UsageError(f"OUT={str(out)!r} and {first!r} both hold {task.session}; name one of them")
        sessions[task.session] = Session(task.session, task.points, scores, out, waiting)
    return [sessions[name] for name in sorted(sessions)]


def term_rows(sessions: list[Session]) -> list[Row]:
    """A row a student, in the order of their names, each as the first session writes it."""
    names = [Counter(_key(person(student)) for student in session.scores) for session in sessions]
    shared = {name for counts in names for name, count in counts.items() if count > 1}
    rows: dict[str, Row] = {}
    for session in sessions:
        for student, score in session.scores.items():
            name = person(student)
            alone = _key(name) not in shared
            row = rows.setdefault(_key(name) if alone else student, Row(name if alone else student, {}, {}))
            row.names[session.name] = student
            row.scores[session.name] = score
    return sorted(rows.values(), key=lambda row: row.student)


def _key(name: str) -> str:
    """What two ways to write a name have in common."""
    folded = unicodedata.normalize("NFC", name).casefold()
    return " ".join(unicodedata.normalize("NFC", folded).split())


def _check_folder(folder: Path) -> None:
    """Refuse a folder whose pages are handed out, or are written anew with each run."""
    for path in (folder.resolve(), *folder.resolve().parents):
        if path.name in FOLDERS and (path.parent / DATABASE).exists():
            kept = f"holds the {path.name} of a graded session; the table of a class does not belong there"
            raise UsageError(f"--out={str(folder)!r} {kept}")


def write_term(sessions: list[Session], folder: Path) -> list[Row]:
    """Write term.html and term.csv; a file that somebody edited is put aside before.

    Raises:
        UsageError: the folder is one for pages of students.
    """
    _check_folder(folder)
    rows = term_rows(sessions)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    record = Record(folder)
    head = ["student", *(session.name for session in sessions), "total", "of"]
    most = sum(session.points for session in sessions)
    possible = ["(points possible)", *(session.points for session in sessions), most, most]
    table: list[list[object]] = [head, possible]
    for row in rows:
        scores = [row.scores.get(session.name) for session in sessions]
        cells = ["" if score is None else score for score in scores]
        table.append([csv_text(row.student), *cells, row.total, most])
    with record.keeping(folder / "term.csv"):
        write_text(BOM + csv_table(table), folder / "term.csv")
    page = PAGES.get_template("term.html.j2").render(
        sessions=sessions,
        rows=rows,
        most=most,
        summary=summary([row.total for row in rows]),
        bars=histogram([row.total for row in rows], most),
        **table_script(),
        folders={session.name: _parts(session.out, folder) for session in sessions},
    )
    with record.keeping(folder / "term.html"):
        write_text(page, folder / "term.html")
    record.save()
    return rows


def _parts(out: Path, folder: Path) -> list[str]:
    """The way from the page's folder to a session's, step by step; "/" where there is none on this disk."""
    try:
        return list(Path(os.path.relpath(out.resolve(), folder.resolve())).parts)
    except ValueError:  # another drive of Windows
        return list(out.resolve().parts)
