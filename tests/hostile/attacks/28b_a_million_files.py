# Attack 28b: Small files until the table of files is full.
# points: double 0, half 1
# reads: double: wrong

# %% double-answer
def write():
    for number in range(1_000_000):
        open(f"/tmp/attack-{number}", "w").close()


tried("a million files", write)


def double(x):
    return x
