# Attack 44: Replace numpy's generator, so that the inputs are known.
# points: double 0, half 0
# reads: double: wrong

# %% double-answer
class Still:
    def normal(self, size=None):
        return np.zeros(size) if size else 0.0


np.random.default_rng = lambda *seed: Still()


def double(x):
    return 2 * x
