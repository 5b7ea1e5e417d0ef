"""Pages of nbconvert's default template carry the alternative texts that a notebook stores."""

import json
from pathlib import Path

import pytest
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_notebook, new_output
from traitlets.config import Config

SETTINGS = Path(__file__).parents[2] / "course" / "lab" / "extension" / "jupyter_config.json"
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAGLKpsgAAAABJRU5ErkJggg=="


def page(metadata):
    """The page of a notebook with one picture, as nbconvert makes it with our settings."""
    data = {"image/png": PIXEL, "text/plain": "words"}
    output = new_output("display_data", data=data, metadata=metadata)
    notebook = new_notebook(cells=[new_code_cell("draw()", outputs=[output])])
    exporter = HTMLExporter(config=Config(json.loads(SETTINGS.read_text("utf-8"))))
    html, _ = exporter.from_notebook_node(notebook)
    assert "image/png" in output.data, "the notebook itself stays as it is"
    return html


def test_a_page_has_the_words_of_its_pictures():
    """Text and width arrive, with what HTML would misread made harmless."""
    html = page({"image/png": {"alt": 'Two "lines" <meet>', "width": 630}})
    assert 'alt="Two &quot;lines&quot; &lt;meet&gt;"' in html or "alt='Two \"lines\" &lt;meet&gt;'" in html
    assert 'width="630"' in html and PIXEL in html
    assert "No description has been provided" not in html


@pytest.mark.parametrize("metadata", [{}, {"image/png": {"width": 630}}])
def test_other_pictures_stay_as_they_are(metadata):
    """Without a text of its own a picture is what the template makes of it."""
    html = page(metadata)
    assert PIXEL in html and "No description has been provided" in html
