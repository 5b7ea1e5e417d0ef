"""Explorer: a look inside any net, at its channels and classes, with images of a set or one's own."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import torch
from ipywidgets import Dropdown, HBox, IntSlider, Layout, ValueWidget, VBox, Widget
from ipywidgets.widgets.widget_description import DescriptionWidget
from torch import Tensor, nn

from course.data import read_photographs
from course.data.photographs import read_table
from course.models import get_model
from course.models.published import imagenet_classes
from course.visualize.inside import Layer, Normalize
from course.visualize.inspection import Inspector
from course.visualize.inspection_picture import plot_inspection
from course.visualize.style import Picture

from .explorer import Explorer
from .image_chooser import ChosenImage, ImageChooser

FIRST_CLASS = -1


def draw_inside(
    inspector: Inspector,
    unit: tuple[str, int],
    image: ChosenImage,
    target: int = FIRST_CLASS,
    class_names: Sequence[str] | None = None,
    image_names: Sequence[str] | None = None,
) -> Picture:
    """One channel of one layer, Grad-CAM there, and the first classes of an image.

    Args:
        inspector: the net with its images.
        unit: layer and channel.
        image: with its name.
        target: the class for Grad-CAM; -1 is the net's first.
        class_names, image_names: by default numbers.
    """
    inspection = inspector.inspect(image.image, *unit, None if target == FIRST_CLASS else target)
    return plot_inspection(inspection, class_names, image_names, image.name)


class UnitChooser(VBox, DescriptionWidget, ValueWidget):
    """A list of layers, and a slider for the channels of the layer that is chosen.

    Args:
        layers: {name: (channels, h, w)}.
        layer: the one to begin with.
        busiest: gives the channel to begin with in a layer.

    Attributes:
        value: layer and channel; it changes once, also where a new layer changes both.
        layer: the list.
        channel: the slider.
    """

    def __init__(self, layers: Mapping[str, tuple[int, int, int]], layer: str, busiest: Callable[[str], int]):
        options = [(f"{name}: {' × '.join(map(str, shape))}", name) for name, shape in layers.items()]
        self._layers, self._busiest = layers, busiest
        first = busiest(layer)
        self.layer = Dropdown(options=options, value=layer, description="layer")
        self.channel = IntSlider(first, min=0, max=layers[layer][0] - 1, description="channel")
        for field in (self.layer, self.channel):
            field.style.description_width, field.layout.width = "7em", "auto"
        super().__init__([self.layer, self.channel], value=(layer, first))
        self._filling = False
        self.layer.observe(self._layer_chosen, names="value")
        self.channel.observe(self._channel_chosen, names="value")

    def _layer_chosen(self, change: dict) -> None:
        self._filling = True
        try:
            self.channel.max = self._layers[self.layer.value][0] - 1
            self.channel.value = self._busiest(self.layer.value)
        finally:
            self._filling = False
        self.value = (self.layer.value, self.channel.value)

    def _channel_chosen(self, change: dict) -> None:
        if not self._filling:
            self.value = (self.layer.value, self.channel.value)


class InsideExplorer(Explorer):
    """An Explorer with two columns of controls: what of the net, and which image.

    Attributes:
        inspector: what it asks; a program can ask it, too.
    """

    def __init__(self, inspector: Inspector, draw: Callable[..., Picture], **controls: ValueWidget):
        super().__init__(partial(draw, inspector), **controls)
        self.inspector = inspector

    def box(self) -> Widget:
        """Layer, channel and class beside the image."""
        for control in self.controls.values():
            control.layout.width = "25em"
        self.controls["target"].style.description_width = "7em"
        left = VBox([self.controls["unit"], self.controls["target"]])
        return HBox([left, self.controls["image"]], layout=Layout(flex_flow="row wrap"))


def inside_explorer(
    model: nn.Module | None = None,
    images: Tensor | None = None,
    *,
    image_names: Sequence[str] | None = None,
    class_names: Sequence[str] | None = None,
    layers: Sequence[Layer] | None = None,
    normalize: Normalize | None = None,
    number: int = 0,
) -> InsideExplorer:
    """A look inside a net, with controls for layer, channel, class, and an image of the set or one's own.

    One's own image is a photograph that is uploaded, or a drawing. The net sees every image once before the
    picture stands, a hundred photographs in about five seconds; it is given back as it was.

    Args:
        model: takes images (N, C, H, W), gives logits; by default EfficientNet-Lite0 with ImageNet's weights.
        images: (N, C, H, W) with C = 1 or 3, from 0 to 1; by default the course's photographs, 224 × 224.
        image_names: by default numbers, and what the course's photographs show.
        class_names: by default numbers, and ImageNet's names for a net with 1,000 classes.
        layers: what can be chosen; by default as `course.visualize.map_layers` finds it.
        normalize: makes of images what the net wants; by default its own method `normalize`, or nothing.
        number: of the image to begin with.

    Raises:
        TypeError, ValueError: as `course.visualize.Inspector`; another number of names, no such image.
        DataError: the weights or the photographs are not installed.
    """
    if model is None:
        with torch.random.fork_rng(devices=[]):  # the first weights are drawn, and then replaced
            model = get_model("efficientnet_lite0", pretrained=True)
    if images is None:
        images = torch.from_numpy(read_photographs(224)).float() / 255
        image_names = [row["name"] for row in read_table()] if image_names is None else image_names
    inspector = Inspector(model, images, layers, normalize=normalize)
    count, classes = len(inspector.images), inspector.classes
    image_names = _checked("image_names", image_names, count, "image")
    if class_names is None and classes == 1000:
        class_names = imagenet_classes()
    named = class_names is not None
    class_names = _checked("class_names", class_names, classes, "class")
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < count:
        raise ValueError(f"number={number!r} must be an image from 0 to {count - 1}")
    order = sorted(range(classes), key=lambda c: class_names[c].lower()) if named else range(classes)
    targets = [("the net's first", FIRST_CLASS), *[(f"{class_names[c]} ({c})", c) for c in order]]
    chooser = ImageChooser(inspector.images, image_names, number)
    return InsideExplorer(
        inspector,
        partial(draw_inside, class_names=class_names, image_names=image_names),
        unit=UnitChooser(
            inspector.layers,
            [*inspector.layers][-1],
            lambda layer: inspector.busiest(chooser.value.image, layer),
        ),
        image=chooser,
        target=Dropdown(options=targets, value=FIRST_CLASS, description="Grad-CAM for"),
    )


def _checked(argument: str, names: Sequence[str] | None, count: int, kind: str) -> list[str]:
    """So many names; by default numbers."""
    if names is None:
        return [f"{kind} {number}" for number in range(count)]
    if len(names) != count:
        raise ValueError(f"{argument} has {len(names)} entries; it must have {count}")
    return [str(name) for name in names]
