"""What a person should look at in a notebook that was handed in. Read as text once, nothing is executed."""

import json
from dataclasses import astuple, dataclass, field

from ..result import Task
from .answers import handed_in_notebook
from .forbidden_modules import Use, find_uses
from .plagiarism import fingerprints_by_question


@dataclass(frozen=True)
class Look:
    """Uses of forbidden modules, and fingerprints by question to compare students by; empty for rubbish."""

    uses: list[Use] = field(default_factory=list)
    prints: dict[str, set[int]] = field(default_factory=dict)

    def pack(self) -> tuple[str, str]:
        """Uses and fingerprints as JSON."""
        prints = {question: sorted(marks) for question, marks in self.prints.items()}
        return json.dumps([astuple(use) for use in self.uses]), json.dumps(prints)


def unpack_uses(packed: str | None) -> list[Use]:
    """The uses that `Look.pack` wrote."""
    return [Use(*fields) for fields in json.loads(packed or "[]")]


def unpack_prints(packed: str | None) -> dict[str, set[int]]:
    """The fingerprints that `Look.pack` wrote."""
    return {question: set(marks) for question, marks in json.loads(packed or "{}").items()}


def look_at(task: Task, handed_in: bytes | None) -> Look:
    """Read what a student handed in."""
    notebook = handed_in_notebook(task, handed_in)
    if notebook is None:
        return Look()
    return Look(find_uses(task, notebook), fingerprints_by_question(notebook))
