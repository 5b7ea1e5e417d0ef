"""Notes of a feedback page: what a student should know about the file and its run besides the cards.

Instructors read the ids of cells; a student does not know them.
"""

import re

from ..result import Result, Task
from ..submission.causes import FRESH_KERNEL

PLAIN = {"KernelExit": "exit(), which would end the kernel"}
OF_CELL = re.compile(r"cell ([\w-]+)(:?) (.+)", re.DOTALL)  # how the summary of a run names one


def student_notes(task: Task, result: Result) -> list[str]:
    """The parts of a result's reason that no card tells: of a question that is not right, its card tells."""
    notes, told_by_card = [], False
    homes = _questions_of_cells(task)
    for part in filter(None, result.reason.split("; ")):
        found = OF_CELL.fullmatch(part)
        if found is None:
            if not (told_by_card and part == FRESH_KERNEL):
                notes.append(part)
            continue
        question = homes.get(found[1])
        verdict = result.verdicts.get(question)
        told_by_card = verdict is not None and not verdict.right
        if not told_by_card:
            where = f"a cell of {question}" if question else "a cell that you added"
            notes.append(f"{where} {'stopped with ' if found[2] else ''}{PLAIN.get(found[3], found[3])}")
    return notes


def _questions_of_cells(task: Task) -> dict[str, str]:
    """Whose answer a cell of the exercise is, by the cell's id."""
    homes: dict[str, str] = {}
    waiting: list[str] = []
    for cell in task.released.cells:
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("grade"):
            homes |= dict.fromkeys(waiting, marks["grade_id"])
            waiting = []
        elif marks.get("solution"):
            waiting.append(cell.id)
    return homes


def what_to_hand_in(task: Task, reason: str) -> str:
    """What a student does about a file that could not be graded; "" where the reason says it."""
    if "hand in " in reason:
        return ""
    if "larger than" in reason:
        return "Clear its outputs (in JupyterLab: Edit, Clear Outputs of All Cells), save it, and hand it in."
    if "of a merge" in reason:
        return "Finish the merge, or take your last version before it, and hand that in."
    return f"Hand in {task.session}.ipynb with your answers, as JupyterLab saves it."
