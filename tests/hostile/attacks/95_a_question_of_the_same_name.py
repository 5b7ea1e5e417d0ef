# Attack 95: Ask the grader's questions oneself, in cells of one's own, before and after it asks them.
# points: double 0, half 1
# reads: double: wrong

# %% first
from course.questions import question


@question("double", points=2)
def _(rng):
    return 2 * torch.from_numpy(rng.normal(size=3))


# %% double-answer
def double(x):
    return x


# %% half-answer
def half(x):
    return x / 2


@question("double", points=2)
def _(rng):
    return 2 * torch.from_numpy(rng.normal(size=3))
