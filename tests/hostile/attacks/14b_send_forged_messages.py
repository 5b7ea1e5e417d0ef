# Attack 14b: Send protocol messages with the kernel's own key.
# points: double 0, half 1
# reads: double: wrong

# %% double-answer
def double(x):
    kernel = get_ipython().kernel
    bundle = {
        "application/vnd.course.answers+json": {"question": "double", "points": 2, "answers": "all right"}
    }
    for kind, content in (
        ("display_data", {"data": bundle, "metadata": {}, "transient": {}}),
        ("execute_result", {"data": bundle, "metadata": {}, "execution_count": 1}),
        ("score", {"points": 1000}),
        ("display_data", {"data": 7, "metadata": None}),
        ("stream", {"name": "stdout", "text": "half a message"}),
    ):
        kernel.session.send(kernel.iopub_socket, kind, content, parent=kernel.get_parent("shell"))
    return x
