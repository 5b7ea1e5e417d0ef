# Attack 11b: A tensor and an array whose operations answer what one likes.
# points: double 0, half 0
# reads: double: (wrong|unusable|error)

# %% double-answer
class LyingTensor(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, arguments=(), options=None):
        return True


def double(x):
    return torch.zeros(3, dtype=torch.float64).as_subclass(LyingTensor)


# %% half-answer
class LyingArray(np.ndarray):
    def __array_ufunc__(self, *arguments, **options):
        return True

    def __eq__(self, other):
        return True


def half(x):
    return np.zeros(()).view(LyingArray)
