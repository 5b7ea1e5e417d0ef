# Attack 20a: os._exit(0) while the question asks.
# points: double 0, half 1
# reads: double-question ended the kernel

# %% double-answer
import os


def double(x):
    os._exit(0)
