"""Result conversions: what an answer gives, as another type that holds the same.

Each form is a function of one value. `ResultAs` puts it around a function of the notebook; values in tuples,
lists and dicts are changed, too. Only what the function hands to the question is changed, never what it hands
to itself.
"""

import functools
import sys
from collections.abc import Callable

import numpy as np


class ResultAs:
    """A function of the notebook whose results have another form."""

    def __init__(self, function: Callable, form: Callable, whole: bool):
        functools.update_wrapper(self, function)
        self.function, self.form, self.whole = function, form, whole
        self.changed, self._depth = False, 0

    def __call__(self, *args, **kwargs):
        self._depth += 1
        try:
            result = self.function(*args, **kwargs)
        finally:
            self._depth -= 1
        if self._depth:
            return result
        return self._as(result)

    def _as(self, value: object) -> object:
        new = self.form(value)
        if new is not value:
            self.changed = True
            return new
        if self.whole:
            return value
        if type(value) in (list, tuple):
            return type(value)(map(self._as, value))
        if type(value) is dict:
            return {key: self._as(item) for key, item in value.items()}
        return value


def _is_array(value: object) -> bool:
    return type(value) is np.ndarray and value.ndim > 0 and value.dtype.kind in "biuf"


def _float32(value: object) -> object:
    wide = isinstance(value, np.ndarray | np.floating) and value.dtype == np.float64
    return value.astype(np.float32) if wide else value


def _nested_list(value: object) -> object:
    return value.tolist() if _is_array(value) else value


def _tuple(value: object) -> object:
    return tuple(value) if type(value) is list else value


def _list(value: object) -> object:
    return list(value) if type(value) is tuple else value


def _generator(value: object) -> object:
    return (item for item in value) if type(value) is list else value


def _numpy_scalar(value: object) -> object:
    if type(value) is float:
        return np.float64(value)
    return np.int64(value) if type(value) is int and abs(value) < 2**62 else value


def _python_scalar(value: object) -> object:
    return value.item() if isinstance(value, np.number | np.bool_) else value


def _no_axes(value: object) -> object:
    plain = type(value) in (int, float) or isinstance(value, np.number)
    return np.array(value) if plain and abs(value) < 2**62 else value


def _tensor(value: object) -> object:
    torch = sys.modules.get("torch")
    if torch is None or not _is_array(value):
        return value
    return torch.from_numpy(np.array(value, order="C"))


def _other_storage(value: object) -> object:
    if not _is_array(value):
        return value
    wide = np.zeros((*value.shape[::-1], 2), dtype=value.dtype)
    wide[..., 0] = value.T
    return wide[..., 0].T  # every second number of a transposed array


def _read_only(value: object) -> object:
    if not _is_array(value):
        return value
    value = value.copy()
    value.flags.writeable = False
    return value


RESULTS = {
    "float32": _float32,
    "list for array": _nested_list,
    "tuple for list": _tuple,
    "list for tuple": _list,
    "generator for list": _generator,
    "numpy scalar": _numpy_scalar,
    "python scalar": _python_scalar,
    "0-d array": _no_axes,
    "tensor for array": _tensor,
    "other storage": _other_storage,
    "read-only array": _read_only,
}
WHOLE = ("generator for list",)  # of what comes back itself, not of lists in it
