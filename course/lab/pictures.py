"""Alternative texts in the pages that nbconvert makes: its default template leaves them out.

Registered by `extension/jupyter_config.json`, which is installed where all of Jupyter looks for settings: for
`jupyter nbconvert`, and for JupyterLab's own export.
"""

from html import escape

from nbconvert.preprocessors import Preprocessor


class AlternativeTexts(Preprocessor):
    """Make of every stored picture that has an alternative text an image of HTML, which carries it."""

    def preprocess_cell(self, cell, resources, index):
        """The cell as the page shall show it; the notebook's file stays as it is."""
        for output in cell.get("outputs", []):
            said = output.get("metadata", {}).get("image/png", {})
            if said.get("alt") and "image/png" in output.get("data", {}):
                png = output.data.pop("image/png")
                output.data["text/html"] = image(png, said)
        return cell, resources


def image(png: str, said: dict) -> str:
    """An image of HTML.

    Args:
        png: the picture in base 64.
        said: its metadata: alt, and perhaps the width in pixels.
    """
    width = f' width="{int(said["width"])}"' if "width" in said else ""
    style = "max-width: 100%; height: auto; background: white"
    return (
        f'<img alt="{escape(said["alt"])}"{width} style="{style}" src="data:image/png;base64,{png.strip()}">'
    )
