# Attack 27b: Memory that is taken and touched, piece by piece.
# points: double 0, half [01]
# reads:

# %% double-answer
def double(x):
    pieces = []
    while True:
        pieces.append(np.ones(2**24))
