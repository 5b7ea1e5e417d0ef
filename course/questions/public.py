"""The public answers: what each question's solution answers for seed 0, one JSON file a session.

`course build` writes them from the solution notebooks. A card compares with them, so that a student sees at
once whether an answer is right. The grader never uses them: it draws a fresh seed.
"""

import json
from functools import cache
from importlib.resources import files
from pathlib import Path

FOLDER = Path(str(files("course.questions") / "public"))


@cache
def public_record(session: str, question: str) -> dict | None:
    """The record of a question for seed 0, or None when the course ships none."""
    path = FOLDER / f"{session}.json"
    if not path.is_file():
        return None
    return json.loads(path.read_text("utf-8"))["questions"].get(question)
