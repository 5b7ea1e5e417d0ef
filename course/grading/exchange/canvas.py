"""Canvas: its gradebook as CSV, and how it names the files that students hand in.

    lastnamefirst_LATE_123_4567_06_optimizers-1.ipynb    user, upload; -1: handed in again
    anon_xY3z_4567_06_optimizers.ipynb                   anonymous marking

Files: lib/content_zipper.rb. The gradebook has student columns up to Section, a row of Points Possible and a
column an assignment, which may carry Canvas's own number: "Optimizers (4711)".
"""

import re

from ..result import Result, Task
from .platform import Platform, Sheet, Table, Upload, name_and_number, safe_name

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

    def table(self, task: Task, results: list[Result], assignment: str) -> Table:
        """One assignment of the gradebook."""
        rows: Table = [[*COLUMNS, assignment], ["    Points Possible", "", "", "", task.points]]
        for result in results:
            name, number = name_and_number(result.student)
            rows.append([name, number, "", "", result.total(task)])
        return rows

    def sheet(self, head: list[str], assignment: str) -> Sheet:
        """The gradebook that was exported there."""
        named = [name for name in head if re.fullmatch(re.escape(assignment) + r"( \(\d+\))?", name)]
        column = named[0] if named else assignment
        return Sheet("ID", 1, 0, {column: len(COLUMNS)}, column, "Points Possible")

    def parse_upload(self, path: str) -> Upload | None:
        """Who handed in the file that Canvas called so."""
        match = FILE.fullmatch(path.rsplit("/", 1)[-1])
        if match is None:
            return None
        if match["anonymous"]:
            return Upload(f"anon_{match['anonymous']}", match["file"], upload=int(match["upload"]))
        student = f"{safe_name(match['name'])}_{match['id']}"
        return Upload(student, match["file"], late=match["late"] is not None, upload=int(match["upload"]))


PLATFORM = Canvas()
