# Attack 50: Messages that no decoder likes: wrong signatures, no JSON, no type, impossible dates.
# points: double 2, half 1
# reads: ^\| double: correct

# %% double-answer
import json


def send_raw(*frames, signature=None):
    kernel = get_ipython().kernel
    frames = [frame if isinstance(frame, bytes) else json.dumps(frame).encode() for frame in frames]
    if signature is None:
        signature = kernel.session.sign(frames)
    kernel.iopub_socket.send_multipart([b"kernel", b"<IDS|MSG>", signature, *frames])


def double(x):
    kernel = get_ipython().kernel
    parent = json.loads(json.dumps(kernel.get_parent("shell")["header"], default=str))
    header = {"msg_type": "stream", "msg_id": "1", "date": "2026-01-01T00:00:00"}
    text = {"name": "stdout", "text": "x"}
    kernel.iopub_socket.send_multipart([b"nothing"])
    kernel.iopub_socket.send_multipart([b"kernel", b"<IDS|MSG>"])
    send_raw(header, parent, {}, text, signature=b"forged")
    send_raw(header, parent, {}, b"{half of a")
    send_raw(b"\xff\xfe", parent, {}, text)
    send_raw({}, parent, {}, text)
    send_raw([], parent, {}, text)
    send_raw(header, [1], {}, text)
    send_raw(header, None, {}, text)
    send_raw(header, parent, {}, [1])
    send_raw(header | {"msg_type": 7}, parent, {}, text)
    send_raw(header | {"msg_type": ["stream"]}, parent, {}, text)
    send_raw(header | {"date": "2026-99-99T99:99:99"}, parent, {}, text)
    send_raw(header, parent, {}, b"[" * 100_000)
    send_raw(header, parent, {}, b'{"name": "stdout", "text": "x", "n": ' + b"9" * 5000 + b"}")
    for _ in range(2):
        send_raw(header, parent, {"same": "signature"}, text)
    return 2 * x
