"""Text diff: where a text differs first, with the invisible made visible; only the student's own line."""

from course.errors import quantity

MOST_SHOWN = 100


def told_by_text(expected: str, answer: str) -> str:
    """One sentence about the first line that differs."""
    if answer.startswith("\ufeff") and not expected.startswith("\ufeff"):
        return "the text begins with a byte order mark (\\ufeff); write it as utf-8, not utf-8-sig"
    if answer.rstrip("\n") == expected.rstrip("\n"):
        return _line_ends(expected, answer)
    right, own = expected.split("\n"), answer.split("\n")
    number = next((i for i, pair in enumerate(zip(right, own, strict=False)) if pair[0] != pair[1]), None)
    if number is None:
        end = "the text goes on where it should end" if len(own) > len(right) else "the text ends too early"
        return f"{end}: it has {quantity(len(own), 'line')}"
    if len(own) < len(right) and number == len(own) - 1 and not own[number]:
        return f"the text ends too early: after line {number}"
    if len(own) > len(right) and number == len(right) - 1 and not right[number]:
        return f"the text goes on where it should end: line {number + 1} is {_shown(own[number])}"
    return f"line {number + 1} is {_shown(own[number])}{_why(right[number], own[number])}"


def _line_ends(expected: str, answer: str) -> str:
    if not answer.endswith("\n"):
        return "the newline at the end of the text is missing"
    few = len(answer) < len(expected)
    return f"the text has too {'few' if few else 'many'} newlines at its end"


def _why(right: str, own: str) -> str:
    if own.rstrip("\r") == right:
        return ": a line is to end in \\n alone, not in \\r\\n (open(..., newline=''))"
    if own.strip() == right.strip() or "".join(own.split()) == "".join(right.split()):
        return ": the spaces are wrong"
    if own.casefold() == right.casefold():
        return ": upper and lower case are wrong"
    same = next((i for i, pair in enumerate(zip(right, own, strict=False)) if pair[0] != pair[1]), None)
    if same is None:
        return ": it goes on too long" if len(own) > len(right) else ": it ends too early"
    return f": wrong from character {same + 1} on" if same else ": wrong from its start"


def _shown(line: str) -> str:
    """A line in quotes: tabs, carriage returns and the like as escapes, what is long cut."""
    return repr(line if len(line) <= MOST_SHOWN else line[:MOST_SHOWN] + "...")
