"""Root causes: why a question has no right answer, when the cause lies in another cell.

The kernel says that a name is missing. Here it is said why: the cell that was to define it is a Markdown
cell, reached its time limit, ended the kernel, defines another name, was cut in two, or is not there.
"""

import ast
import re
from dataclasses import replace

from nbformat import NotebookNode

from course.notebooks.cells import error_of
from course.notebooks.execute import KERNEL_DIED, NOT_RUN, TIME_LIMIT
from course.questions.ask import LINE_LIMIT
from course.questions.cell_errors import defined_names
from course.questions.judge import ERROR, UNUSABLE, WRONG, Verdict
from course.sandbox import Limits

from ..result import Task
from .compose import own_cells
from .forbidden_modules import forbidden

FRESH_KERNEL = "the cells below it ran in a fresh kernel"
MISSING_NAME = re.compile(r"NameError: name '(\w+)' is not defined")
NO_GPU = re.compile(
    r"RuntimeError: Cannot re-initialize CUDA in forked subprocess.*?(?=, in the line: |$)", re.DOTALL
)
NO_ATTRIBUTE = re.compile(r"AttributeError: module '([\w.]+)' has no attribute '(\w+)'")


class Causes:
    """Causes in one submission that was run.

    Args:
        submitted: the notebook as it was handed in.
        notebook: the composed notebook, executed.
    """

    def __init__(self, task: Task, submitted: NotebookNode, notebook: NotebookNode):
        self.task, self.notebook = task, notebook
        self.own = own_cells(task.released, submitted)
        self.homes = homes_of_names(task.released)
        self.cells = {cell.id: cell for cell in notebook.cells}

    def of_no_answer(self, cell: NotebookNode) -> str:
        """Why a question cell gave no answer."""
        happened = cell.metadata.get("run")
        if happened == TIME_LIMIT:
            return f"no answer within {self.task.cell_timeout:g} s; is there a loop without an end?"
        if happened == KERNEL_DIED:
            return f"the kernel ended while it answered{_because(cell)}"
        if happened == NOT_RUN:
            ends = sum("ended" in other.metadata for other in self.notebook.cells)
            late = "the time of the whole notebook was used up"
            return f"not run: {f'the kernel had ended {ends} times' if ends > 1 else late}"
        error = error_of(cell)
        return f"{error.ename}: {error.evalue}"[:300] if error else "the question cell gave no answer"

    def explain(self, cell: NotebookNode, verdict: Verdict) -> Verdict:
        """The verdict on a question cell, with the cause where that lies in another cell."""
        if verdict.kind not in (ERROR, WRONG, UNUSABLE) or verdict.hint:
            return verdict
        text = NO_ATTRIBUTE.sub(lambda found: _refused(self.task, found), verdict.text)
        text = NO_GPU.sub(
            "RuntimeError: where notebooks are graded there is no GPU; compute on the CPU", text
        )
        asked_for = [name for name in re.findall(r"\w+", cell.source) if name in self.homes]
        cut = next((name for name in asked_for if self._is_cut(name)), None)
        missing = self._missing_name(verdict, asked_for)
        if cut is not None:
            text = f"a part of {cut} stands in a cell of its own; put both parts into one cell"
        elif missing is not None:
            text = self._of_missing(missing) or text
        return replace(verdict, text=text)

    def _missing_name(self, verdict: Verdict, asked_for: list[str]) -> str | None:
        """Which name of the exercise is not there; its cell may have been interrupted."""
        found = MISSING_NAME.match(verdict.text)
        if found:
            return found[1] if found[1] in self.homes else None
        if verdict.text.startswith("KeyboardInterrupt"):
            return next((name for name in asked_for if self._state(self.homes[name][0]) == TIME_LIMIT), None)
        return None

    def _state(self, cell_id: str) -> str | None:
        return self.cells[cell_id].metadata.get("run") if cell_id in self.cells else None

    def _of_missing(self, name: str) -> str:
        """Why a name is not there; "" when its cell ran and defines it."""
        home, _ = self.homes[name]
        own, cell, state = self.own.get(home), self.cells.get(home), self._state(home)
        if own is not None and own.cell_type != "code":
            return f"the cell of {name} is a {own.cell_type.capitalize()} cell; make it a code cell again"
        if self._in_a_course_cell(name):
            return f"{name} stands in a cell of the course, which is not graded; give it a cell of its own"
        if cell is None:
            return f"the cell of {name} is not in the notebook that was handed in"
        if state == TIME_LIMIT:
            limit = f"{self.task.cell_timeout:g} s"
            return f"the cell of {name} reached the limit of {limit}; is there a loop without an end?"
        if state == KERNEL_DIED:
            return f"the cell of {name} ended the kernel{_because(cell)}"
        error, others = error_of(cell), sorted(defined_names(cell.source))
        if error is not None:
            return f"the cell of {name} stopped with {error.ename}: {error.evalue}"[:300]
        if name in others:
            return ""
        if others:
            listed = ", ".join(others[:3])
            return f"{name} is not defined; its cell defines {listed}. Keep the name as it was given"
        return f"{name} is not defined in its cell" if cell.source.strip() else f"the cell of {name} is empty"

    def _in_a_course_cell(self, name: str) -> bool:
        """Whether a student wrote a definition into a cell of which the release's own text is run."""
        return any(
            own.cell_type == "code"
            and cell_id in self.cells
            and "student" not in self.cells[cell_id].metadata.get("tags", ())
            and name in defined_names(own.source)
            for cell_id, own in self.own.items()
        )

    def _is_cut(self, name: str) -> bool:
        """Whether the cells right behind an answer hold the rest of its function."""
        home, parameters = self.homes[name]
        ids = list(self.cells)
        for cell_id in ids[ids.index(home) + 1 :] if home in ids else ():
            cell = self.cells[cell_id]
            if "student" not in cell.metadata.get("tags", ()):
                return False
            error = error_of(cell)
            what = f"{error.ename}: {error.evalue}" if error else ""
            missing = MISSING_NAME.match(what)
            first = next((line for line in cell.source.split("\n") if line.strip()), "")
            if first[:1].isspace() or "'return' outside function" in what:
                return True
            if missing and missing[1] in parameters:
                return True
        return False

    def summary(self) -> str:
        """What an instructor should know about the run besides the points."""
        parts = []
        cells = [cell for cell in self.notebook.cells if cell.cell_type == "code"]
        for cell, after in zip(cells, [*cells[1:], None], strict=True):
            happened, error = cell.metadata.get("run"), error_of(cell)
            if happened == TIME_LIMIT:
                parts.append(f"cell {cell.id} reached the limit of {self.task.cell_timeout:g} s")
            elif happened == KERNEL_DIED:
                parts.append(f"cell {cell.id} ended the kernel{_because(cell)}")
            elif error is not None:
                parts.append(f"cell {cell.id}: {error.ename}")
            if "ended" in cell.metadata and after is not None and after.metadata.get("run") != NOT_RUN:
                parts.append(FRESH_KERNEL)
        for cell_id, cell in self.own.items():
            if cell.cell_type != "code" and cell_id in {home for home, _ in self.homes.values()}:
                parts.append(f"cell {cell_id} is a {cell.cell_type.capitalize()} cell")
        return "; ".join(parts)[:500]


