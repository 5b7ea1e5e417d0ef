"""State of the generators that everybody shares, read fast: a question may call a function a thousand times.

`numpy.random.get_state` copies 624 numbers one by one, which takes longer than most answers. Here they are
read where they lie in memory, and `get_state` is asked only where more may have changed: of two normal
numbers that it draws at once, NumPy keeps the second.
"""

import ctypes
import random

import numpy as np

SIZE = 4 * (624 + 1)  # bytes: the numbers of a Mersenne Twister, and its place among them

_last: tuple[bytes, tuple] = b"", ()  # the numbers that were read last, and what was kept beside them


def shared_state() -> object:
    """Equal to that of before where nobody has drawn from `numpy.random` or `random`."""
    return _of_numpy(), random.getstate()


def _of_numpy() -> object:
    global _last
    generator = np.random.get_bit_generator()
    if type(generator) is not np.random.MT19937:
        return generator.state
    numbers = ctypes.string_at(generator.ctypes.state_address, SIZE)
    if numbers != _last[0] or _last[1][0]:
        _last = numbers, np.random.get_state()[3:]
    return _last
