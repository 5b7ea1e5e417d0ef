# Attack 20b: A segmentation fault.
# points: double 0, half 1
# reads: double-question ended the kernel

# %% double-answer
import ctypes


def double(x):
    return ctypes.string_at(0)
