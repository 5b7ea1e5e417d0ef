"""Image chooser control: one of a set, a photograph from one's own disk, or a drawing."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import torch
from ipywidgets import HTML, Dropdown, FileUpload, Layout, ValueWidget, VBox
from ipywidgets.widgets.widget_description import DescriptionWidget
from PIL import Image
from torch import Tensor

from course.data import read_picture
from course.data.drawings import SIDE, center_digit, rasterize
from course.data.pictures import FORMATS, MAX_BYTES
from course.errors import DataError

from .stroke_pad import StrokePad, Strokes

SET, OWN_FILE, DRAWING = "the set", "your photograph", "your drawing"


@dataclass(frozen=True, eq=False)
class ChosenImage:
    """An image with its name: (C, H, W), from 0 to 1."""

    image: Tensor
    name: str


class ImageChooser(VBox, DescriptionWidget, ValueWidget):
    """A list of where the image comes from, and below it what is needed to choose, upload or draw it.

    Args:
        images: (N, C, H, W), from 0 to 1; photographs and drawings get their form.
        names: of the images.
        number: of the image to begin with.

    Attributes:
        value: the ChosenImage; it stays where a file cannot be read.
        source: the list.
        images: the list of the set's images.
        upload: the button for a file; it is emptied when the file has been read.
        pad: the board.
        trouble: one line about a file that cannot be read.
    """

    def __init__(self, images: Tensor, names: Sequence[str], number: int = 0):
        self._images, self._names, self._photograph = images, names, None
        self.source = Dropdown(options=[SET, OWN_FILE, DRAWING], description="image from")
        self.images = Dropdown(options=[*zip(names, range(len(names)), strict=True)], value=number)
        self.images.description = "image"
        for field in (self.source, self.images):
            field.style.description_width, field.layout.width = "7em", "auto"
        accepted = ",".join(f"image/{name.lower()}" for name in FORMATS)
        self.upload = FileUpload(accept=accepted, description="choose a photograph")
        self.upload.layout = Layout(width="auto", margin="2px 2px 2px 7.5em")
        self.upload.tooltip = f"{', '.join(FORMATS)}, at most {MAX_BYTES / 1e6:.0f} MB"
        self.pad = StrokePad()
        self.trouble = HTML(layout=Layout(margin="0 0 0 7.5em"))
        first = ChosenImage(images[number], names[number])
        super().__init__([self.source, self.images, self.upload, self.pad, self.trouble], value=first)
        self.source.observe(self._choose, names="value")
        self.images.observe(self._choose, names="value")
        self.pad.observe(self._choose, names="value")
        self.upload.observe(self._read_file, names="value")
        self._show_fields()

    def _show_fields(self) -> None:
        """Only what belongs to the source is seen, and reached by keys."""
        fields = {SET: self.images, OWN_FILE: self.upload, DRAWING: self.pad}
        for source, field in fields.items():
            field.layout.display = None if source == self.source.value else "none"

    def _choose(self, change: dict) -> None:
        self._show_fields()
        self._say("")
        source = self.source.value
        if source == SET:
            number = self.images.value
            self.value = ChosenImage(self._images[number], self._names[number])
        elif source == DRAWING:
            self.value = ChosenImage(drawn_image(self.pad.value, self._images[0].shape), "your drawing")
        elif self._photograph is not None:
            self.value = self._photograph

    def _read_file(self, change: dict) -> None:
        if not change["new"]:
            return
        file = change["new"][0]
        channels, *size = self._images[0].shape
        try:
            image = read_picture(bytes(file["content"]), tuple(size), gray=channels == 1, name=file["name"])
        except DataError as error:
            self._say(str(error))
        else:
            self._say("")
            self.value = self._photograph = ChosenImage(image, file["name"])
        self.upload.value = ()  # so that the kernel does not keep it, and the same file can be chosen again

    def _say(self, trouble: str) -> None:
        alert = f'<div role="alert" style="line-height: 1.3">{escape(trouble)}</div>'
        self.trouble.value = alert if trouble else ""


def drawn_image(strokes: Strokes, shape: tuple[int, int, int]) -> Tensor:
    """A drawing on the board as an image (C, H, W), from 0 to 1.

    For digits, (1, 28, 28), as `center_digit` makes them: white on black; else black on white.
    """
    channels, height, width = shape
    ink = rasterize(strokes)
    if tuple(shape) == (1, SIDE, SIDE):
        return torch.from_numpy(center_digit(ink))[None]
    small = Image.fromarray(ink).resize((width, height), Image.Resampling.BOX)
    return (1 - torch.from_numpy(np.array(small)).clamp(0, 1)).expand(channels, -1, -1)
