"""Sanitizer of executed notebooks: what a stranger's code displayed, without anything that runs or loads.

Jupyter runs HTML, SVG, JavaScript and widgets of a notebook that it trusts, and a page that nbconvert made of
one trusts it as a whole. So of a display only its text and its PNG remain, the latter if it is one, of a sane
size; what else it had is named.
"""

import base64
import re

from nbformat import NotebookNode

BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
PNG = b"\x89PNG\r\n\x1a\n"
MOST_PIXELS = 20_000_000  # a file of a few bytes may unfold to gigabytes


def sanitize(notebook: NotebookNode) -> None:
    """Change the outputs of a notebook in place. Its texts are the course's, and code is only text."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if "data" in output:
                output.data, output.metadata = _safe(output.data), NotebookNode()


def _safe(data: dict) -> NotebookNode:
    safe = NotebookNode()
    if isinstance(data.get("text/plain"), str):
        safe["text/plain"] = data["text/plain"]
    png = data.get("image/png")
    if isinstance(png, str) and is_safe_png(png):
        safe["image/png"] = png
    if data and not safe:
        safe["text/plain"] = f"({', '.join(sorted(map(str, data)))[:200]}: not kept)"
    return safe


def is_safe_png(png: str) -> bool:
    """Whether text is a PNG in base64, and small enough once it is unpacked."""
    packed = png.replace("\n", "")
    if len(packed) % 4 or not BASE64.fullmatch(packed):
        return False
    head = base64.b64decode(packed[:32])
    wide, high = int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")
    return head.startswith(PNG) and 0 < wide * high <= MOST_PIXELS
