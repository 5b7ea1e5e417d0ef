"""Forbidden-import check of a card: does an answer need a module that its question does without?

Where a class is graded the module cannot be imported. Here, in the student's own notebook, it can; so the
card has to say it.
"""

import linecache
from collections.abc import Callable, Iterable, Iterator
from types import CodeType, FunctionType, ModuleType

from .calls import names_in
from .imports import imported, parse, uses


def forbidden_use(question: Callable, modules: Iterable[str], given: Iterable[str]) -> tuple[str, str] | None:
    """The first use of such a module in the cells of the functions that a question calls.

    Args:
        question: the question's function.
        modules: what the answer is to do without.
        given: functions and classes of the notebook that the student has not written.

    Returns:
        The module and the student's line; None when there is none.
    """
    namespace = question.__globals__
    outside = {name: dotted for name, value in namespace.items() if (dotted := _outside(value))}
    for file in _files(question, set(given)):
        lines = linecache.getlines(file)
        tree = parse("".join(lines))
        for module, number in uses(tree, outside | imported(tree), modules):
            return module, lines[number - 1].strip()
    return None


def _outside(value: object) -> str:
    """What a name of the notebook stands for elsewhere: torch.optim, torch.optim.sgd.SGD; "" for its own."""
    if isinstance(value, ModuleType):
        return value.__name__
    module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    both = isinstance(module, str) and isinstance(name, str) and module != "__main__"
    return f"{module}.{name}" if both else ""


def _files(question: Callable, given: set[str]) -> list[str]:
    """The cells, as IPython compiled them, of all functions that a question comes to in its notebook."""
    namespace, files = question.__globals__, {}
    seen, fresh = set(given), [question.__code__]
    while fresh:
        for name in names_in(fresh.pop()) - seen:
            seen.add(name)
            for code in _codes(namespace.get(name), namespace):
                files[code.co_filename] = None
                fresh.append(code)
    return list(files)


def _codes(value: object, namespace: dict) -> Iterator[CodeType]:
    """The code of a function of this notebook, or of a class's methods."""
    value = getattr(value, "__wrapped__", getattr(value, "func", value))
    items = vars(value).values() if isinstance(value, type) else (value,)
    for item in items:
        item = getattr(item, "__func__", item)
        if isinstance(item, FunctionType) and item.__globals__ is namespace:
            yield item.__code__
