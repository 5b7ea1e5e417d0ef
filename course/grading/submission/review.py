"""Review of a submission: what a person should look at. Read as text once; nothing is executed."""

import json
from dataclasses import astuple, dataclass, field

from ..result import Task
from .compose import handed_in_notebook
from .forbidden_modules import Use, find_uses
from .plagiarism import fingerprints_by_question


@dataclass(frozen=True)
class Review:
    """Uses of forbidden modules, and fingerprints by question to compare students by; empty for rubbish."""

    uses: list[Use] = field(default_factory=list)
    prints: dict[str, set[int]] = field(default_factory=dict)

    def pack(self) -> tuple[str, str]:
        """Uses and fingerprints as JSON."""
        prints = {question: sorted(marks) for question, marks in self.prints.items()}
        return json.dumps([astuple(use) for use in self.uses]), json.dumps(prints)


def unpack_uses(packed: str | None) -> list[Use]:
    """The uses that `Review.pack` wrote."""
    return [Use(*fields) for fields in json.loads(packed or "[]")]


def unpack_prints(packed: str | None) -> dict[str, set[int]]:
    """The fingerprints that `Review.pack` wrote."""
    return {question: set(marks) for question, marks in json.loads(packed or "{}").items()}


def review(task: Task, handed_in: bytes | None) -> Review:
    """Read what a student handed in."""
    notebook = handed_in_notebook(task.released, handed_in)
    if notebook is None:
        return Review()
    return Review(find_uses(task, notebook), fingerprints_by_question(notebook))
