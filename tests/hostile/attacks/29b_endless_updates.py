# Attack 29b: One display that is updated again and again.
# points: double 0, half [01]
# reads:
# timeout: 3

# %% double-answer
from IPython.display import display


def double(x):
    shown = display("start", display_id=True)
    while True:
        shown.update("B" * 10_000)
