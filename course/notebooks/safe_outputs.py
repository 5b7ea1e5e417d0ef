"""Sanitizer of executed notebooks: what a stranger's code displayed, without anything that runs or loads.

Jupyter runs HTML, SVG, JavaScript and widgets of a notebook that it trusts, and a page that nbconvert made of
one trusts it as a whole. So of a display only its text and its PNG remain, the latter if it is one, of a sane
size, and as long as a browser has memory for all of them; what else it had is named.
"""

import base64
import re

from nbformat import NotebookNode

BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
PNG = b"\x89PNG\r\n\x1a\n"
MOST_PIXELS = 20_000_000  # a file of a few bytes may unfold to gigabytes
MOST_TOGETHER = 200_000_000  # of all pictures of a notebook: 800 MB in a browser


def sanitize(notebook: NotebookNode) -> None:
    """Change the outputs of a notebook in place. Its texts are the course's, and code is only text."""
    left = MOST_TOGETHER
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if "data" in output:
                output.data, pixels = _safe(output.data, left)
                output.metadata = NotebookNode()
                left -= pixels


def _safe(data: dict, left: int) -> tuple[NotebookNode, int]:
    """What stays of a display, and how many of the pixels that are left its picture takes."""
    safe, taken = NotebookNode(), 0
    if isinstance(data.get("text/plain"), str):
        safe["text/plain"] = data["text/plain"]
    png = data.get("image/png")
    pixels = png_pixels(png) if isinstance(png, str) else 0
    if 0 < pixels <= min(MOST_PIXELS, left):
        safe["image/png"], taken = png, pixels
    if data and not safe:
        safe["text/plain"] = f"({', '.join(sorted(map(str, data)))[:200]}: not kept)"
    return safe, taken


def is_safe_png(png: str) -> bool:
    """Whether text is a PNG in base64, and small enough once it is unpacked."""
    return 0 < png_pixels(png) <= MOST_PIXELS


def png_pixels(png: str) -> int:
    """How many pixels a PNG in base64 says that it has; 0 for what is none."""
    packed = png.replace("\n", "")
    if len(packed) % 4 or not BASE64.fullmatch(packed):
        return 0
    head = base64.b64decode(packed[:32])
    wide, high = int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")
    return wide * high if head.startswith(PNG) else 0
