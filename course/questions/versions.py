"""Typical mistakes and right variants, written as code beside the solution.

    @mistake("momentum", "The velocity must move against the gradient; yours moves along it.")
    def momentum_step(w, dw, v, lr, mu): ...

registers the wrong function and leaves the name `momentum_step` bound to the right one. Where students write
one mistake with many numbers, a family stands for them, with one hint:

    @mistake("softmax", "The small number caps the loss.", tiny=(1e-15, 1e-12, 1e-8))
    def softmax_loss(s, y, *, tiny): ...
"""

import sys
from collections.abc import Callable
from functools import partial
from inspect import signature
from itertools import product

from .session import Version, current

MOST_MEMBERS = 16


def mistake(question: str, hint: str, **constants: tuple) -> Callable:
    """Register a wrong version that students really write; its hint is shown to whoever answers the same.

    Args:
        question: the question that this version gets wrong.
        hint: one or two sentences that explain the mistake without giving the answer.
        constants: values by keyword parameter of the version. Each value makes one member of a family; of
            several parameters, each combination.

    Raises:
        ValueError: values that are no tuple, more than 16 members, or a parameter that the version lacks.
    """
    for name, values in constants.items():
        if not isinstance(values, tuple | list) or not values:
            raise ValueError(f"{name}={values!r} must be a tuple of values, such as (1e-12, 1e-8)")
    members = [dict(zip(constants, values, strict=True)) for values in product(*constants.values())]
    if len(members) > MOST_MEMBERS:
        raise ValueError(f"{', '.join(constants)} make {len(members)} versions; at most {MOST_MEMBERS}")
    return _register(question, hint, members)


def variant(question: str) -> Callable:
    """Register a version that is written differently and is right all the same."""
    return _register(question, None, [{}])


def _register(question: str, hint: str | None, members: list[dict]) -> Callable:
    versions = current().versions[question]

    def decorate(code):
        name = code.__name__
        namespace = sys._getframe(1).f_globals
        if name not in namespace:
            raise NameError(f"define the right {name} above its mistakes and variants")
        for member in members:
            for constant in member.keys() - signature(code).parameters.keys() if member else ():
                raise ValueError(f"{constant}={member[constant]!r}: {name} has no parameter of this name")
            version = partial(code, **member) if member else code
            key = hint, _source_key(code), repr(member)  # running the cell again replaces it
            versions[key] = Version(question, name, version, hint)
        return namespace[name]

    return decorate


def _source_key(code) -> object:
    """Where a version is written; a class is where its first method is."""
    items = [getattr(item, "__func__", item) for item in getattr(code, "__dict__", {}).values()]
    methods = [item.__code__ for item in items if hasattr(item, "__code__")]
    source = getattr(code, "__code__", methods[0] if methods else code)
    return getattr(source, "co_filename", None), getattr(source, "co_firstlineno", id(code))
