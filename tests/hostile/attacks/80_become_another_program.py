# Attack 80: Put another program in the place of the kernel.
# points: double 0, half 1
# reads: ended the kernel

# %% double-answer
import os


def double(x):
    os.execv("/bin/sleep", ["sleep", "1"])
