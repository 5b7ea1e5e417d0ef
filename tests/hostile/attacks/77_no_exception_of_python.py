# Attack 77: Leave by what `except Exception` does not catch.
# points: double 0, half 1
# reads: double: error

# %% double-answer
def double(x):
    raise GeneratorExit("gone")
