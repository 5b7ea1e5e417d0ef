"""Root causes: why a question has no right answer, when the cause lies in another cell.

The kernel says that a name is missing. Here it is said why: the cell that was to define it is a Markdown
cell, reached its time limit, ended the kernel, defines another name, was cut in two, or is not there.
"""

import re
from dataclasses import replace
from itertools import accumulate

from nbformat import NotebookNode

from course.notebooks.cells import error_of
from course.notebooks.execute import KERNEL_DIED, NOT_RUN, TIME_LIMIT
from course.questions.ask import LINE_LIMIT
from course.questions.cell_errors import defined_names
from course.questions.judge import ERROR, MISSING, UNUSABLE, WRONG, Verdict
from course.sandbox import Limits

from ..result import Task
from .cell_text import EMPTY, bound_names, homes_of_names, open_end, returns, without_file
from .compose import own_cells
from .fresh_kernel import FRESH_KERNEL, MOST_KERNELS

MISSING_NAME = re.compile(r"NameError: name '(\w+)' is not defined")
CLEARER = {
    re.compile(
        r"RuntimeError: Cannot re-initialize CUDA in forked subprocess.*?(?=, in the line: |$)", re.DOTALL
    ): "RuntimeError: where notebooks are graded there is no GPU; compute on the CPU",
    re.compile(r"(?<=^RuntimeError: asyncio\.run\(\) cannot be called from a running event loop)"): (
        "; a notebook has such a loop, so do without asyncio"
    ),
}
LONGEST_SUMMARY = 500  # characters
STUB = "raise NotImplementedError"
LOOP = "; is there a loop without an end?"
NO_ATTRIBUTE = re.compile(
    r"AttributeError: module '([\w.]+)' has no attribute '(\w+)'(: did you mean \w+\?)?"
)


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
        if happened == TIME_LIMIT and self._ran_out(cell):
            return f"no answer within the {self.task.notebook_timeout:g} s of the whole notebook"
        if happened == TIME_LIMIT:
            return f"no answer within {self.task.cell_timeout:g} s; is there a loop without an end?"
        if happened == KERNEL_DIED:
            return f"the kernel ended while it answered{_because(cell)}"
        if happened == NOT_RUN:
            ends, late = self._ends(), "the time of the whole notebook was used up"
            return f"not run: {f'the kernel had ended {ends} times' if ends >= MOST_KERNELS else late}"
        error = error_of(cell)
        said = without_file(f"{error.ename}: {error.evalue}") if error else ""
        return said[:300] or "the question cell gave no answer"

    def explain(self, cell: NotebookNode, verdict: Verdict) -> Verdict:
        """The verdict on a question cell, with the cause where that lies in another cell."""
        asked_for = [name for name in re.findall(r"\w+", cell.source) if name in self.homes]
        if verdict.kind == MISSING:
            late = next((name for name in asked_for if self._is_late(name, cell)), None)
            return verdict if late is None else replace(verdict, kind=ERROR, text=_below(late))
        if verdict.kind not in (ERROR, WRONG, UNUSABLE) or verdict.hint:
            return verdict
        text = NO_ATTRIBUTE.sub(lambda match: _refused(self.task, match), verdict.text)
        for pattern, words in CLEARER.items():
            text = pattern.sub(words, text)
        cut = next((name for name in asked_for if self._is_cut(name)), None)
        missing = self._missing_name(verdict, asked_for, cell)
        if cut is not None:
            text = f"a part of {cut} stands in a cell of its own; put both parts into one cell"
        elif missing is not None:
            text = self._of_missing(missing, cell) or text
        return replace(verdict, text=text)

    def _missing_name(self, verdict: Verdict, asked_for: list[str], question: NotebookNode) -> str | None:
        """Which name is not there; its cell may have been interrupted."""
        match = MISSING_NAME.match(verdict.text)
        if match:
            return match[1]
        if verdict.text.startswith("KeyboardInterrupt"):
            for name in asked_for:
                if any(_state(cell) == TIME_LIMIT for cell in self._definers(name, question)[0]):
                    return name
        return None

    def _definers(self, name: str, question: NotebookNode) -> tuple[list[NotebookNode], list[NotebookNode]]:
        """The student's cells that define a name: those above a question's cell, and those below it."""
        above, below, side = [], [], 0
        for cell in self.notebook.cells:
            side = side or cell.id == question.id
            if "student" in cell.metadata.get("tags", ()) and name in bound_names(cell.source):
                (below if side else above).append(cell)
        return above, below

    def _is_late(self, name: str, question: NotebookNode) -> bool:
        """Whether a function is written below its question, and its own cell is as it was given."""
        above, below = self._definers(name, question)
        return any(STUB not in cell.source for cell in below) and all(STUB in cell.source for cell in above)

    def _of_missing(self, name: str, question: NotebookNode) -> str:
        """Why a name is not there; "" when a cell ran and defines it, or nothing is certain."""
        above, below = self._definers(name, question)
        for cell in reversed(above):
            reason = self._of_failed(name, cell)
            if reason:
                return reason
        if above:
            return ""
        if any(name in self.homes or name in bound_names(cell.source, variables=False) for cell in below):
            return _below(name)
        if name in self.homes:
            own = self.own.get(self.homes[name][0])
            if own is not None and own.cell_type != "code":
                return f"the cell of {name} is a {own.cell_type.capitalize()} cell; make it a code cell again"
        if self._in_a_course_cell(name):
            return f"{name} stands in a cell of the course, which is not graded; give it a cell of its own"
        return self._of_home(name) if name in self.homes else ""

    def _of_home(self, name: str) -> str:
        """Why the cell of a name does not define it; no other cell of the student does."""
        cell = self.cells.get(self.homes[name][0])
        if cell is None:
            known = any(home in self.own for home, _ in self.homes.values())  # else ids were lost
            gone = f"the cell of {name} is not in the notebook that was handed in"
            return gone if known else f"{name} is not defined in the notebook that was handed in"
        failed, others = self._of_failed(name, cell), sorted(defined_names(cell.source))
        if failed:
            return failed
        if others:
            listed = ", ".join(others[:3])
            return f"{name} is not defined; its cell defines {listed}. Keep the name as it was given"
        return f"{name} is not defined in its cell" if cell.source.strip() else f"the cell of {name} is empty"

    def _of_failed(self, name: str, cell: NotebookNode) -> str:
        """How the cell of a name failed; "" for one that came to its end."""
        if _state(cell) == TIME_LIMIT:
            return f"the cell of {name} {self._limit(cell)}{'' if self._ran_out(cell) else LOOP}"
        if _state(cell) == KERNEL_DIED:
            return f"the cell of {name} ended the kernel{_because(cell)}"
        error = error_of(cell)
        said = without_file(f"{error.ename}: {error.evalue}") if error else ""
        return f"the cell of {name} stopped with {said}"[:300] if error else ""

    def _ends(self) -> int:
        """How often the kernel ended; after `MOST_KERNELS` times no cell is run any more."""
        return sum("ended" in cell.metadata for cell in self.notebook.cells)

    def _ran_out(self, cell: NotebookNode) -> bool:
        """Whether a cell that was stopped had time left, and the whole notebook had none."""
        taken = cell.metadata.get("papermill", {}).get("duration")
        if taken is not None and taken < 0.99 * self.task.cell_timeout:
            return True
        code = [other for other in self.notebook.cells if other.cell_type == "code"]
        later = code[code.index(cell) + 1 :]
        return (
            bool(later) and all(_state(other) == NOT_RUN for other in later) and self._ends() < MOST_KERNELS
        )

    def _limit(self, cell: NotebookNode) -> str:
        """Which limit a cell reached."""
        if self._ran_out(cell):
            return f"was stopped at the limit of the whole notebook, {self.task.notebook_timeout:g} s"
        return f"reached the limit of {self.task.cell_timeout:g} s"

    def _in_a_course_cell(self, name: str) -> bool:
        """Whether a student wrote a definition into a cell of which the release's own text is run."""
        return any(
            own.cell_type == "code"
            and cell_id in self.cells
            and "student" not in self.cells[cell_id].metadata.get("tags", ())
            and name in bound_names(own.source) - bound_names(self.cells[cell_id].source)
            for cell_id, own in self.own.items()
        )

    def _is_cut(self, name: str) -> bool:
        """Whether the cells right behind an answer hold the rest of its function."""
        home, parameters = self.homes[name]
        ids = list(self.cells)
        if home not in ids or not (body := open_end(self.cells[home].source, name)):
            return False
        for cell_id in ids[ids.index(home) + 1 :]:
            cell = self.cells[cell_id]
            if "student" not in cell.metadata.get("tags", ()):
                return False
            if returns(cell.source):
                return True
            error = error_of(cell)
            missing = MISSING_NAME.match(f"{error.ename}: {error.evalue}") if error else None
            if missing and missing[1] in parameters and body == EMPTY and name not in cell.source:
                return True
        return False

    def summary(self) -> str:
        """What an instructor should know about the run besides the points."""
        parts = []
        cells = [cell for cell in self.notebook.cells if cell.cell_type == "code"]
        for cell, after in zip(cells, [*cells[1:], None], strict=True):
            happened, error = cell.metadata.get("run"), error_of(cell)
            if happened == TIME_LIMIT:
                parts.append(f"cell {cell.id} {self._limit(cell)}")
            elif happened == KERNEL_DIED:
                parts.append(f"cell {cell.id} ended the kernel{_because(cell)}")
            elif error is not None:
                parts.append(f"cell {cell.id}: {error.ename}")
            if "ended" in cell.metadata and after is not None and after.metadata.get("run") != NOT_RUN:
                parts.append(FRESH_KERNEL)
        for cell_id, cell in self.own.items():
            if cell.cell_type != "code" and cell_id in {home for home, _ in self.homes.values()}:
                parts.append(f"cell {cell_id} is a {cell.cell_type.capitalize()} cell")
        return _whole_parts(parts)


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


