"""The part of the book that runs inside Sphinx: notebooks become pages, pictures get words and sizes."""

import re
from pathlib import Path

from .markup import finished
from .pages import described_pictures, names_of, page, resolve_links

COLUMNS = re.compile(r"\S {2,}\S.*\n.*\S {2,}\S")  # numbers or words below each other
FOLDERS = ("lectures", "solutions", "exercises")
# Tables, columns and formulas wider than a page scroll in their own box: the keyboard must reach it, too.
REACHABLE = """addEventListener("load", async () => {
  await window.MathJax?.startup?.promise;
  document.querySelectorAll(".bd-article :is(table, pre, mjx-container)").forEach(
    (box) => { if (box.scrollWidth > box.clientWidth && box.clientWidth) box.tabIndex = 0; });
});"""


def setup(app) -> dict:
    """Called by Sphinx."""
    app.add_config_value("left_out", [], "env", list)
    app.add_config_value("elsewhere", "", "env", str)
    app.connect("source-read", read_source)
    app.connect("doctree-read", describe_pictures)
    app.connect("doctree-read", mark_columns)
    app.connect("html-page-context", finish_page)
    app.add_js_file(None, body=REACHABLE)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def read_source(app, name: str, source: list[str]) -> None:
    """Hand Sphinx the page instead of the notebook, without links to notebooks that the book leaves out."""
    path = Path(app.env.doc2path(name))
    if path.suffix == ".ipynb":
        folder, stem = names_of(path)
        root = path.parents[1]
        also = {other for other in FOLDERS if (root / other / path.name).is_file()} - {folder}
        source[0] = page(folder, stem, source[0], also)
    source[0] = resolve_links(source[0], path.parent.name, app.config.left_out, app.config.elsewhere)


def finish_page(app, name: str, template: str, context: dict, tree) -> None:
    """Give the page's HTML its last touches."""
    if "body" in context:
        context["body"] = finished(context["body"])


def heading_address(text: str) -> str:
    """A heading's address as JupyterLab and nbconvert make it, so that links work here and there."""
    return text.strip().replace(" ", "-")


def describe_pictures(app, tree) -> None:
    """Give every picture of a notebook the text and the width that are stored beside it."""
    from docutils import nodes

    path = Path(app.env.doc2path(app.env.current_document.docname))
    if path.suffix == ".ipynb":
        pictures = described_pictures(path.read_text("utf-8"))
        for image in tree.findall(nodes.image):
            metadata = pictures.get(Path(image["uri"]).stem, {})
            if "alt" in metadata:
                image["alt"] = metadata["alt"]
            if "width" in metadata:  # a picture has more pixels than that, to be sharp; no link to its file
                image["width"] = f"{metadata['width']}px"
                image["classes"].append("no-scaled-link")


def mark_columns(app, tree) -> None:
    """Mark printed text that stands in columns: its lines must not be broken, on a phone either."""
    from docutils import nodes

    for text in tree.findall(nodes.literal_block):
        if COLUMNS.search(text.astext()):
            text["classes"].append("aligned")
