"""A class of any size for the benchmarks of grading, made from a session's solution.

Of five students two are right, two have one of the solution's mistakes, and one has several. No notebook is
empty and none breaks off, so that every program can run them all.
"""

import sys
from pathlib import Path

from course.notebooks.document import read_notebook, write_notebook
from course.notebooks.workbook import find_workbook

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))
from sample_class import Author  # noqa: E402

SESSION = "10_cnn_architectures"


def write_class(folder: Path, session: str = SESSION, count: int = 20, start: int = 1) -> list[Path]:
    """Write student_0001.ipynb and so on; each has a comment of its own, so no two are the same file."""
    author = Author(read_notebook(find_workbook(ROOT).find("solutions", session)))
    names = [name for name in author.versions if name != "project"]  # the last cell draws what it gives
    paths = []
    for number in range(start, start + count):
        turn, kind = divmod(number, 5)
        wrong = {0: names[turn % 2 :: 3], 1: [names[turn % len(names)]], 3: [names[-1 - turn % len(names)]]}
        answers = {}
        for name in wrong.get(kind, []):
            mistakes, right = author.versions[name]["mistake"], author.right[author.cell_of[name]]
            answers[name] = f"{right}\n\n\n{mistakes[turn % len(mistakes)]}"
        notebook = author.submission(answers)
        first = next(cell for cell in notebook.cells if cell.id in author.right)
        first.source += f"\n# student {number}"
        paths.append(folder / f"student_{number:04d}.ipynb")
        write_notebook(notebook, paths[-1])
    return paths
