"""nbgrader adapter: our solution notebooks as its sources, by two lines in its nbgrader_config.py.

    from course.grading.nbgrader import configure
    configure(get_config())

Then `nbgrader generate_assignment` gives what `course build` gives: the cells of mistakes and variants and
those tagged "solution" vanish, and stubs and `begin` say the same. nbgrader runs the public seed in the
student's own kernel, where a student can reach everything; `course grade` does not.
"""

from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from traitlets import Bool

from course.notebooks.cells import role
from course.notebooks.release import STUB, answers_digest, name_answers


class CutVersions(Preprocessor):
    """Removes the cells that students do not get."""

    enabled = Bool(True).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Called by nbgrader before its own steps."""
        name_answers(nb, answers_digest(nb))
        nb.cells = [cell for cell in nb.cells if role(cell) not in ("hidden", "versions")]
        return nb, resources


def configure(config) -> None:
    """Set what nbgrader needs to know about our notebooks in its traitlets configuration."""
    config.GenerateAssignment.preprocessors.prepend([CutVersions])
    config.ClearSolutions.code_stub = {"python": "\n".join(STUB)}
