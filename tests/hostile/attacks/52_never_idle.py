# Attack 52: The kernel stops publishing, so the cell never seems to end.
# points: double 0, half 1
# reads: double: error no answer within 2 s
# timeout: 2

# %% double-answer
def double(x):
    kernel = get_ipython().kernel
    kernel.iopub_thread.stop()
    kernel.iopub_thread.close()
    return 2 * x
