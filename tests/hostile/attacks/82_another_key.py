# Attack 82: Sign messages with another key: whoever listens hears nothing.
# points: double 0, half 1
# reads: no answer within
# timeout: 5

# %% double-answer
def double(x):
    get_ipython().kernel.session.key = b"another"
    return 2 * x
