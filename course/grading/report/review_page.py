"""Review page: one student as an instructor sees them, in OUT/review/STUDENT.html.

Points, what the cards said, the student's code beside the solution's, and the executed notebook. It shows the
secret seed and the solution, so it stays with the instructor.
"""

import shlex
from pathlib import Path

from course.notebooks.document import write_text
from course.questions.manual import WAITING

from ..record.final_grades import Row
from ..record.gradebook import look_of
from ..result import COMMENT, Task
from .clusters import student_code
from .notebook_view import parse_executed, view
from .pages import PAGES, text_and_line


def write_review(task: Task, row: Row, executed: str | None, solved: dict[str, str], path: Path) -> None:
    """Write a student's review page.

    Args:
        executed: the text of the executed notebook; None when it did not run.
        solved: the solution's code by question.
    """
    result = row.result
    notebook = parse_executed(executed) if executed else None
    own = student_code(notebook) if notebook else {}
    points = result.points(task)
    waiting, questions = result.waiting, []
    for name, record in task.records.items():
        verdict = result.verdicts.get(name)
        text, line = text_and_line(verdict) if verdict else ("", "")
        questions.append(
            {
                "name": name,
                "points": points[name],
                "of": record["points"],
                "parts": record.get("parts") or {},
                "look": look_of(result, name) if verdict else None,
                "kept": verdict is not None and verdict.kind == WAITING,
                "waits": name in waiting,
                "text": text,
                "line": line,
                "hints": verdict.hints if verdict else [],
                "comments": [item for item in result.adjustments if item.what == name],
                "own": own.get(name, ""),
                "solved": solved.get(name, ""),
            }
        )
    page = PAGES.get_template("review.html.j2").render(
        task=task,
        result=result,
        total=result.total(task),
        questions=questions,
        behind=own.get("", ""),
        others=[item for item in result.adjustments if item.what not in task.records],
        cells=view(notebook) if notebook else [],
        shell_name=shlex.quote(result.student),
        COMMENT=COMMENT,
    )
    write_text(page, path)
