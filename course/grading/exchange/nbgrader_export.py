"""nbgrader's table of grades: what `nbgrader export` writes."""

from ..result import Result, Task
from .platform import Platform, Table

COLUMNS = (
    *("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email", "raw_score"),
    *("late_submission_penalty", "score", "max_score"),
)


class Nbgrader(Platform):
    """nbgrader, which takes no sheet to fill in."""

    name = "nbgrader"

    def table(self, task: Task, results: list[Result], assignment: str) -> Table:
        """A row a student; what lateness takes off is the penalty."""
        rows: Table = [list(COLUMNS)]
        for result in results:
            raw, total = sum(result.points(task).values()), result.total(task)
            raw = None if total is None else raw
            penalty = None if total is None else round(max(raw - total, 0), 2)
            head = [assignment, "", result.handed_in, result.student, "", "", ""]
            rows.append([*head, raw, penalty, total, task.points])
        return rows


PLATFORM = Nbgrader()
