"""Workbook linter: `course check` proves, without writing a file, that it keeps its promises.

    mirror      the same stems stand in lectures/, solutions/ and exercises/
    form        notebooks are in normal form, lectures have at most 1 MB (session 10: 1.5 MB)
    quotes      quoted cells show the library of today; nothing of the library is copied by hand
    release     exercises are what their solutions give, public answers are what solutions answer
    contract    no line says True or False, what is measured is claimed below, cells are short; see `contract`
    questions   each has at least three typical mistakes, told apart, and one variant that is right; the
                solution's stored card says so
    rooms       docs/architecture.md shows the rooms of today
    proof       every solution earns full points; every exercise, unsolved, earns none and shows no traceback

Of a solution only the cells that its questions need are run while all is well: pictures and claims are the
business of `pytest --nbval`.

Faults are collected and reported together: one line each, with the command that mends it.
"""

import ast
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from multiprocessing.pool import ThreadPool
from pathlib import Path

from nbformat import NotebookNode

from course.errors import CourseError, NotebookError
from course.questions.manual import is_complete, verdict_on

from .answered import REBUILD, answer_faults
from .cells import asked, error_of, versions
from .contract import MOST_TRUTHS, TRUTH, code_faults, contract_faults, has, truth_lines
from .document import read_notebook, to_text
from .execute import execute
from .public_answers import run_solution
from .quote import quoted_source, quotes
from .release import release
from .rooms import PAGE, with_rooms
from .slicing import needed_for
from .workbook import FOLDERS, Workbook, chosen, library_of
from .written import OVERWRITE, written_in

LECTURE_BYTES = 1_000_000
LARGER = {"10_cnn_architectures": 1_500_000}  # the lecture with the most pictures
STAFF = ("book", "cli", "grading", "lab", "mutants", "notebooks", "sandbox")  # rooms that no lecture quotes


def check(
    workbook: Workbook,
    run: bool = True,
    workers: int | None = None,
    progress: Callable[[Iterable, int], Iterable] = lambda sessions, total: sessions,
    kernel_name: str = "python3",
    sessions: Sequence[str] = (),
) -> list[str]:
    """All faults of the workbook, or of some sessions; an empty list when there is none.

    Args:
        run: also execute solutions and exercises, which takes some seconds for each.
        workers: sessions that are executed at the same time; one a processor when None.
        progress: wraps the sessions as they come, such as tqdm, and is told how many there are.
        kernel_name: the kernels that are tried first. Those in which submissions are graded start at once,
            but do not see the solution's folder; what they find wrong, kernels as people have them must find.
        sessions: what their names begin with, such as "06"; all of them, and what concerns the workbook as a
            whole, when none is named.

    Raises:
        UsageError: there is no such session.
    """
    everywhere = sorted({stem for folder in FOLDERS for stem in workbook.stems(folder)})
    stems = chosen(everywhere, sessions)
    faults = list(mirror_faults(workbook, stems))
    public, truths = library_names(workbook.root), Counter()
    for folder in FOLDERS:
        for stem in workbook.stems(folder):
            named = any(fault.startswith(f"{folder}/{stem}.ipynb: ") for fault in faults)
            if stem in stems and not named:  # one line a file says what to do
                faults += _of_notebook(workbook, folder, stem, public, truths)
    if not sessions:
        whole = truth_faults(truths), room_faults(workbook.root), answers_alone(workbook, everywhere)
        faults += [fault for each in whole for fault in each]
    unsound = {fault.partition(":")[0] for fault in faults}
    there = [stem for stem in workbook.stems("solutions") if stem in stems]
    sound = [stem for stem in there if f"solutions/{stem}.ipynb" not in unsound]
    if run:
        proofs = _proofs(workbook, sound, workers or os.cpu_count() or 1, kernel_name)
        for more in sorted(progress(proofs, len(sound))):  # they come in any order
            faults += more
    return faults


def _of_notebook(
    workbook: Workbook, folder: str, stem: str, public: set[str], truths: Counter[str]
) -> list[str]:
    path = workbook.path(folder, stem)
    name = f"{folder}/{stem}.ipynb"
    try:
        notebook = read_notebook(path)
        faults = (
            [f"{name}: not in normal form; {REBUILD}"] if path.read_text("utf-8") != to_text(notebook) else []
        )
        if folder == "lectures":
            faults += lecture_faults(workbook.root, name, path, notebook, public)
            faults += [f"{name}: {fault}" for fault in code_faults(notebook)]
        if folder == "solutions":
            faults += solution_faults(workbook, name, stem, notebook)
        if folder in ("lectures", "solutions"):
            truths[folder] += sum(len(truth_lines(cell)) for cell in notebook.cells if has(cell, TRUTH))
            faults += [f"{name}: {fault}" for fault in contract_faults(notebook)]
    except NotebookError as error:
        return [f"{name}: {error}"]
    return faults


def _proofs(workbook: Workbook, stems: list[str], workers: int, kernel_name: str) -> Iterator[list[str]]:
    """Prove sessions side by side: threads that wait for kernels, which share what those are forked from."""
    proof = partial(_proof, workbook, kernel_name)
    long = sorted(stems, key=lambda stem: workbook.path("solutions", stem).stat().st_size, reverse=True)
    if min(workers, len(stems)) < 2:
        yield from map(proof, stems)
        return
    with ThreadPool(min(workers, len(stems))) as pool:
        yield from pool.imap_unordered(proof, long)


