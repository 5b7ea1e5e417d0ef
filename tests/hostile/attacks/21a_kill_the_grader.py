# Attack 21a: Signals to the grader, its parent and its group.
# points: double 0, half 1
# reads: double: wrong

# %% double-answer
import os
import signal

for pid in (PID, PARENT, -PID):
    for number in (0, signal.SIGTERM, signal.SIGKILL):
        tried(f"signal {number}", lambda pid=pid, number=number: os.kill(pid, number))


def double(x):
    return x
