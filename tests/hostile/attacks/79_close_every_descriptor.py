# Attack 79: Close all descriptors: nobody hears the kernel any more.
# points: double 0, half 1
# reads: double: (no answer|the kernel ended|not run|error)
# timeout: 5

# %% double-answer
import os


def double(x):
    os.closerange(3, 1000)
    return x
