"""The public answers: what each question's solution answers for seed 0, one JSON file a session.

`course build` writes them from the solution notebooks. A card compares with them, so that a student sees at
once whether an answer is right. They lie in the package, or in public/ beside the notebook: there `course
release` puts those of an instructor's own exercises, and these count first. The grader never uses them: it
draws a fresh seed.
"""

import json
from functools import cache
from importlib.resources import files
from pathlib import Path

FOLDER = Path(str(files("course.questions") / "public"))


def public_record(session: str, question: str) -> dict | None:
    """The record of a question for seed 0, or None when the course ships none."""
    return public_records(session).get(question)


def public_records(session: str) -> dict[str, dict]:
    """All records of a session, by question; empty when there are none."""
    return _stored(session).get("questions", {})


def given_names(session: str) -> frozenset[str]:
    """The functions and classes that a session's exercise gives; empty when nothing is known of it."""
    return frozenset(_stored(session).get("given", ()))


@cache
def _stored(session: str) -> dict:
    """A session's file, read once a kernel."""
    for folder in (Path("public"), FOLDER):
        path = folder / f"{session}.json"
        if path.is_file():
            return json.loads(path.read_text("utf-8"))
    return {}