def _proof(workbook: Workbook, kernel_name: str, stem: str) -> list[str]:
    name = f"solutions/{stem}.ipynb"
    try:
        solution = read_notebook(workbook.path("solutions", stem))
        return list(proof_faults(workbook, name, stem, solution, kernel_name))
    except NotebookError as error:
        return [f"{name}: {error}"]


def truth_faults(truths: Counter[str]) -> Iterator[str]:
    """More lines than allowed, by folder, that say True or False because the truth value is the lesson."""
    for folder, lines in truths.items():
        if lines > MOST_TRUTHS:
            yield f"{folder}: {lines} lines of cells tagged {TRUTH} say True or False, at most {MOST_TRUTHS}"


def mirror_faults(workbook: Workbook, stems: list[str]) -> Iterator[str]:
    """Stems that stand in one folder and not in another."""
    for folder in FOLDERS:
        for stem in sorted(set(stems) - set(workbook.stems(folder))):
            built = folder == "exercises" and workbook.path("solutions", stem).is_file()
            mend = REBUILD if built else "write it, or remove the others"
            yield f"{folder}/{stem}.ipynb: missing, though other folders have it; {mend}"


def answers_alone(workbook: Workbook, stems: list[str]) -> Iterator[str]:
    """Public answers of which no notebook is left."""
    for path in sorted(workbook.public_answers.glob("*.json")):
        if path.stem not in stems:
            yield f"{path.relative_to(workbook.root)}: answers of a session that is gone; delete the file"


def room_faults(root: Path) -> Iterator[str]:
    """Rooms in docs/architecture.md that are not those of today."""
    path = root / PAGE
    text = path.read_text("utf-8") if path.is_file() else ""
    try:
        if text and text != with_rooms(text, root):
            yield f"{PAGE.as_posix()}: its rooms are not those of today; {REBUILD}"
    except NotebookError as error:
        yield str(error)


def lecture_faults(
    root: Path, name: str, path: Path, lecture: NotebookNode, public: set[str]
) -> Iterator[str]:
    """Stale quotes, library code copied by hand, too large a file."""
    size, most = path.stat().st_size, LARGER.get(path.stem, LECTURE_BYTES)
    if size > most:
        yield f"{name}: {size:,} bytes, at most {most:,}; store smaller figures"
    quoting = quotes(lecture)
    for cell, source in quoting:
        if cell.source != quoted_source(root, source):
            yield f"{name}: cell {cell.id} no longer shows {source}; {REBUILD}"
    quoting_ids = {cell.id for cell, _ in quoting}
    for cell in lecture.cells:
        if cell.cell_type == "code" and cell.id not in quoting_ids:
            for copied in sorted(_defined(cell.source) & public):
                yield f"{name}: cell {cell.id} defines {copied}, which the library has; quote it instead"


def library_names(root: Path) -> set[str]:
    """What the rooms for students define in public: every file is read once for all lectures."""
    course = library_of(root)
    files = [path for path in course.rglob("*.py") if path.relative_to(course).parts[0] not in STAFF]
    return {name for file in files for name in _defined(file.read_text("utf-8")) if not name.startswith("_")}


def _defined(source: str) -> set[str]:
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return set()
    return {item.name for item in body if isinstance(item, ast.FunctionDef | ast.ClassDef)}


def solution_faults(workbook: Workbook, name: str, stem: str, solution: NotebookNode) -> Iterator[str]:
    """An exercise that is not what the solution gives; questions that are missing or badly named."""
    exercise, released = workbook.path("exercises", stem), release(solution)
    if exercise.is_file() and exercise.read_text("utf-8") != to_text(released):
        person = written_in(exercise, released)
        mend = f"{person}, which course build leaves; move it, or run: {OVERWRITE}" if person else REBUILD
        yield f"exercises/{stem}.ipynb: not what {name} gives; {mend}"
    questions = {question.name for question in asked(solution)}
    if not questions:
        yield f"{name}: asks no question"
    for strange in sorted(set(versions(solution)) - questions):
        yield f"{name}: has mistakes or variants of question {strange!r}, which it does not ask"


def proof_faults(
    workbook: Workbook, name: str, stem: str, solution: NotebookNode, kernel_name: str
) -> Iterator[str]:
    """Run the solution and the unsolved exercise, and look at what they answer.

    At first in the kernels that were asked for, and of the solution only the cells that its questions need;
    where that finds a fault, all cells are run in kernels as people have them.
    """
    with suppress(CourseError):
        if not any(_proof_faults(workbook, name, stem, solution, needed_for(solution), kernel_name)):
            return
    yield from _proof_faults(workbook, name, stem, solution, solution, "python3")


def _proof_faults(
    workbook: Workbook, name: str, stem: str, solution: NotebookNode, run: NotebookNode, kernel: str
) -> Iterator[str]:
    """The faults that are found in one kind of kernel, with all of the solution or what is needed of it."""
    records = run_solution(run, cwd=workbook.root / "solutions", kernel_name=kernel).answers
    yield from answer_faults(workbook, name, stem, solution, records)
    exercise = execute(
        release(solution),
        parameters={"collect": True},
        kernel_name=kernel,
        cwd=workbook.root / "exercises",
    )
    for cell in exercise.notebook.cells:
        if error_of(cell) is not None:
            yield f"exercises/{stem}.ipynb: cell {cell.id} ends in a traceback while unsolved"
    for question, record in records.items():
        cases = exercise.answers.get(question, {}).get("answers", [])
        if is_complete(verdict_on(record, cases)):
            yield f"exercises/{stem}.ipynb: question {question} earns its points while unsolved"
