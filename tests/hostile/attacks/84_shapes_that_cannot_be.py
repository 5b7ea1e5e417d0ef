# Attack 84: Arrays of no element and impossible shape, of objects, of dates, of records.
# points: double 0, half 1
# reads: double: (unusable|wrong|error)

# %% double-answer
def double(x):
    return np.empty((0, 2**40, 3), dtype=np.int8)
