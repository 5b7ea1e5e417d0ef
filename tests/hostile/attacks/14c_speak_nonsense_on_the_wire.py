# Attack 14c: Messages that no kernel would send: wrong types, no content, other parents.
# points: double 0, half 0
# reads:

# %% double-answer
def double(x):
    kernel = get_ipython().kernel
    parent = kernel.get_parent("shell")
    for kind, content in (
        ("error", {}),
        ("stream", {}),
        ("error", {"evalue": 3, "traceback": 4, "ename": 5}),
        ("update_display_data", {"data": []}),
        ("clear_output", {}),
        ("status", {}),
    ):
        kernel.session.send(kernel.iopub_socket, kind, content, parent=parent)
    return x


# %% half-answer
def half(x):
    return x
