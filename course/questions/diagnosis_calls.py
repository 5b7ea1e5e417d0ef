"""Call diagnosis: an argument that comes back unchanged or is never looked at, chance that nobody wants."""

from .parts import Answer, noted


def told_by_echo(inputs: list[int], right: list[Answer], answers: list[Answer]) -> str | None:
    """An argument that came back as it was, where the solution's result differs from it."""
    expected = set().union(*(noted(answer.case, "returns_argument") for answer in right))
    echoed = _in_all("returns_argument", inputs, answers) - expected
    if not echoed:
        return None
    name, _, function = min(echoed).partition(" of ")
    return f"{function} returns its argument {name} unchanged"


def told_by_unread(inputs: list[int], right: list[Answer], answers: list[Answer]) -> str | None:
    """An argument that the student's function never looks at where the solution does."""
    read = set.intersection(*(set(noted(answer.case, "reads")) for answer in right))
    ignored = _in_all("unread", inputs, answers) & read
    if not ignored:
        return None
    name, _, function = min(ignored).partition(" of ")
    return f"{function} never looks at its argument {name}"


def told_by_chance(inputs: list[int], right: list[Answer], answers: list[Answer]) -> str | None:
    """A function that draws random numbers though nobody hands it a generator."""
    drawing = _in_all("chance", inputs, answers)
    drawing -= set().union(*(noted(answer.case, "chance") for answer in right))
    return f"{min(drawing)} draws random numbers, and none are asked for" if drawing else None


def _in_all(fact: str, inputs: list[int], answers: list[Answer]) -> set[str]:
    """What is noted under a fact for each of some inputs."""
    return set.intersection(*(set(noted(answers[i].case, fact)) for i in inputs))
