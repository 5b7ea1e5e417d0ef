"""Lecture runner: `course run` executes lectures with papermill, also with other parameters."""

import json
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from course.errors import NotebookError, UsageError

from .document import ChangedMeanwhileError, held, read_notebook, write_notebook
from .execute import execute
from .workbook import FOLDERS, Workbook
from .written import RUN, stamp, untouched

PYTHON = {"True": True, "False": False, "None": None}
TIMEOUTS = {"cell_timeout": 900, "notebook_timeout": 3600}


@dataclass(frozen=True)
class LectureRun:
    """How one lecture went; `error` is None when all cells ran."""

    session: str
    cells: int
    seconds: float
    error: str | None


def parse_parameters(texts: list[str]) -> dict[str, object]:
    """Read NAME=VALUE pairs.

    A value that is JSON (3, 0.1, true, [1, 2]), or True, False or None, is taken as such, else as text.

    Raises:
        UsageError: a text without "=", or whose name is no Python name.
    """
    parameters: dict[str, object] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.isidentifier():
            raise UsageError(f"-p {text!r} must be NAME=VALUE, such as epochs=1")
        try:
            parameters[name] = json.loads(value)
        except ValueError:
            parameters[name] = PYTHON.get(value, value)
    return parameters


def run_lectures(
    workbook: Workbook,
    sessions: list[str],
    parameters: dict[str, object],
    out: Path,
    write: bool = False,
    began: Callable[[str], None] | None = None,
) -> list[LectureRun]:
    """Execute lectures, all of them when none is named, and store the executed notebooks.

    Args:
        parameters: replace what the lectures' cells tagged "parameters" set; each lecture takes those it has.
        write: store the outputs in lectures/ itself instead of `out`. Not with parameters of one's own.
        began: is called with a lecture's name before it runs; a bar then counts its cells on a terminal.

    Raises:
        UsageError: an unknown session, a parameter that none of the lectures has, or something in `out` that
            a person wrote.
    """
    paths = [workbook.find("lectures", session) for session in sessions or workbook.stems("lectures")]
    if write and parameters:
        raise UsageError("--write stores what the lectures say as they are; leave -p out")
    known = {path.stem: _parameters_of(path) for path in paths}
    strange = set(parameters) - set().union(*known.values())
    if strange:
        allowed = ", ".join(sorted(set().union(*known.values())))
        raise UsageError(f"-p {sorted(strange)[0]}: no lecture has this parameter; there are {allowed}")
    targets = paths if write else [out / path.name for path in paths]
    before = [held(target) for target in targets]
    if not write:
        _refuse_what_people_wrote(workbook, out, targets)
    runs = []
    for path, target, seen in zip(paths, targets, before, strict=True):
        chosen = {name: value for name, value in parameters.items() if name in known[path.stem]}
        if began is not None:
            began(path.stem)
        bar = path.stem if began is not None else ""
        runs.append(_run(path, chosen, target, held(path) if write else seen, bar))
    return runs


def _refuse_what_people_wrote(workbook: Workbook, out: Path, targets: list[Path]) -> None:
    """Nothing in `out` may be lost: not the workbook's own notebooks, nor a run that somebody wrote into."""
    if out.exists() and any(out.resolve() == (workbook.root / folder).resolve() for folder in FOLDERS):
        raise UsageError(f"-o {out} holds the workbook's own notebooks; name another folder, such as runs")
    if out.exists() and not out.is_dir():
        raise UsageError(f"-o {out} is a file; name a folder")
    for target in targets:
        try:
            ours = not target.exists() or untouched(read_notebook(target), RUN)
        except NotebookError:
            ours = False
        if not ours:
            raise UsageError(
                f"{target} is not as course run left it; name another folder with -o, or move it"
            )


def _run(path: Path, parameters: dict[str, object], target: Path, seen: bytes, bar: str) -> LectureRun:
    lecture = read_notebook(path)
    run = execute(lecture, parameters=parameters, stop_on_error=True, cwd=path.parent, bar=bar, **TIMEOUTS)
    error = run.trouble()
    if target != path:
        stamp(run.notebook, RUN)
    if error is None or target != path:
        try:
            write_notebook(run.notebook, target, seen)
        except ChangedMeanwhileError as saved:
            error = error or str(saved)
    cells = sum(cell.cell_type == "code" for cell in lecture.cells)
    return LectureRun(path.stem, cells, run.seconds, error)


def _parameters_of(path: Path) -> set[str]:
    from papermill.inspection import inspect_notebook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return set(inspect_notebook(path))
