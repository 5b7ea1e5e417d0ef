# Attack 76: Exceptions whose text, name and class run code, have no end, or are no text.
# points: double 0, half 1
# reads: double: error

# %% double-answer
class Lie(Exception):
    def __str__(self):
        raise RuntimeError("not today")

    __repr__ = __str__

    @property
    def args(self):
        raise KeyError("none")


Lie.__name__ = "=1+1;" + "x" * 10_000 + "\u202e"


def double(x):
    raise Lie("<script>" * 100_000)
