"""Message validation: what a kernel says is checked before it becomes part of a notebook.

nbclient takes every message at its word: one of a wrong shape, or one that cannot be decoded, ends the whole
run, and its way to join streams needs the square of a line's length, eight seconds for one of 200,000
characters. So messages are received and checked here, and streams are joined here.
"""

import asyncio
from itertools import groupby

import nbformat
from nbformat import NotebookNode

MESSAGE_LIMIT, SMALL = 40_000_000, 10_000  # bytes of a message; longer ones are not even decoded
DEPTH_LIMIT = 100

SHAPES: dict[str, dict[str, type | tuple[type, ...]]] = {
    "stream": {"name": str, "text": str},
    "error": {"ename": str, "evalue": str, "traceback": list},
    "display_data": {"data": dict, "metadata": dict},
    "update_display_data": {"data": dict, "metadata": dict},
    "execute_result": {"data": dict, "metadata": dict},
    "clear_output": {"wait": bool},
    "status": {"execution_state": str},
    "execute_input": {},
    "comm_open": {"comm_id": str, "data": dict},
    "comm_msg": {"comm_id": str, "data": dict},
    "comm_close": {"comm_id": str, "data": dict},
}
OUTPUTS = ("stream", "error", "display_data", "execute_result")


async def receive(channel, limit: int = MESSAGE_LIMIT) -> dict:
    """The next message that can be decoded, with its size in bytes under "size"; others are dropped.

    A kernel that sends faster than we read may not keep the other tasks, and so the clock, from their turn.
    """
    while True:
        await asyncio.sleep(0)
        frames = await channel.socket.recv_multipart()
        size = sum(map(len, frames))
        if size > limit:
            continue
        try:
            _, frames = channel.session.feed_identities(frames)
            message = channel.session.deserialize(frames)
        except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError):
            continue
        if isinstance(message["parent_header"], dict) and isinstance(message["msg_type"], str):
            return message | {"size": size}


def is_sound(message: dict) -> bool:
    """Whether a message from a kernel has the shape that Jupyter's protocol gives it."""
    kind, content = message["msg_type"], message["content"]
    if kind not in SHAPES or not isinstance(content, dict) or not _is_flat(content):
        return False
    if not all(isinstance(content.get(name), wanted) for name, wanted in SHAPES[kind].items()):
        return False
    count = content.get("execution_count")
    if not isinstance(count, int | None) or isinstance(count, bool) or (count or 0) < 0:
        return False
    if kind == "error" and not all(isinstance(line, str) for line in content["traceback"]):
        return False
    transient = content.get("transient") or {}
    if not isinstance(transient, dict) or not isinstance(transient.get("display_id"), str | None):
        return False
    return not kind.startswith("comm") or isinstance(content["data"].get("state", {}), dict)


def display_of(message: dict) -> str | None:
    """The display id of a sound message."""
    return (message["content"].get("transient") or {}).get("display_id")


def _is_flat(value: object, depth: int = DEPTH_LIMIT) -> bool:
    """Whether data is nested less than so many levels deep; what copies it later needs several calls each."""
    if not isinstance(value, dict | list):
        return True
    inner = value.values() if isinstance(value, dict) else value
    return depth > 0 and all(_is_flat(item, depth - 1) for item in inner)


def items_in(value: object) -> int:
    """How many values there are in data that may be nested."""
    if not isinstance(value, dict | list):
        return 1
    return 1 + sum(map(items_in, value.values() if isinstance(value, dict) else value))


def is_output(message: dict) -> bool:
    """Whether a notebook with what a sound message shows is valid; true of messages that show nothing."""
    kind = message["msg_type"].removeprefix("update_")
    if kind not in OUTPUTS:
        return True
    try:
        shown = nbformat.v4.output_from_msg({"header": {"msg_type": kind}, "content": message["content"]})
        nbformat.validate(shown, ref=kind, version=4)
    except (nbformat.ValidationError, KeyError, TypeError, ValueError, RecursionError):
        return False
    return True


def join_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """One output for what was printed in a row, however the kernel cut it; of a line that was
    overwritten (``\\r``, as progress bars do) the last state."""
    joined: list[NotebookNode] = []
    for name, group in groupby(outputs, key=lambda output: output.get("name")):
        same = list(group)
        if name is not None:
            same[0].text = "".join(output.text for output in same)
            same = same[:1]
        joined += same
    for output in joined:
        if output.output_type == "stream" and "\r" in output.text:
            lines = output.text.replace("\r\n", "\n").split("\n")
            output.text = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines)
    return joined
