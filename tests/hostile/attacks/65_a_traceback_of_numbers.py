# Attack 65: Error messages whose parts are of any type but text.
# points: double 2, half 1
# reads: ^\| double: correct

# %% double-answer
def double(x):
    kernel = get_ipython().kernel
    good = {"ename": "E", "evalue": "", "traceback": []}
    for bad in ({"traceback": [1, 2]}, {"traceback": [None]}, {"traceback": [["x"]]}, {"ename": 1}):
        content = good | bad
        kernel.session.send(kernel.iopub_socket, "error", content, parent=kernel.get_parent("shell"))
    return 2 * x
