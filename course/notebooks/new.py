"""Template of a session: `course new 06_optimizers` writes lecture, solution and exercise, and builds them.

What it writes passes `course check` at once, in any folder: outside a checkout of the course too.
"""

import re
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course.errors import UsageError

from .build import build_exercise
from .document import write_notebook, write_text
from .handout import FROM_CHECKOUT, RECORD
from .release import mark, release
from .workbook import FOLDERS, Workbook, find_workbook, library_of

HOW = """\
**How it works.** Fill in the cells that say `# YOUR CODE HERE`, run the question cell below, and read its
card. A card tells you whether your answer is right, or which typical mistake it shows, or how far off it is.
Nothing breaks while a question is still open."""
IGNORED = ("build/", "runs/", "grades/", ".ipynb_checkpoints/", "__pycache__/", ".venv/")


def add_session(stem: str, start: Path) -> list[Path]:
    """Write and build a new session in the workbook around `start`; where there is none, `start` becomes one.

    The solution runs once, for its stored outputs and the answers that the exercise's cards compare with.

    Returns:
        The new files: lecture, solution, exercise and public answers.

    Raises:
        UsageError: as `new_session`; the folder is one that `course start` laid out for a student.
    """
    try:
        workbook = find_workbook(start)
    except UsageError:
        workbook = Workbook(start.resolve())
        if (start / RECORD).exists():
            raise UsageError(f"{start} holds the course as students get it; choose another folder") from None
    own = not (workbook.root / "solutions").exists()
    paths = new_session(workbook, stem)
    if own and not (workbook.root / ".gitignore").exists():
        write_text("\n".join(IGNORED) + "\n", workbook.root / ".gitignore")
    build_exercise(workbook, stem)
    return [*paths, workbook.public_answers / f"{stem}.json"]


def new_session(workbook: Workbook, stem: str) -> list[Path]:
    """Write the three notebooks of a new session, without running any. Returns their paths.

    Raises:
        UsageError: the name is not two digits and a topic, or one of the files exists.
    """
    if not re.fullmatch(r"\d{2}_[a-z][a-z0-9_]*", stem):
        raise UsageError(f"session={stem!r} must be two digits and a topic, such as 06_optimizers")
    paths = [workbook.path(folder, stem) for folder in FOLDERS]
    for path in paths:
        if path.exists():
            raise UsageError(f"session={stem!r}: {path.relative_to(workbook.root)} exists already")
    number, topic = stem.split("_", 1)
    session, topic = f"Session {int(number)}", topic.replace("_", " ")
    lecture = _notebook(_lecture_cells(f"{session}: {topic}"))
    solution = _notebook(_solution_cells(stem, f"{session} exercise: {topic}"))
    if library_of(workbook.root).is_relative_to(workbook.root):  # a checkout: pip finds the course above
        for notebook in (lecture, solution):
            notebook.cells[0].source += f"\n\n{FROM_CHECKOUT}"
    mark(solution)
    for path, notebook in zip(paths, (lecture, solution, release(solution)), strict=True):
        write_notebook(notebook, path)
    return paths


def template_cells(folder: str) -> dict[str, NotebookNode]:
    """The cells of a new lecture or solution, by their ids."""
    return _lecture_cells("") if folder == "lectures" else _solution_cells("", "")


def _notebook(cells: dict[str, NotebookNode]) -> NotebookNode:
    for name, cell in cells.items():
        cell.id = name
    return new_notebook(cells=list(cells.values()))


def _lecture_cells(title: str) -> dict[str, NotebookNode]:
    return {
        "title": new_markdown_cell(f"# {title}\n\nAfter this lecture you can …\n\nTime: about … minutes."),
        "parameters": new_code_cell("seed = 0", metadata={"tags": ["parameters"]}),
        "set-up": new_code_cell("import torch\n\ntorch.manual_seed(seed);"),
        "idea": new_markdown_cell(
            "## One idea\n\nOne claim a paragraph, and the cell below measures it.\n\n"
            "**Question.** What …?\n\n<details><summary>Answer</summary>\n\n…\n\n</details>"
        ),
        "recap": new_markdown_cell("## Recap\n\n## Where to read on"),
    }


def _solution_cells(stem: str, title: str) -> dict[str, NotebookNode]:
    parameters = "seed = 0  # the grader draws another one\ncollect = False  # the grader sets it to True"
    answer = (
        'def double(x):\n    """Twice x."""\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION'
    )
    wrong = {
        "x**2": "You square; double means two times.",
        "x + 2": "You add two.",
        "x": "You change nothing.",
    }
    versions = [
        f'@mistake("double", "{hint}")\ndef double(x):\n    return {code}' for code, hint in wrong.items()
    ]
    versions.append('@variant("double")\ndef double(x):\n    return x + x')
    asked = '@question("double", points=1)\ndef _(rng):\n    return double(rng.normal(size=3))'
    hidden = {"tags": ["solution"]}
    return {
        "title": new_markdown_cell(f"# {title}\n\nYou will …\n\n{HOW}\n\nTime: about … minutes."),
        "parameters": new_code_cell(parameters, metadata={"tags": ["parameters"]}),
        "set-up": new_code_cell("import numpy as np\n\nfrom course.questions import begin, question"),
        "begin": new_code_cell(f'begin("{stem}", seed=seed, collect=collect)'),
        "versions-import": new_code_cell("from course.questions import mistake, variant", metadata=hidden),
        "double-text": new_markdown_cell("## 1. Double\n\nReturn twice the array `x`."),
        "double-answer": new_code_cell(answer),
        "double-versions": new_code_cell("\n\n\n".join(versions)),
        "double-question": new_code_cell(asked),
    }
