"""What a stranger's code displayed is safe to open: as a page of nbconvert, nothing of it runs or loads."""

import base64
import struct
import zlib

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from course.notebooks.safe_outputs import MOST_PIXELS, MOST_TOGETHER, is_safe_png, sanitize

SCRIPT = "<script>alert(1)</script><img src='https://example.org/x.png' onerror=alert(2)>"
HOSTILE = {
    "text/html": SCRIPT,
    "image/svg+xml": f"<svg onload='alert(3)'>{SCRIPT}</svg>",
    "application/javascript": "alert(4)",
    "text/markdown": SCRIPT,
    "text/latex": r"\href{javascript:alert(5)}{x}",
    "image/jpeg": f'"/>{SCRIPT}',
    "application/vnd.jupyter.widget-view+json": {"model_id": "x"},
}


def png(wide=2, high=2):
    """A PNG of these sizes, as Jupyter sends it; of a large one the head is enough."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", wide, high, 8, 0, 0, 0, 0))
    rows = chunk(b"IDAT", zlib.compress(bytes((min(wide, 9) + 1) * min(high, 9))))
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + head + rows + chunk(b"IEND", b"")).decode() + "\n"


def notebook(data, metadata=None):
    shown = new_output("display_data", data, metadata=metadata or {})
    return new_notebook(cells=[new_code_cell("x", outputs=[shown])])


@pytest.mark.parametrize("kind", HOSTILE)
def test_nbconvert_makes_a_harmless_page(kind):
    """The page that nbconvert makes holds no script of the notebook, and the text beside it is kept."""
    nbconvert = pytest.importorskip("nbconvert")
    made = notebook({kind: HOSTILE[kind], "text/plain": "the text"}, {kind: {"width": '"><script>alert(6)'}})
    sanitize(made)
    page, _ = nbconvert.HTMLExporter(template_name="basic").from_notebook_node(made)
    assert "the text" in page and "alert(" not in page and "example.org" not in page


def test_pictures_stay_and_what_else_there_was_is_named():
    """A PNG is what most figures are; a display without one or text says what it was."""
    made = notebook({"image/png": png(), "text/html": SCRIPT})
    sanitize(made)
    assert made.cells[0].outputs[0].data == {"image/png": png()}
    made = notebook({"image/svg+xml": "<svg/>", "text/html": SCRIPT})
    sanitize(made)
    assert made.cells[0].outputs[0].data == {"text/plain": "(image/svg+xml, text/html: not kept)"}


def test_pngs_are_pngs_of_a_sane_size():
    """Neither markup nor a bomb, which a browser would unfold, passes for a picture."""
    assert is_safe_png(png()) and is_safe_png(png(4000, 5000))
    assert not is_safe_png(png(MOST_PIXELS, 2)) and not is_safe_png(png(0, 5))
    assert not is_safe_png('"><script>alert(1)</script>') and not is_safe_png("")
    assert not is_safe_png(base64.b64encode(b"GIF89a" + bytes(30)).decode())


def test_many_large_pictures_are_too_many():
    """Each of a sane size, some tens of bytes: a page of hundreds would take all memory of a browser."""
    large = [new_output("display_data", {"image/png": png(4000, 5000)}) for _ in range(300)]
    made = new_notebook(cells=[new_code_cell("x", outputs=[output]) for output in large])
    sanitize(made)
    kept = [cell.outputs[0].data for cell in made.cells]
    assert sum("image/png" in data for data in kept) == MOST_TOGETHER // (4000 * 5000)
    assert kept[-1] == {"text/plain": "(image/png: not kept)"}
