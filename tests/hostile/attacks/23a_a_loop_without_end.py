# Attack 23a: while True.
# points: double 0, half 1
# reads: cell double-question reached the limit
# timeout: 2

# %% double-answer
def double(x):
    while True:
        pass
