"""Exercise generator: cut an exercise from a solution.

1. Cells tagged "solution" and cells of mistakes and variants vanish.
2. In answer cells each region from ### BEGIN SOLUTION to ### END SOLUTION becomes a stub that raises
   NotImplementedError; signature and docstring stay.
3. All other code cells are read-only: questions, set-up, given functions. Students add cells of their own.
4. Outputs are cleared; cell ids stay; cells carry nbgrader's metadata (schema 3), the notebook a hash.
5. `begin` is told which answers the exercise was built with.
"""

import ast
import copy
import json
import re

from nbformat import NotebookNode

from course.errors import NotebookError

from .cells import BEGIN_SOLUTION, END_SOLUTION, asked, begin_call, definitions, role, used, versioned
from .document import normalize, plain_source
from .written import RELEASED, stamp, text_digest

STUB = ("# YOUR CODE HERE", "raise NotImplementedError")
MARKER = re.compile(r"^.*#[\W_]*(begin|end)[\W_]*(hidden|solution).*$", re.IGNORECASE | re.MULTILINE)
VERSION = re.compile(r"^\s*@([\w.]+\.)?(mistake|variant)\b", re.MULTILINE)
QUESTION = re.compile(r"^\s*@([\w.]+\.)?question\b", re.MULTILINE)


def release(solution: NotebookNode) -> NotebookNode:
    """The exercise that a solution notebook gives.

    Raises:
        NotebookError: a region without an end, a doubled question, or a slip that would give students what
            they must not have.
    """
    _refuse_doubles(solution)
    exercise = copy.deepcopy(solution)
    exercise.cells = [_cut(cell) for cell in exercise.cells if role(cell) not in ("hidden", "versions")]
    _refuse_leaks(exercise)
    _refuse_whole_answers(solution, exercise)
    name_answers(exercise, answers_digest(solution))
    mark(exercise)
    exercise = normalize(exercise)
    stamp(exercise, RELEASED)
    return exercise


def answers_digest(solution: NotebookNode) -> str:
    """Eight digits of a hash of what is asked and what is right: all code but mistakes and variants."""
    cells = [cell for cell in solution.cells if cell.cell_type == "code"]
    code = [plain_source(cell) for cell in cells if role(cell) not in ("hidden", "versions")]
    return text_digest(json.dumps(code))[:8]


def name_answers(exercise: NotebookNode, digest: str) -> None:
    """Tell `begin` which answers the exercise was built with: begin(…, answers="1a2b3c4d")."""
    for cell in exercise.cells:
        call = begin_call(cell) if role(cell) == "begin" else None
        if call is not None and "answers" not in [keyword.arg for keyword in call.keywords]:
            text = ast.get_source_segment(cell.source, call)
            told = f'{text[:-1].rstrip().rstrip(",")}, answers="{digest}")'
            cell.source = cell.source.replace(text, told, 1)


def mark(notebook: NotebookNode) -> None:
    """Give the cells nbgrader's metadata, and lock what students must not change."""
    questions = {item.cell_id: item for item in asked(notebook)}
    for cell in notebook.cells:
        kind = "answer" if _is_stub(cell) else role(cell)
        for key in ("nbgrader", "editable", "deletable"):
            cell.metadata.pop(key, None)
        if kind == "answer":
            cell.metadata.nbgrader = _nbgrader(cell.id, solution=True)
        elif kind == "question":
            question = questions[cell.id]
            cell.metadata.nbgrader = _nbgrader(question.name, points=question.points)
        elif is_locked(cell):
            cell.metadata.nbgrader = _nbgrader(cell.id)
        if is_locked(cell):
            cell.metadata.update(editable=False, deletable=False)


def is_locked(cell: NotebookNode) -> bool:
    """Whether a cell of an exercise is the course's own, whatever a student does to it."""
    return (
        cell.cell_type == "code"
        and not _is_stub(cell)
        and role(cell) in ("parameters", "begin", "question", "plain")
    )


def _nbgrader(grade_id: str, solution: bool = False, points: int | None = None) -> dict:
    metadata = {
        "schema_version": 3,
        "grade_id": grade_id,
        "grade": points is not None,
        "solution": solution,
        "locked": not solution,
        "task": False,
    }
    return metadata if points is None else metadata | {"points": points, "cell_type": "code"}


def _is_stub(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and STUB[0] in cell.source


def _cut(cell: NotebookNode) -> NotebookNode:
    if cell.cell_type != "code":
        return cell
    cell.outputs, cell.execution_count = [], None
    lines, kept, inside = cell.source.splitlines(), [], False
    for line in lines:
        marker = line.strip()
        if marker == (END_SOLUTION if inside else BEGIN_SOLUTION):
            indent = line[: len(line) - len(line.lstrip())]
            if not inside:
                kept += [indent + part for part in STUB]
            inside = not inside
        elif marker == END_SOLUTION:
            raise NotebookError(f"cell {cell.id}: {END_SOLUTION} has no {BEGIN_SOLUTION} above it")
        elif marker == BEGIN_SOLUTION:
            raise NotebookError(
                f"cell {cell.id}: {BEGIN_SOLUTION} stands twice before {END_SOLUTION}; regions do not nest"
            )
        elif not inside:
            kept.append(line)
    if inside:
        raise NotebookError(f"cell {cell.id}: {BEGIN_SOLUTION} has no {END_SOLUTION}")
    cell.source = "\n".join(kept)
    return cell


def _refuse_doubles(solution: NotebookNode) -> None:
    names = [question.name for question in asked(solution)]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise NotebookError(f"question {doubled[0]!r} is asked twice; a name stands for one question")


def _refuse_leaks(exercise: NotebookNode) -> None:
    """What a slip in a solution would let through: a misspelt marker, a mistake between other lines."""
    for cell in exercise.cells:
        marker = MARKER.search(cell.source)
        if marker:
            raise NotebookError(
                f"cell {cell.id}: {marker[0].strip()!r} would stay in the exercise; in code cells, write "
                f"{BEGIN_SOLUTION} and {END_SOLUTION} on lines of their own, and tag other cells solution"
            )
        if cell.cell_type == "code" and VERSION.search(cell.source):
            raise NotebookError(
                f"cell {cell.id}: mistakes and variants need cells of their own, else students get them"
            )
        asks = cell.cell_type == "code" and QUESTION.search(cell.source)
        if asks and (role(cell) != "question" or _is_stub(cell)):
            raise NotebookError(
                f"cell {cell.id}: a question needs a cell of its own, in plain Python without magics"
            )


def _refuse_whole_answers(solution: NotebookNode, exercise: NotebookNode) -> None:
    """An answer that would stay in the exercise as it is, for want of marks around it.

    Every name that a mistake or a variant stands for has to lose its code; of a question without them, one at
    least of the names that it uses. A question of given things alone is no leak: `course check` finds it.
    """
    whole, left = definitions(solution), definitions(exercise)
    same = {name for name, (_, code) in whole.items() if left.get(name, ("", ""))[1] == code}
    kept = {name for name in same if STUB[1] not in whole[name][1]}
    versions = versioned(solution)
    for question in asked(solution):
        names = versions.get(question.name) or sorted(used(solution, question.cell_id) & whole.keys())
        leaks = [name for name in names if name in kept]
        if leaks and (question.name in versions or len(leaks) == len(names)):
            name, (cell_id, _) = leaks[-1], whole[leaks[-1]]
            raise NotebookError(
                f"cell {cell_id}: {name}, the answer to question {question.name}, would stay in the "
                f"exercise; put {BEGIN_SOLUTION} and {END_SOLUTION} on lines of their own around it"
            )
