"""A small book of two sessions, built for real, and a server in front of it."""

import base64
import functools
import http.server
import json
import shutil
import threading
from importlib.util import find_spec
from io import BytesIO

import pytest
from nbformat.v4 import new_code_cell, new_output
from PIL import Image

from course.book.site import NEEDED, build_book
from course.notebooks.workbook import FOLDERS, Workbook, find_workbook

SESSIONS = ["04_backpropagation", "06_optimizers"]
LINKS = "[4](../lectures/04_backpropagation.ipynb), [9](../lectures/09_dropout.ipynb)"
NOTES = f"# Notes\n\n| session |\n|---|\n| {LINKS} |\n\nSee [the licence](../LICENSE).\n"
SAID = "A red field that turns blue."


def moving_picture():
    """An animated PNG of two frames, 1260 pixels wide."""
    red, blue = (Image.new("RGB", (1260, 400), color) for color in ("red", "blue"))
    buffer = BytesIO()
    red.save(buffer, "PNG", save_all=True, append_images=[blue], duration=500, loop=0)
    return buffer.getvalue()


def claim_and_motion():
    """Cells that check a claim, print columns, and show a picture that moves, as lectures have them."""
    claim = new_code_cell("assert 1 + 1 == 2  # how it is checked", metadata={"tags": ["claim"]})
    claim.outputs = [new_output("stream", text="✓ one and one are two\n")]
    shown = {
        "image/png": base64.b64encode(moving_picture()).decode(),
        "text/plain": SAID,
    }
    said = {"image/png": {"alt": SAID, "width": 630, "height": 200}}
    columns = new_code_cell("columns", outputs=[new_output("stream", text=" 1    2\n30   40\n")])
    motion = new_code_cell("motion", outputs=[new_output("display_data", data=shown, metadata=said)])
    return [claim, columns, motion]


@pytest.fixture(scope="session")
def copy(tmp_path_factory):
    """The real workbook; one lecture also has a claim and a moving picture."""
    root, real = tmp_path_factory.mktemp("workbook"), find_workbook()
    for folder in (*FOLDERS, "docs"):
        shutil.copytree(real.root / folder, root / folder, ignore=shutil.ignore_patterns(".*"))
    shutil.copy(real.root / "README.md", root)
    (root / "docs" / "notes.md").write_text(NOTES, "utf-8")
    lecture = root / "lectures" / "04_backpropagation.ipynb"
    notebook = json.loads(lecture.read_text("utf-8"))
    notebook["cells"] += claim_and_motion()
    lecture.write_text(json.dumps(notebook), "utf-8")
    return Workbook(root)


@pytest.fixture(scope="session")
def site(copy, tmp_path_factory):
    """A book of two sessions."""
    out = tmp_path_factory.mktemp("book")
    if any(find_spec(name) is None for name in NEEDED):
        pytest.skip("the extra `book` is not installed")
    assert build_book(copy, out, SESSIONS, "https://github.com/OWNER/NAME", "spring") == []
    return out / "site"


@pytest.fixture(scope="session")
def served(site):
    """The book's address on this machine, as a reader has it: search needs a server."""
    handler = functools.partial(QuietHandler, directory=site)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder, and writes no log."""

    def log_message(self, *args):
        """Nothing."""
