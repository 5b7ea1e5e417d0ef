# Attack 43: Colours, a new window title and erased lines in what an instructor reads.
# points: double 0, half 1
# reads: double: error

# %% double-answer
def double(x):
    raise ValueError("\x1b]0;attack\x07\x1b[2J\r\x1b[32mall right\u202e\u2066")
