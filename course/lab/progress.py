"""How far a student is, read from the student's own notebooks: the cards below the questions, the quiz's sum.

A notebook of a student may hold anything; whatever it holds, a state comes back. The cards show what the last
run saved, and are no grades: the grader runs everything again.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from course.errors import NotebookError, UsageError, quantity
from course.notebooks.cells import asked, heading
from course.notebooks.document import read_notebook
from course.questions.cards import read_card
from course.questions.judge import CORRECT, MISSING

MAX_POINTS = 100  # of one question
TITLE_LIMIT = 100  # characters
QUIZ_SUM = re.compile(r"(\d{1,2} of \d{1,2}) right(?:, (\d{1,2}) open)?")  # as course.widgets.quiz prints it


@dataclass(frozen=True)
class Progress:
    """A session as it is saved; `trouble` says why its exercise cannot be read.

    `lecture_state` is "quiz 3 of 5" once a question of the quiz was answered, "run" once the lecture was run
    and saved, else empty.
    """

    session: str
    title: str
    points: int = 0
    earned: int = 0
    started: bool = False
    trouble: str = ""
    lecture: Path | None = None
    exercise: Path | None = None
    lecture_state: str = ""

    @property
    def state(self) -> str:
        """In words: not started, m points; n of m points; done, m of m points."""
        if self.trouble:
            return self.trouble
        if self.exercise is None:
            return "no exercise here"
        points = quantity(self.points, "point")
        if not self.started:
            return f"not started, {points}"
        score = f"{self.earned} of {points}"
        return f"done, {score}" if self.done else score

    @property
    def done(self) -> bool:
        """Whether every point is earned."""
        return bool(self.points) and self.earned == self.points


def find_place(start: Path | None = None) -> Path:
    """The folder that students work in: this one or the nearest above it that holds exercises/*.ipynb.

    Raises:
        UsageError: there is none.
    """
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if any((folder / "exercises").glob("*.ipynb")):
            return folder
    raise UsageError(f"{start}: neither here nor in a folder above are there notebooks in exercises/")


def read_all(place: Path) -> list[Progress]:
    """The sessions in the course's order, which is the order of their names."""
    stems = {path.stem for name in ("lectures", "exercises") for path in (place / name).glob("*.ipynb")}
    beside = {stem for stem in stems if stem.partition(".")[0] in stems - {stem}}  # 06_optimizers.new
    return [read_progress(place, stem) for stem in sorted(stems - beside)]


def read_progress(place: Path, session: str) -> Progress:
    """How far one session is."""
    lecture, exercise = (place / name / f"{session}.ipynb" for name in ("lectures", "exercises"))
    there = {"lecture": lecture if lecture.exists() else None, "exercise": None}
    title, there["lecture_state"] = read_lecture(lecture) if lecture.exists() else ("", "")
    if not exercise.exists():
        return Progress(session, title or _spoken(session), **there)
    there["exercise"] = exercise
    try:
        notebook = read_notebook(exercise)
        points, earned, started = count(notebook)
    except NotebookError:
        return Progress(session, title or _spoken(session), trouble="cannot be read", **there)
    title = title or heading(notebook)[:TITLE_LIMIT] or _spoken(session)
    return Progress(session, title, points, earned, started, **there)


def count(notebook: NotebookNode) -> tuple[int, int, bool]:
    """Points there are, points that the cards show, and whether any question was attempted.

    A card counts below its own question alone, and the question's cell says how much it is worth.
    """
    cells = {cell.id: cell for cell in notebook.cells}
    points = earned = 0
    started, seen = False, set()
    for question in asked(notebook):
        if question.name in seen or not _is_points(question.points):
            continue
        seen.add(question.name)
        cards = [card[1:] for card in _cards(cells[question.cell_id]) if card[0] == question.name]
        kind, shown = cards[-1] if cards else (MISSING, 0)
        points += question.points
        earned += question.points if kind == CORRECT else min(shown, question.points)
        started = started or kind != MISSING
    return points, earned, started


def _is_points(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MAX_POINTS


def _cards(cell: NotebookNode) -> list[tuple[str, str, int]]:
    return [card for card in map(read_card, _texts(cell)) if card]


def _texts(cell: NotebookNode) -> list[str]:
    """The plain texts of a cell's outputs."""
    shown_texts = []
    for output in cell.get("outputs", []):
        data = output.get("data")
        text = data.get("text/plain") if isinstance(data, dict) else None
        if isinstance(text, list) and all(isinstance(part, str) for part in text):
            text = "".join(text)
        if isinstance(text, str):
            shown_texts.append(text)
    return shown_texts


def read_lecture(path: Path) -> tuple[str, str]:
    """A lecture's title, and how far it is: "quiz 3 of 5", "run", or empty as it was given out."""
    try:
        notebook = read_notebook(path)
    except NotebookError:
        return "", ""
    title = heading(notebook)[:TITLE_LIMIT]
    texts = (text for cell in notebook.cells for text in _texts(cell))
    sums = [match for match in map(QUIZ_SUM.fullmatch, texts) if match]
    if sums and sums[-1][1].split(" of ")[1] != sums[-1][2]:
        return title, f"quiz {sums[-1][1]}"
    language = notebook.metadata.get("language_info")
    # JupyterLab writes the kernel's version into what it saves; a notebook that is given out has none
    ran = isinstance(language, dict) and "version" in language
    return title, "run" if ran else ""


def _spoken(session: str) -> str:
    return session.replace("_", " ")
