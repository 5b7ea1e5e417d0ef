"""Feedback page, the one HTML page that a student reads; and the templates that all pages share.

What a student wrote stands there as escaped text. The page holds no script, loads nothing, and shows no
picture.
"""

import base64
import hashlib
import os
import re
import shlex
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, PackageLoader

from course.errors import quantity
from course.notebooks.document import write_text
from course.questions.cards import LOOKS
from course.questions.judge import ERROR, Verdict
from course.questions.manual import WAITING, is_complete

from ..exchange.platform import person
from ..record.gradebook import EARLIER, clean, describe, lateness, look_of, told
from ..result import BROKEN, FAILED, MISSING_FILE, Result, Task, whole
from ..submission.fresh_kernel import FRESH_KERNEL
from ..submission.modules import WRITES_A_MODULE
from ..submission.review import Use
from .notebook_view import clean_code

PLAIN = {"KernelExit": "exit(), which would end the kernel"}
OF_CELL = re.compile(r"cell ([\w-]+)(:?) (.+)", re.DOTALL)  # how the summary of a run names one
ADDED = "a cell that you added"
LINE = ", in the line: "  # how a verdict about an error ends


@lru_cache(maxsize=8192)
def href(*parts: str) -> str:
    """A link from one page of OUT to another; names may hold anything that a file name may hold."""
    try:
        return "/".join(quote(os.fsencode(part), safe="") for part in parts)
    except UnicodeEncodeError:  # no file can have such a name
        return ""


def typed(path: Path) -> str:
    """A path as a person types it in a shell: as seen from the working folder where it lies below that."""
    place = Path(os.path.abspath(path))  # ".." goes, links stay
    shown = (place.relative_to(Path.cwd()) if place.is_relative_to(Path.cwd()) else place).as_posix()
    return shlex.quote(f"./{shown}" if shown.startswith("-") else shown)


PAGES = Environment(
    loader=PackageLoader("course.grading.report"), autoescape=True, trim_blocks=True, lstrip_blocks=True
)
PAGES.filters |= {"clean": clean, "describe": describe, "told": told}
PAGES.filters |= {"whole": whole, "lateness": lateness, "typed": typed, "quantity": quantity}
PAGES.filters |= {"person": person}
PAGES.globals |= {"href": href, "EARLIER": EARLIER}


def table_script() -> dict[str, str]:
    """The script that sorts, searches and filters a table of students, and its hash for the policy."""
    script = PAGES.get_template("script.html.j2").render().strip()
    hashed = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return {"script": script, "script_hash": hashed}


def write_feedback(task: Task, result: Result, path: Path, uses: Iterable[Use] = ()) -> None:
    """Write a student's page: points, and for each question the card's words, the hint, the failing line.

    A change by hand or a comment stands at its question, as long as it is in force.

    Args:
        uses: of modules that a question does without; the page names them.
    """
    points = result.points(task)
    rows = []
    for name, record in task.records.items():
        if name in result.verdicts:
            verdict = result.verdicts[name]
            text, line = text_and_line(verdict)
            own = [use for use in uses if use.question == name]
            row = {"question": name, "points": points[name], "of": record["points"], "uses": own}
            row |= {"look": look_of(result, name), "hints": verdict.hints, "text": text, "line": line}
            row |= {"kept": verdict.kind == WAITING, "waits": name in result.waiting}
            rows.append(row | {"changes": [item for item in result.in_force if item.what == name]})
    shown = set() if result.status in (MISSING_FILE, BROKEN) else result.verdicts.keys() & task.records.keys()
    others = [item for item in result.in_force if item.what not in shown]
    page = PAGES.get_template("feedback.html.j2")
    notes, advice = student_notes(task, result), what_to_hand_in(task, result.reason)
    shown = {"rows": rows, "others": others, "total": result.total(task), "notes": notes, "advice": advice}
    write_text(page.render(task=task, result=result, **shown), path)


def text_and_line(verdict: Verdict) -> tuple[str, str]:
    """What a verdict says, and the student's own line that led to an error."""
    if verdict.kind == WAITING:
        return clean_code(verdict.text), ""
    if verdict.text == LOOKS[verdict.kind][2]:
        return "", ""
    text, separator, line = verdict.text.rpartition(LINE)
    return (text, line) if separator and verdict.kind == ERROR else (verdict.text, "")


def student_notes(task: Task, result: Result) -> list[str]:
    """What a student should know about the run besides the cards: the parts of a reason that no card tells.

    Of a question that is not right, its card tells. Instructors read the ids of cells; a student does not
    know them. Where the machine failed, nothing is said about the notebook.
    """
    if result.status == FAILED:
        return []
    notes, told_by_card = [], False
    homes = _homes(task)
    for part in filter(None, result.reason.split("; ")):
        cell = OF_CELL.fullmatch(part)
        if cell is None:
            if not (told_by_card and part == FRESH_KERNEL):
                notes.append(part)
            continue
        added = "the cell that writes your modules" if cell[1].startswith(WRITES_A_MODULE) else ADDED
        question, where = homes.get(cell[1], ("", added))
        verdict = result.verdicts.get(question)
        told_by_card = verdict is not None and not is_complete(verdict)
        if not told_by_card:
            notes.append(f"{where} {'stopped with ' if cell[2] else ''}{PLAIN.get(cell[3], cell[3])}")
    return notes


def _homes(task: Task) -> dict[str, tuple[str, str]]:
    """By the id of a cell: the question that it asks or answers, if it does, and where a student finds it.

    The exercise's other cells belong to no question. They call what the student wrote, so they may fail.
    """
    homes: dict[str, tuple[str, str]] = {}
    above, answers, given = "", [], []
    for cell in task.released.cells:
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("grade"):
            name = marks["grade_id"]
            homes |= dict.fromkeys(answers, (name, f"a cell of {name}"))
            homes |= dict.fromkeys(given, ("", _given_cell(above, name)))
            homes[cell.id] = (name, f"the question cell of {name}")
            above, answers, given = name, [], []
        else:
            (answers if marks.get("solution") else given).append(cell.id)
    return homes | dict.fromkeys(answers + given, ("", _given_cell(above, "")))


def _given_cell(above: str, below: str) -> str:
    """A cell that the exercise gives, by the questions around it."""
    if above and below:
        return f"a given cell between {above} and {below}"
    return f"a given cell above {below}" if below else f"a given cell below {above}"


def what_to_hand_in(task: Task, reason: str) -> str:
    """What a student does about a file that could not be graded; "" where the reason says it."""
    if "hand in " in reason:
        return ""
    if "larger than" in reason:
        return "Clear its outputs (in JupyterLab: Edit, Clear Outputs of All Cells), save it, and hand it in."
    if "of a merge" in reason:
        return "Finish the merge, or take your last version before it, and hand that in."
    return f"Hand in {task.session}.ipynb with your answers, as JupyterLab saves it."
