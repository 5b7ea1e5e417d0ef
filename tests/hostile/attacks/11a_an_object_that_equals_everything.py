# Attack 11a: An object whose comparisons are all true.
# points: double 0, half 1
# reads: double: unusable

# %% double-answer
class Liar:
    __eq__ = __le__ = __lt__ = __ge__ = __gt__ = __bool__ = lambda self, *other: True
    __sub__ = __rsub__ = __abs__ = __array__ = __float__ = lambda self, *other: 0.0
    __hash__ = object.__hash__
    shape, dtype, nbytes = (3,), np.dtype("float64"), 24


def double(x):
    return Liar()
