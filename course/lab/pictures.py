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
            metadata = output.get("metadata", {}).get("image/png", {})
            if metadata.get("alt") and "image/png" in output.get("data", {}):
                png = output.data.pop("image/png")
                output.data["text/html"] = image(png, metadata)
        return cell, resources


def image(png: str, metadata: dict) -> str:
    """An image of HTML.

    Args:
        png: the picture in base 64.
        metadata: alt, and perhaps the width in pixels.
    """
    width = f' width="{int(metadata["width"])}"' if "width" in metadata else ""
    style = "max-width: 100%; height: auto; background: white"
    return (
        f'<img alt="{escape(metadata["alt"])}"{width} style="{style}" '
        f'src="data:image/png;base64,{png.strip()}">'
    )
