# Attack 25a: SIGSTOP: neither running nor ended.
# points: double 0, half 1
# reads: reached the limit
# timeout: 2

# %% double-answer
import os
import signal


def double(x):
    os.kill(os.getpid(), signal.SIGSTOP)
