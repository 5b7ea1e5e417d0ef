# Attack 45: NaN and infinity, which compare oddly.
# points: double 0, half 0
# reads: double: wrong

# %% double-answer
def double(x):
    return x * float("nan")


# %% half-answer
def half(x):
    return float("inf")
