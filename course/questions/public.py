"""Answer key of the cards: what each question's solution answers for seed 0, one JSON file a session.

`course build` writes it from the solution notebooks. A card compares with it, so that a student sees at once
whether an answer is right. The file lies in public/ beside the notebook, where `course release` puts it, in
the library of the checkout around the notebook, or in the installed package; the first one counts that is of
the release that the notebook was built with. The grader never uses it: it draws a fresh seed.
"""

import json
from functools import cache
from importlib.resources import files
from pathlib import Path

FOLDER = Path(str(files("course.questions") / "public"))
CHECKOUT = Path("..", "course", "questions", "public")


def public_record(session: str, question: str, digest: str | None = None) -> dict | None:
    """The answer key of a question for seed 0; None when there is none of the notebook's release.

    Args:
        digest: of the answers that the notebook was built with; None takes the first that there are.
    """
    return public_records(session, digest).get(question)


def public_records(session: str, digest: str | None = None) -> dict[str, dict]:
    """All records of a session, by question; empty when there are none. As `public_record`."""
    return _stored(session, digest).get("questions", {})


def given_names(session: str, digest: str | None = None) -> frozenset[str]:
    """The functions and classes that a session's exercise gives; empty when nothing is known of it."""
    return frozenset(_stored(session, digest).get("given", ()))


def other_release(session: str, digest: str | None) -> str | None:
    """Why a notebook's cards do not judge: the answers at hand are of another release. None when they do."""
    if digest is None or _stored(session, digest) or not _stored(session, None):
        return None
    own = Path("..", "solutions", f"{session}.ipynb").is_file()
    update = "install the newest course, run: course start --update, and go on in the notebook that it brings"
    mend = "run: course build" if own else update
    return f"not judged, for the answers at hand are of another release of this exercise; {mend}"


@cache
def _stored(session: str, digest: str | None) -> dict:
    """A session's file, read once a kernel; empty when there is none with this digest."""
    for folder in (Path("public"), CHECKOUT, FOLDER):
        path = folder / f"{session}.json"
        stored = json.loads(path.read_text("utf-8")) if path.is_file() else {}
        if stored and digest in (None, stored.get("digest")):
            return stored
    return {}
