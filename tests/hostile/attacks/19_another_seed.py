# Attack 19: Call begin with another seed and collect=False, before and after the course does.
# points: double 0, half 1
# reads: double: wrong

# %% first
from course.questions import begin as start

start("01_attacked", seed=0, collect=False)
seed, collect = 0, False

# %% double-answer
seed, collect = 0, False
begin("01_attacked", seed=0, collect=False)


def double(x):
    return x
