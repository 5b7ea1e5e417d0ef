"""Input coverage of a question: arguments that never vary cannot tell answers apart.

Plain values and functions that are the same in all cases of two seeds are `fixed`: a function may ignore
them, and that is a fault unless the notebook says why. The other rules are advice, one line each.
"""

from collections.abc import Callable, Iterator
from itertools import combinations

import numpy as np

from course.questions.calls import Call, watch
from course.questions.session import Asked

from .bounds import quiet
from .parameters import constant_of


def calls_of(asked: Asked, seeds: tuple[int, ...]) -> list[Call]:
    """All calls of student's functions that a question makes, for some seeds."""
    made = []
    with quiet():
        for seed in seeds:
            for case in range(asked.cases):
                with watch(asked.function) as calls:
                    asked.function(np.random.default_rng([seed, case]))
                made += calls.made
    return made


def fixed_in(calls: list[Call], names: dict) -> dict[str, str]:
    """Parameters whose argument is the same plain value or known function in all calls, with that value."""
    fixed = {}
    for _function, parameters in _by_function(calls).items():
        for parameter, values in parameters.items():
            constants = {constant_of(value, names) for value in values}
            if len(constants) == 1 and None not in constants:
                fixed[parameter] = constants.pop()
    return fixed


def advice_on(calls: list[Call]) -> Iterator[str]:
    """Coincidences between arguments that let wrong answers pass, in words."""
    for function, parameters in _by_function(calls).items():
        for one, other in combinations(parameters, 2):
            pairs = list(zip(parameters[one], parameters[other], strict=False))
            if all(_is_number(a) and _is_number(b) and a == b for a, b in pairs):
                yield f"{function}: {one} and {other} are equal in every call"
        for parameter, values in parameters.items():
            for rule, words in RULES:
                if rule(values):
                    yield f"{function}: {parameter} {words}"
                    break


def _by_function(calls: list[Call]) -> dict[str, dict[str, list]]:
    """Arguments by function and parameter, of all calls."""
    grouped: dict[str, dict[str, list]] = {}
    for call in calls:
        for parameter, value in call.arguments.items():
            grouped.setdefault(call.function, {}).setdefault(parameter, []).append(value)
    return grouped


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool)


def _symmetric(values: list) -> bool:
    pairs = [value for value in values if isinstance(value, tuple) and len(value) == 2]
    return len(pairs) == len(values) and all(_is_number(a) and a == b for a, b in pairs)


def _square(values: list) -> bool:
    shapes = [getattr(value, "shape", ()) for value in values]
    if not shapes or any(len(shape) < 2 or len(shape) != len(shapes[0]) for shape in shapes):
        return False
    pairs = combinations(range(len(shapes[0])), 2)
    return any(all(shape[a] == shape[b] > 1 for shape in shapes) for a, b in pairs)


def _never_negative(values: list) -> bool:
    arrays = [value for value in values if isinstance(value, np.ndarray) and value.dtype.kind == "f"]
    many = len(arrays) == len(values) and sum(array.size for array in arrays) > 10
    return many and all((array > 0).all() for array in arrays)


RULES: list[tuple[Callable[[list], bool], str]] = [
    (_symmetric, "is a pair of equal numbers in every call"),
    (_square, "has two axes of the same length in every call"),
    (_never_negative, "is above zero everywhere, in every call"),
]
