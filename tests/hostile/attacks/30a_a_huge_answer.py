# Attack 30a: An array of 800 megabytes, a string of 100.
# points: double 0, half 0
# reads: double: (unusable|error)

# %% double-answer
def double(x):
    return np.zeros(10**8)


# %% half-answer
def half(x):
    return "x" * 10**8
