# Attack 54: A display that is updated when it stands elsewhere, or was never one.
# points: double 2, half 1
# reads: double: correct

# %% double-answer
def send(kind, content):
    kernel = get_ipython().kernel
    kernel.session.send(kernel.iopub_socket, kind, content, parent=kernel.get_parent("shell"))


known = {"display_id": "mine"}
for _ in range(5):
    send("stream", {"name": "stdout", "text": "joined later\n"})
send("display_data", {"data": {"text/plain": "a"}, "metadata": {}, "transient": known})
send("stream", {"name": "stdout", "text": "not a display", "transient": known})
send("error", {"ename": "E", "evalue": "", "traceback": [], "transient": {"display_id": "error"}})


def double(x):
    for name in ("mine", "error"):
        shown = {"data": {"text/plain": "b"}, "metadata": {}, "transient": {"display_id": name}}
        send("update_display_data", shown)
    return 2 * x
