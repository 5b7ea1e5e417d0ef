"""Multiple choice: answers that are chosen from a few texts, for each input anew."""

import re
from collections.abc import Sequence

from .parts import Part

MOST_NAMED = 3


def as_spelt(record: dict, value: object) -> object:
    """The answer with each text as the question writes it, for those that are the same as `plain` texts."""
    if not record.get("choices"):
        return value
    spelt = {plain(choice): choice for choice in record["choices"]}
    return _each_text(value, lambda text: spelt.get(plain(text), text))


def unknown_choice(record: dict, value: object) -> str | None:
    """One line about the first text that is none of the choices, and what they are; None when all are."""
    if not record.get("choices"):
        return None
    strangers = []
    known = {plain(choice) for choice in record["choices"]}
    _each_text(value, lambda text: text if plain(text) in known else strangers.append(text))
    choices = ", ".join(repr(choice) for choice in record["choices"])
    if strangers:
        return f"{strangers[0][:80]!r} is none of the choices: {choices}"
    if _holds_none(value):
        return f"None came back: for some input no return is reached; the choices: {choices}"
    return None


def plain(text: str) -> str:
    """A text in lower case, with single blanks; underscores and hyphens are blanks, too."""
    return " ".join(re.sub(r"[_-]", " ", text.casefold()).split())


def _holds_none(value: object) -> bool:
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return value is None or any(map(_holds_none, items))


def _each_text(value: object, change) -> object:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_each_text(item, change) for item in value]
    if isinstance(value, dict):
        return {key: _each_text(item, change) for key, item in value.items()}
    return value


def never_said(parts: Sequence[Part]) -> str:
    """Words that some part asks for and the student gives nowhere, as the end of a sentence; often empty."""
    own = {answer for part in parts for answer in part.answers if isinstance(answer, str)}
    asked = {word for part in parts for word in part.expected if isinstance(word, str)}
    never = sorted(asked - own)
    if len(own) == 1 and 0 < len(never) == len(asked) - 1:
        return "; you never say anything else"
    more = f" and {len(never) - MOST_NAMED} more" if len(never) > MOST_NAMED else ""
    return f"; you never say {', '.join(map(repr, never[:MOST_NAMED]))}{more}" if never else ""
