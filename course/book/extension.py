"""The part of the book that runs inside Sphinx: notebooks become pages, pictures get words and sizes."""

from pathlib import Path

from .pages import described_pictures, names_of, page, resolve_links

FOLDERS = ("lectures", "solutions", "exercises")


def setup(app) -> dict:
    """Called by Sphinx."""
    app.add_config_value("left_out", [], "env", list)
    app.add_config_value("elsewhere", "", "env", str)
    app.connect("source-read", read_source)
    app.connect("doctree-read", describe_pictures)
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
            said = pictures.get(Path(image["uri"]).stem, {})
            if "alt" in said:
                image["alt"] = said["alt"]
            if "width" in said:  # a picture has more pixels than that, to be sharp; no link to its file
                image["width"] = f"{said['width']}px"
                image["classes"].append("no-scaled-link")
