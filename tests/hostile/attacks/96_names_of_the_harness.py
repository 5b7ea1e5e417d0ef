# Attack 96: Variables that the course's own cells use: seed, collect, rng, begin, the modules.
# points: double 0, half 0
# reads: double: wrong

# %% double-answer
import numpy

seed, collect, points, rng = 0, False, 100, None


class Generator:
    def normal(self, *_, **__):
        return numpy.zeros(3)


numpy.random.default_rng = np.random.default_rng = lambda *_: Generator()


def double(x):
    return x
