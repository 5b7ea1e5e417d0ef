"""Typical mistakes and odd but right variants, written as code beside the solution.

    @mistake("momentum", "The velocity must move against the gradient; yours moves along it.")
    def momentum_step(w, dw, v, lr, mu): ...

registers the wrong function and leaves the name `momentum_step` bound to the right one.
"""

import sys
from collections.abc import Callable

from .session import Version, current


def mistake(question: str, hint: str) -> Callable:
    """Register a wrong version that students really write; its hint is shown to whoever answers the same.

    Args:
        question: the question that this version gets wrong.
        hint: one or two sentences that explain the mistake without giving the answer.
    """
    return _register(question, hint)


def variant(question: str) -> Callable:
    """Register a version that is written differently and is right all the same."""
    return _register(question, None)


def _register(question: str, hint: str | None) -> Callable:
    versions = current().versions[question]

    def decorate(code):
        namespace = sys._getframe(1).f_globals
        if code.__name__ not in namespace:
            raise NameError(f"define the right {code.__name__} above its mistakes and variants")
        key = hint if hint is not None else _source_key(code)
        versions[key] = Version(question, code.__name__, code, hint)  # running the cell again replaces it
        return namespace[code.__name__]

    return decorate


def _source_key(code) -> object:
    code = getattr(code, "__code__", code)
    return getattr(code, "co_filename", None), getattr(code, "co_firstlineno", id(code))
