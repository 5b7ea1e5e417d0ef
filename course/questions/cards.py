"""The card under a question: what a student sees, in HTML and in plain text that is the same on every run."""

import re
from dataclasses import dataclass
from html import escape

from course.errors import quantity

from .judge import CORRECT, ERROR, MISSING, MISTAKE, UNUSABLE, WRONG, Verdict
from .manual import WAITING

UNCHECKED = "unchecked"
# Okabe and Ito's palette is told apart by color-blind readers; the sign and the words say the same again.
LOOKS = {
    CORRECT: ("✓", "#0072B2", "correct"),
    MISTAKE: ("✗", "#D55E00", "a typical mistake"),
    WRONG: ("✗", "#D55E00", "not right yet"),
    ERROR: ("!", "#D55E00", "stopped with an error"),
    UNUSABLE: ("!", "#D55E00", "this cannot be an answer"),
    MISSING: ("○", "#767676", "not attempted yet"),
    UNCHECKED: ("·", "#767676", "answered"),
    WAITING: ("✎", "#767676", "kept; a person reads this answer"),
}


@dataclass(frozen=True)
class Card:
    """One question's state, with notes below it, one a line. Displays itself in a notebook."""

    question: str
    points: int
    verdict: Verdict
    note: str = ""

    def _lines(self) -> tuple[str, str]:
        sign, _, words = LOOKS[self.verdict.kind]
        earned = self.points if self.verdict.right else self.verdict.earned
        points = quantity(self.points, "point")
        score = "" if self.verdict.kind == UNCHECKED else f" · {earned} of {points}"
        text = "" if self.verdict.text == words else self.verdict.text
        if self.verdict.kind == WAITING:  # the student's own text, which stands above
            text, score = quantity(len(text.split()), "word"), f" · {points} waiting"
        return f"{sign} {self.question} · {words}{score}", text

    def __repr__(self) -> str:
        head, text = self._lines()
        hints = [f"hint: {hint}" for hint in self.verdict.hints]
        return "\n  ".join(line for line in (head, text, *hints, *self.note.split("\n")) if line)

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self._repr_html_()}

    def _repr_html_(self) -> str:
        head, text = self._lines()
        color = LOOKS[self.verdict.kind][1]
        parts = [f'<div style="border-left: 6px solid {color}; padding: 4px 12px; margin: 4px 0">']
        parts.append(f"<b>{escape(head)}</b>")
        if text:
            parts.append(f"<div>{escape(text)}</div>")
        if self.verdict.hints:
            shown = "<br>".join(map(escape, self.verdict.hints))
            which = "hint" if len(self.verdict.hints) == 1 else "hints"
            parts.append(f"<details><summary>Show the {which}</summary>{shown}</details>")
        for line in filter(None, self.note.split("\n")):
            parts.append(f"<div><small>{escape(line)}</small></div>")
        return "".join(parts) + "</div>"


def read_card(text: object) -> tuple[str, str, int] | None:
    """Question, kind of verdict and points of a card that stands in a notebook as text; None if it is none.

    The text may come from anybody: it says what a notebook shows, and proves nothing.
    """
    head = text.split("\n", 1)[0] if isinstance(text, str) else ""
    for kind, (sign, _, words) in LOOKS.items():
        start = rf"{re.escape(sign)} ([a-z][a-z0-9_]{{0,39}}) · "
        score = r"( · ([0-9]{1,4}) of .{1,30}| · [0-9]{1,4} points? waiting)?"
        match = re.fullmatch(start + re.escape(words) + score, head)
        if match:
            return match[1], kind, int(match[3] or 0)
    return None
