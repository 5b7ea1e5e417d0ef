# Attack 27a: A hundred gigabytes at once.
# points: double 0, half 1
# reads: MemoryError

# %% double-answer
def double(x):
    return bytearray(100 * 2**30)