def homes_of_names(released: NotebookNode) -> dict[str, tuple[str, set[str]]]:
    """The names that the answer cells of an exercise define: the cell's id, and a function's parameters."""
    homes = {}
    for cell in released.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            for item in ast.parse(cell.source).body:
                parameters = {node.arg for node in ast.walk(item) if isinstance(node, ast.arg)}
                targets = getattr(item, "targets", [getattr(item, "target", None)])
                names = [getattr(item, "name", None), *(getattr(target, "id", None) for target in targets)]
                homes |= {name: (cell.id, parameters) for name in names if name}
    return homes


def own_lines(notebook: NotebookNode) -> set[str]:
    """The lines that a student wrote, without the spaces around them, cut as `course.questions.ask` does."""
    return {
        line.strip()[:LINE_LIMIT]
        for cell in notebook.cells
        if "student" in cell.metadata.get("tags", ())
        for line in cell.source.split("\n")
    }


def with_own_lines(cases: object, lines: set[str]) -> object:
    """A question's cases, without lines that the student did not write; they may hold anything."""
    if not isinstance(cases, list):
        return cases
    return [
        case | {"line": ""}
        if isinstance(case, dict) and isinstance(case.get("line"), str) and case["line"] not in lines
        else case
        for case in cases
    ]


def _because(cell: NotebookNode) -> str:
    """How the kernel ended, after a colon; "" when that is not known."""
    ended = cell.metadata.get("ended", "")
    kind, _, which = ended.partition(" ")
    if ended == "memory limit":
        return f": it needed more memory than the limit of {Limits().memory_mib:,} MiB"
    if kind == "signal":
        return f": it crashed ({which})"
    return f": it ended itself ({ended})" if kind == "exit" else ""


def _refused(task: Task, found: re.Match) -> str:
    """What is said in place of a missing attribute that is a module which the exercise does without."""
    dotted = f"{found[1]}.{found[2]}"
    rule = next((module for module in forbidden(task) if f"{dotted}.".startswith(f"{module}.")), None)
    return f"{dotted} cannot be used: this exercise asks you to do without {rule}" if rule else found[0]
