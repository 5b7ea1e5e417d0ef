# Attack 29a: Fifty megabytes of text, and the answer is right.
# points: double 2, half 1
# reads:

# %% double-answer
def double(x):
    for _ in range(10):
        print("A" * 2_000_000)
    return 2 * x
