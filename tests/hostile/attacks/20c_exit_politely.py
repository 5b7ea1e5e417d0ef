# Attack 20c: SystemExit and KeyboardInterrupt as answers.
# points: double 0, half 0
# reads: SystemExit

# %% double-answer
def double(x):
    raise SystemExit(0)


# %% half-answer
def half(x):
    raise KeyboardInterrupt
