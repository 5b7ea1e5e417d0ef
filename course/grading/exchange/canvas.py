"""Canvas: its gradebook as CSV, and how it names the files that students hand in.

    lastnamefirst_LATE_123_4567_06_optimizers-1.ipynb    user, upload; -1: handed in again
    anon_xY3z_4567_06_optimizers.ipynb                   anonymous marking

Files: lib/content_zipper.rb. The gradebook has student columns up to Section, a row of Points Possible and a
column an assignment, which may carry Canvas's own number: "Optimizers (4711)". Its importer
(lib/gradebook_importer.rb) takes commas and semicolons, and knows the columns by their English names alone.
"""

import re

from course.errors import UsageError
from course.notebooks.written import listed

from ..result import Result, Task
from .platform import Platform, Sheet, Table, Upload, first_named, name_and_number, safe_name

MOST_NAMED = 12  # columns in a line about a sheet
COLUMNS = ("Student", "ID", "SIS Login ID", "Section")
FILE = re.compile(
    r"(?:anon_(?P<anonymous>[A-Za-z0-9]{1,20})|(?P<name>.+?)(?P<late>_LATE)?_(?P<id>\d{1,20}))"
    r"_(?P<upload>\d{1,20})_(?P<file>.+)",
    re.S,
)


class Canvas(Platform):
    """Canvas, by Instructure."""

    name = "canvas"
    heads = 2
    sheets = True

    def table(self, task: Task, results: list[Result], assignment: str) -> Table:
        """One assignment of the gradebook."""
        rows: Table = [[*COLUMNS, assignment], ["    Points Possible", "", "", "", task.points]]
        for result in results:
            name, number = name_and_number(result.student)
            rows.append([name, number, "", "", result.total(task)])
        return rows

    def sheet(self, head: list[str], assignment: str) -> Sheet:
        """The gradebook that was exported there."""
        if "ID" not in head:
            raise UsageError(
                "--sheet has no column 'ID', so it is no gradebook of Canvas in English, the only language "
                f"that its importer knows: switch Canvas to English, export it anew "
                f"(it has {listed(head, MOST_NAMED)})"
            )
        named = [name for name in head if re.fullmatch(re.escape(assignment) + r"( \(\d+\))?", name)]
        if len(named) > 1:
            fits = " and ".join(map(repr, named))
            raise UsageError(f"--assignment={assignment!r} fits {fits}; name one of them whole")
        if not named:
            raise UsageError(
                f"--sheet has no column {assignment!r}; name one of its columns with --assignment: "
                f"{listed(_assignments(head), MOST_NAMED)}"
            )
        return Sheet("ID", 1, 0, {named[0]: len(COLUMNS)}, named[0], maximum_row=True)

    def notes(self, column: str) -> list[str]:
        """Canvas drops totals on import, and knows them by their names (instructure/canvas-lms#2134)."""
        if not re.search(r"final|current (score|points|grade)", column, re.IGNORECASE):
            return []
        return [
            f"Canvas may ignore the column {column!r} on import, as one of its own totals: rename it there"
        ]

    def parse_upload(self, path: str) -> Upload | None:
        """Who handed in the file that Canvas called so; what lies in a zip of that name is theirs too."""
        named = first_named(FILE, path)
        if named is None:
            return None
        match, below = named
        file = below or match["file"]
        if match["anonymous"]:
            return Upload(f"anon_{match['anonymous']}", file, late=False, upload=int(match["upload"]))
        student = f"{safe_name(match['name'])}_{match['id']}"
        return Upload(student, file, late=match["late"] is not None, upload=int(match["upload"]))


def _assignments(head: list[str]) -> list[str]:
    """The columns behind those about the student."""
    start = head.index("Section") + 1 if "Section" in head else 2
    return head[start:]


PLATFORM = Canvas()
