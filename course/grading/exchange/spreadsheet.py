"""Grades as a plain CSV for a spreadsheet: student, points, of, status, a column a question."""

from ..record.gradebook import waiting_column
from ..result import Result, Task
from .platform import Platform, Table

COLUMNS = ("student", "points", "of", "status")


class Spreadsheet(Platform):
    """Any program that reads a table."""

    name = "csv"
    bom = True  # without it, Excel reads ü as Ã¼

    def table(self, task: Task, results: list[Result], assignment: str) -> Table:
        """A row a student."""
        rows: Table = [[*COLUMNS, *task.records, *waiting_column(task)]]
        for result in results:
            points = result.points(task).values() if result.verdicts else [None] * len(task.records)
            rows.append([result.student, result.total(task), task.points, result.status, *points])
            rows[-1] += waiting_column(task, result)
        return rows


PLATFORM = Spreadsheet()
