"""Grades as a plain CSV for a spreadsheet: student, points, of, status, a column a question."""

from ..result import Result, Task
from .platform import Platform, Table

COLUMNS = ("student", "points", "of", "status")


class Spreadsheet(Platform):
    """Any program that reads a table."""

    name = "csv"
    bom = True  # without it, Excel reads ü as Ã¼

    def table(self, task: Task, results: list[Result], assignment: str) -> Table:
        """A row a student."""
        rows: Table = [[*COLUMNS, *task.records]]
        for result in results:
            points = result.points(task).values() if result.verdicts else [None] * len(task.records)
            rows.append([result.student, result.total(task), task.points, result.status, *points])
        return rows


PLATFORM = Spreadsheet()
