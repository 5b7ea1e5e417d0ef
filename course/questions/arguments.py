"""Argument validation of the question decorator."""

import math
import re


def check_arguments(name, numbers: dict, tolerances: dict, without) -> None:
    """Name, points, cases, tolerances and modules.

    Raises:
        ValueError: one of them is not allowed.
    """
    if not isinstance(name, str) or not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name):
        raise ValueError(f"name={name!r} must be lower-case letters, digits and underscores, at most 40")
    for argument, value in numbers.items():
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 100:
            raise ValueError(f"{argument}={value!r} must be an integer from 1 to 100")
    for argument, value in tolerances.items():
        most = {"rtol": 1}.get(argument, math.inf)
        if not isinstance(value, int | float) or not 0 <= value < most:
            raise ValueError(f"{argument}={value!r} must be at least 0 and below {most}")
    if not isinstance(without, tuple | list) or not all(_is_module(module) for module in without):
        raise ValueError(f'without={without!r} must be a tuple of modules, such as ("torch.optim",)')


def check_words(unchanged, says, choices) -> None:
    """Names of parameters, sentences by part, choices.

    Raises:
        ValueError: one of them is not allowed.
    """
    if not isinstance(choices, tuple | list) or not all(isinstance(text, str) for text in choices):
        raise ValueError(f'choices={choices!r} must be a tuple of texts, such as ("too high", "too low")')
    if not isinstance(unchanged, tuple | list) or not all(
        isinstance(parameter, str) and parameter.isidentifier() for parameter in unchanged
    ):
        raise ValueError(f'unchanged={unchanged!r} must be a tuple of names of parameters, such as ("w",)')
    if says is not None and not (
        isinstance(says, dict) and all(isinstance(text, str) for pair in says.items() for text in pair)
    ):
        raise ValueError(f'says={says!r} must be a dict of sentences by part, such as {{"loss": "..."}}')


def check_manual(points, **given) -> None:
    """A manual question has points as a whole, and nothing that says what is right.

    Raises:
        ValueError: points by part, or another argument that only a judged question has.
    """
    if isinstance(points, dict):
        raise ValueError(f"points={points!r} must be an integer, for with manual=True a person gives them")
    for argument, value in given.items():
        if value:
            raise ValueError(f"{argument}={value!r} must be left out with manual=True: a person judges")


def _is_module(name: object) -> bool:
    return isinstance(name, str) and all(part.isidentifier() for part in name.split("."))
