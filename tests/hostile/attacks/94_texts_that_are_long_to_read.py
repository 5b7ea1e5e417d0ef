# Attack 94: Errors whose words the grader looks into: names, modules and lines of a million characters.
# points: double 0, half 0
# reads: double: error .*half: error

# %% double-answer
LONG = 10**6


class Attack(Exception):
    def __str__(self):
        return "module 'a" + ".a" * LONG + "' has no attribute '" + "b" * LONG + "'"


def double(x):
    raise AttributeError(str(Attack()))


# %% half-answer
def half(x):
    raise RuntimeError("Cannot re-initialize CUDA in forked subprocess" * LONG)


raise NameError("name '" + "half" * LONG + "' is not defined")
