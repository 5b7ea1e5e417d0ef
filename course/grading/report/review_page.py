"""Review page: one student as an instructor sees them, in OUT/review/STUDENT.html.

Points, what the cards said, the student's code beside the solution's, and the executed notebook. It shows the
secret seed and the solution, so it stays with the instructor.
"""

import shlex
from dataclasses import replace
from pathlib import Path

from nbformat import NotebookNode

from course.notebooks.document import write_text
from course.questions.cards import UNCHECKED, read_card
from course.questions.manual import WAITING

from ..record.final_grades import Row
from ..record.gradebook import look_of
from ..result import Task
from .clusters import student_code
from .notebook_view import Cell, parse_executed, view
from .pages import PAGES, text_and_line


def write_review(
    task: Task,
    row: Row,
    executed: str | None,
    solved: dict[str, str],
    path: Path,
    before: str = "",
    behind: str = "",
) -> None:
    """Write a student's review page.

    Args:
        executed: the text of the executed notebook; None when it did not run.
        solved: the solution's code by question.
        path: OUT/review/STUDENT.html.
        before, behind: the students to whose pages it leads; "" for none.
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
        cells=_cells(notebook, questions) if notebook else [],
        out=path.parent.parent,
        before=before,
        after=behind,
        in_force=result.in_force,
        shell_name=shlex.quote(result.student),
    )
    write_text(page, path)


def _cells(notebook: NotebookNode, questions: list[dict]) -> list[Cell]:
    """The cells of the page. The kernel knew no solution; so in place of "answered" stands the verdict."""
    told = {item["name"]: item for item in questions if item["look"]}
    cells = []
    for cell in view(notebook):
        outputs = []
        for output in cell.outputs:
            card = None if cell.student else read_card(output.text)
            if card and card[1] == UNCHECKED and card[0] in told:
                output = replace(output, text=_verdict(told[card[0]]))
            outputs.append(output)
        cells.append(replace(cell, outputs=outputs))
    return cells


def _verdict(question: dict) -> str:
    """A question's heading as a line."""
    sign, _, words = question["look"]
    return f"{sign} {question['name']} · {question['points']} of {question['of']} · {words}"
