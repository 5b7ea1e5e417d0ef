"""Clusters of wrong answers: who answered the same, where no known mistake explains it.

The report calls them groups. Each shows the code of one of its students, and may become the next `@mistake`
of the solution: `course mistake OUT QUESTION GROUP`.
"""

import ast
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from nbformat import NotebookNode

from course.questions.cards import LOOKS
from course.questions.imports import python_lines
from course.questions.judge import Verdict

from ..record.database import Database
from ..record.final_grades import Row
from ..record.gradebook import clean
from ..record.runs import executed_notebook
from ..result import Task
from ..submission.answer_hash import unforeseen
from ..submission.cell_text import without_file
from ..submission.compose import sections
from .notebook_view import clean_code, parse_executed
from .pages import text_and_line

NUMBER = r"(?<!\w)[-+]?\d+(\.\d+)?(e[-+]?\d+)?\b"
ID_LETTERS = 6
NO_ANSWER = ("no answer within", "the kernel ended", "not run: ")  # as `Causes.of_no_answer` says it
SAYS_NOTHING = "it gives no answer, and a mistake is known by what it answers"
NO_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError)


@dataclass(frozen=True)
class Cluster:
    """Students who answer a question the same: what their cards say, and the first one's submission.

    `answered` is False where there was no answer, such as after an `os._exit` in any cell.
    """

    question: str
    id: str
    text: str
    students: tuple[str, ...]
    number: int
    answered: bool = True


def clusters(task: Task, rows: Iterable[Row]) -> list[Cluster]:
    """The clusters of a class by question, the largest first."""
    by_program = {name for name, record in task.records.items() if not record.get("manual")}
    members_of: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        for name, verdict in row.result.verdicts.items():
            if name in by_program and row.result.judged and row.stored and unforeseen(verdict):
                key = row.result.answer_hashes.get(name) or _text_hash(verdict)
                members_of.setdefault((name, key[:ID_LETTERS]), []).append(row)
    order = {name: place for place, name in enumerate(task.records)}
    made = [
        Cluster(
            name,
            key,
            message_of(members[0].result.verdicts[name]),
            tuple(row.result.student for row in members),
            members[0].number,
            name in members[0].result.answer_hashes,
        )
        for (name, key), members in members_of.items()
    ]
    return sorted(made, key=lambda item: (order[item.question], -len(item.students), item.id))


def message_of(verdict: Verdict) -> str:
    """What a card says, without the student's own line, which others have in another form."""
    return text_and_line(verdict)[0] or LOOKS[verdict.kind][2]


def without_numbers(text: str) -> str:
    """What a card says to all who made the same mistake with other numbers."""
    return re.sub(NUMBER, "…", re.sub(r"^input \d+(, |: )", "", text))


def _text_hash(verdict: Verdict) -> str:
    """Where there was no answer, as after a time limit, the card's words stand for it."""
    return hashlib.sha256(without_numbers(message_of(verdict)).encode("utf-8", "replace")).hexdigest()


def code_of(db: Database, task: Task, number: int) -> dict[str, str]:
    """The code that a student wrote for each question, as it ran; empty when it did not run."""
    text = executed_notebook(db, task, number)
    if text is None:
        return {}
    return student_code(parse_executed(text))


def student_code(notebook: NotebookNode) -> dict[str, str]:
    """The student's code of an executed notebook, by question."""
    return {
        question: clean_code("\n\n".join(cell.source for cell in cells)).strip("\n")
        for question, cells in sections(notebook).items()
    }


def solution_code(task: Task) -> dict[str, str]:
    """The solution's answers by question; empty for a task that holds none."""
    codes: dict[str, str] = {}
    waiting: list[str] = []
    for cell in task.solved.cells if task.solved else ():
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("grade"):
            codes[marks["grade_id"]], waiting = "\n\n".join(waiting), []
        elif marks.get("solution") and cell.cell_type == "code":
            lines = [line for line in cell.source.split("\n") if not line.strip().startswith("### ")]
            waiting.append("\n".join(lines))
    return codes


def unfit(cluster: Cluster, codes: dict[str, str], solved: dict[str, str]) -> str:
    """Why a cluster cannot become a mistake; "" when it answers, and defines what the solution's code does.

    Args:
        codes: the code of its first student, by question.
        solved: the solution's.
    """
    if other := re.match(r"the cell of \w+ is a (\w+) cell", cluster.text):
        return f"the answer's cell is a {other[1]} cell"
    if cluster.text.startswith(NO_ANSWER) or "(is a return missing?)" in cluster.text:
        return SAYS_NOTHING
    wanted = defined(solved.get(cluster.question, ""))
    try:
        if set(wanted) & set(defined(codes.get(cluster.question, ""))):
            return "" if cluster.answered else SAYS_NOTHING
    except NO_PYTHON as error:
        return f"the answer's cell has a SyntaxError ({clean(without_file(error))[:200]})"
    return f"its code does not define {', '.join(wanted) or 'a function'}"


def defined(code: str) -> list[str]:
    """The functions and classes that code defines; `NO_PYTHON` is raised when it is none."""
    body = ast.parse(python_lines(code)).body
    return [item.name for item in body if isinstance(item, ast.FunctionDef | ast.ClassDef)]
