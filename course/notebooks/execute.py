"""Notebook runner: execute a notebook with papermill and take the answers out of it."""

import logging
import time
import warnings
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode

from course.questions.ask import ANSWERS

from .cells import asked, error_of

# What the engine writes into a cell's metadata under "run" when the cell did not come to its end.
TIME_LIMIT, STARVED, KERNEL_DIED, NOT_RUN = "time limit", "starved", "kernel died", "not run"

logging.getLogger("papermill").setLevel(logging.CRITICAL)  # what went wrong stands in the run itself


@dataclass
class Run:
    """An executed notebook, without the answers, which stand beside it by question."""

    notebook: NotebookNode
    seconds: float
    answers: dict[str, dict] = field(default_factory=dict)

    def trouble(self) -> str | None:
        """The first cell that failed or did not come to its end, and why, in one line."""
        for cell in self.notebook.cells:
            error = error_of(cell)
            if error is not None:
                return f"cell {cell.id}: {error.ename}: {error.evalue}"[:300]
            if "run" in cell.metadata:
                return f"cell {cell.id}: {cell.metadata['run']}"
        return None


def execute(
    notebook: NotebookNode,
    *,
    parameters: dict[str, object] | None = None,
    cell_timeout: float = 60,
    notebook_timeout: float = 600,
    stop_on_error: bool = False,
    kernel_name: str = "python3",
    cwd: Path | None = None,
    env: dict[str, str] | None = None,
    bar: str = "",
) -> Run:
    """Execute a notebook with papermill and the `course` engine.

    Args:
        notebook: left as it is.
        parameters: papermill's, such as seed and collect; they replace what the cell tagged "parameters"
            sets.
        cell_timeout, notebook_timeout: seconds.
        stop_on_error: do not run the cells behind a failing one.
        kernel_name: "course-sandbox" for what a stranger has written.
        cwd: the folder that the kernel starts in; a sandboxed one has a home of its own.
        env: variables that the kernel gets besides this process's; see `course.sandbox.environment`.
        bar: what stands before a bar that counts the cells on a terminal; none without.
    """
    import papermill  # whole, before a part of it: another thread may be at it, too
    from papermill.engines import papermill_engines

    started = time.monotonic()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # papermill's own deprecations
        prepared = papermill.execute_notebook(
            notebook,
            None,
            parameters=parameters,
            engine_name="course",
            kernel_name=kernel_name,
            language="python",
            prepare_only=True,
        )
        executed = papermill_engines.execute_notebook_with_engine(
            "course",
            prepared,
            kernel_name,
            progress_bar={"desc": bar, "disable": None} if bar else False,
            cell_timeout=cell_timeout,
            notebook_timeout=notebook_timeout,
            stop_on_error=stop_on_error,
            kernel_env=env,
            kernel_cwd=str(cwd) if cwd else None,
        )
    return Run(executed, time.monotonic() - started, take_answers(executed))


def take_answers(notebook: NotebookNode) -> dict[str, dict]:
    """Remove the answers' bundles from the outputs; return those that question cells gave, by question.

    A bundle counts only in the cell that asks its question: what other cells publish is dropped.
    """
    names = {question.cell_id: question.name for question in asked(notebook)}
    answers: dict[str, dict] = {}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        kept = []
        for output in cell.outputs:
            bundle = output.get("data", {}).get(ANSWERS)
            if bundle is None:
                kept.append(output)
            elif cell.id in names and isinstance(bundle, dict) and bundle.get("question") == names[cell.id]:
                answers[names[cell.id]] = bundle
        cell.outputs = kept
    return answers
