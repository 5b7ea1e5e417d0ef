"""What a person should look at in a notebook that was handed in. Read as text once, nothing is executed."""

from dataclasses import dataclass, field

from .answers import handed_in_notebook
from .forbidden import Use, find_uses
from .result import Task
from .similar import fingerprints_by_question


@dataclass(frozen=True)
class Look:
    """Uses of forbidden modules, and fingerprints by question to compare students by; empty for rubbish."""

    uses: list[Use] = field(default_factory=list)
    prints: dict[str, set[int]] = field(default_factory=dict)


def look_at(task: Task, handed_in: bytes | None) -> Look:
    """Read what a student handed in."""
    notebook = handed_in_notebook(task, handed_in)
    if notebook is None:
        return Look()
    return Look(find_uses(task, notebook), fingerprints_by_question(notebook))
