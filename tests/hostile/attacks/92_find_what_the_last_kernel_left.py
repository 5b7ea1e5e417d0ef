# Attack 92: End the kernel, and find in the next one what was left for it: files, shared memory, variables.
# points: double 0, half 1
# reads: double: error .*it ended itself .exit 7

# %% double-answer
import os
import tempfile

PLACES = {".", os.path.expanduser("~"), tempfile.gettempdir(), "/tmp", "/var/tmp", "/dev/shm", "/run"}
for place in PLACES:
    try:
        open(f"{place}/attack-left", "w").write("the seed, the inputs, the answers")
    except OSError:
        pass
os.environ["ATTACK_LEFT"] = "1"
os._exit(7)

# %% half-answer
import os
import tempfile


def half(x):
    return x / 2


PLACES = {".", os.path.expanduser("~"), tempfile.gettempdir(), "/tmp", "/var/tmp", "/dev/shm", "/run"}
for place in PLACES:
    tried(place, lambda: open(f"{place}/attack-left").read())
tried("a variable", lambda: os.environ["ATTACK_LEFT"])
