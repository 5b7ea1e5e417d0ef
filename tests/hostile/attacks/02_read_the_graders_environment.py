# Attack 02: Read the command line and the environment of other processes.
# points: double 0, half 1
# reads: double: wrong

# %% double-answer
import os

tried("the grader's environment", lambda: open(f"/proc/{PID}/environ", "rb").read())
tried("the grader's command line", lambda: open(f"/proc/{PID}/cmdline", "rb").read())
for number in range(1, PID + 1000):
    try:
        line = open(f"/proc/{number}/cmdline", "rb").read()
    except OSError:
        continue
    else:
        if b"pytest" in line or b"grade" in line:
            print("REACHED: the process", number, line)


def double(x):
    return x
