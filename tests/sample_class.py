"""A sample class for a session, made from its solution: `python tests/sample_class.py FOLDER`.

Every student is the released exercise with some cells filled in. What each one must get is asserted in
tests/grading/test_sample_class.py.
"""

import ast
import sys
from pathlib import Path

from course.notebooks.cells import asked, role
from course.notebooks.document import LIMIT_BYTES, read_notebook, write_notebook
from course.notebooks.release import release
from course.notebooks.workbook import find_workbook

SESSION = "06_optimizers"
ROOT = Path(__file__).parents[1]


class Author:
    """Knows the right answer cells of a solution, and its variants and mistakes (one a hint) by question."""

    def __init__(self, solution):
        self.solution = solution
        self.right = {
            cell.id: _without_markers(cell.source) for cell in solution.cells if role(cell) == "answer"
        }
        self.cell_of = {item.name: self._answered_in(item.cell_id) for item in asked(solution)}
        self.versions = {name: {"mistake": [], "variant": []} for name in self.cell_of}
        hidden = [cell.source for cell in solution.cells if role(cell) == "hidden" and "outputs" in cell]
        beside = [item for source in hidden for item in ast.parse(source).body]
        helpers = {item.name: ast.unparse(item) for item in beside if isinstance(item, ast.FunctionDef)}
        hints = set()
        for cell in solution.cells:
            if role(cell) == "versions":
                for item in ast.parse(cell.source).body:
                    call = item.decorator_list[0]
                    hint = tuple(ast.unparse(argument) for argument in call.args)  # with its question
                    if _stands_alone(call) and (call.func.id == "variant" or hint not in hints):
                        self.versions[call.args[0].value][call.func.id].append(
                            "\n\n\n".join([*_needed(item, helpers), _alone(item, call)])
                        )
                    hints.add(hint)

    def _answered_in(self, question):
        """The last answer cell before a question's."""
        ids = [cell.id for cell in self.solution.cells]
        return next(id for id in reversed(ids[: ids.index(question)]) if id in self.right)

    def submission(self, answers=None, solved=True):
        """The exercise, solved, with the answer cells of `answers` ({question: code}) replaced."""
        notebook = release(self.solution)
        replaced = {self.cell_of[name]: code for name, code in (answers or {}).items()}
        for cell in notebook.cells:
            if cell.id in self.right and solved:
                cell.source = self.right[cell.id]
            if cell.id in replaced:
                cell.source = replaced[cell.id]
        return notebook


def _needed(item, helpers):
    """The code of the author's own functions that a version calls, and that these call."""
    called = {node.id for node in ast.walk(item) if isinstance(node, ast.Name)} & helpers.keys()
    left = {name: code for name, code in helpers.items() if name not in called}
    below = [code for name in sorted(called) for code in _needed(ast.parse(helpers[name]), left)]
    return list(dict.fromkeys([*below, *(helpers[name] for name in sorted(called))]))


def _stands_alone(call):
    """Whether a family's constants are written out, so that they need no name of the solution."""
    names = [node for word in call.keywords if word.arg != "hint" for node in ast.walk(word.value)]
    return not any(isinstance(node, ast.Name) for node in names)


def _alone(item, call):
    """The code of a version as a student would write it; of a family its first member."""
    item.decorator_list = []
    families = {word.arg: ast.unparse(word.value) for word in call.keywords if word.arg != "hint"}
    constants = {name: eval(values)[0] for name, values in families.items()}  # such as (1 / 3, 2)
    code = ast.unparse(item)
    if not constants:
        return code
    return f"from functools import partial\n\n\n{code}\n\n\n{item.name} = partial({item.name}, **{constants})"


def _without_markers(source):
    return "\n".join(line for line in source.splitlines() if not line.strip().startswith("### "))


def write_class(folder: Path, session: str = SESSION) -> list[str]:
    """Write the class, most of it as STUDENT.ipynb, some in nbgrader's tree. Returns the students' names."""
    author = Author(read_notebook(find_workbook(ROOT).find("solutions", session)))
    notebooks = {
        "perfect": author.submission(),
        "odd_but_right": author.submission(
            {name: kinds["variant"][-1] for name, kinds in author.versions.items()}
        ),
        "unsolved": author.submission(solved=False),
        "every_first_mistake": author.submission(
            {name: kinds["mistake"][0] for name, kinds in author.versions.items()}
        ),
    }
    for number, code in enumerate(author.versions["momentum"]["mistake"][:5], start=1):
        notebooks[f"momentum_mistake_{number}"] = author.submission({"momentum": code})
    head = "def nag_step(w, dw, v, lr, mu):\n    "
    notebooks["infinite_loop"] = author.submission({"nag": head + "while True:\n        pass"})
    notebooks["syntax_error"] = author.submission({"nag": head + "return w - lr * (dw + mu * v, v"})
    notebooks["ends_the_kernel"] = author.submission({"adam": "import os\n\nos._exit(0)"})
    deleted = author.submission()
    deleted.cells = [cell for cell in deleted.cells if cell.id not in ("nag-question", "begin")]
    notebooks["deleted_question"] = deleted
    folder.mkdir(parents=True, exist_ok=True)
    for student, notebook in notebooks.items():
        write_notebook(notebook, folder / f"{student}.ipynb")
    (folder / "not_a_notebook.ipynb").write_text("Dear teacher, here is my homework.", encoding="utf-8")
    (folder / "empty.ipynb").write_bytes(b"")
    with open(folder / "huge.ipynb", "wb") as file:
        file.truncate(LIMIT_BYTES + 1)
    write_notebook(notebooks["perfect"], folder / "in_a_tree" / session / f"{session}.ipynb")
    (folder / "missing" / session).mkdir(parents=True, exist_ok=True)
    return sorted([*notebooks, "not_a_notebook", "empty", "huge", "in_a_tree", "missing"])


if __name__ == "__main__":
    students = write_class(Path(sys.argv[1]))
    print(f"{len(students)} students in {sys.argv[1]}")
