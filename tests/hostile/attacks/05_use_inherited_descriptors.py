# Attack 05: Read what the grader may have left open.
# points: double 0, half 1
# reads: double: wrong

# %% double-answer
import os

for number in os.listdir("/proc/self/fd"):
    try:
        target = os.readlink(f"/proc/self/fd/{number}")
    except OSError:
        continue
    if f"{SECRETS}" in target or target.endswith((".sqlite", ".ipynb", ".csv")):
        print("REACHED:", target)
tried("a descriptor of the grader", lambda: open(f"/proc/{PID}/fd/0"))


def double(x):
    return x