def _whole_parts(parts: list[str]) -> str:
    """As many parts as a row has room for, none of them cut in two."""
    shown = list(accumulate((part[:200] for part in parts), "{}; {}".format))
    fit = [text for text in shown if len(text) <= LONGEST_SUMMARY]
    return fit[-1] + "; and more" * (len(fit) < len(shown)) if fit else ""


def _state(cell: NotebookNode) -> str | None:
    return cell.metadata.get("run")


def _below(name: str) -> str:
    return f"{name} is defined below the question that needs it; write it into a cell above that question"


def _because(cell: NotebookNode) -> str:
    """How the kernel ended, after a colon; "" when that is not known."""
    ended = cell.metadata.get("ended", "")
    kind, _, which = ended.partition(" ")
    if ended == "memory limit":
        return f": it needed more memory than the limit of {Limits().memory_mib:,} MiB"
    if kind == "signal":
        return f": it crashed ({which})"
    return f": it ended itself ({ended})" if kind == "exit" else ""


def _refused(task: Task, match: re.Match) -> str:
    """What is said in place of a missing attribute that is a module which the exercise does without."""
    dotted = f"{match[1]}.{match[2]}"
    rule = next((module for module in task.forbidden if f"{dotted}.".startswith(f"{module}.")), None)
    return f"{dotted} cannot be used: this exercise asks you to do without {rule}" if rule else match[0]
