"""Inspection of a net: what it makes of one image, in one channel of one layer, for one class.

The channel's map, the images that excite it most, Grad-CAM in this layer, and the net's first classes. Any
net that makes maps and gives logits will do, with gray or color images.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from course.training.loop import evaluating

from .feature_maps import busiest_channels, feature_maps
from .grad_cam import weighted_maps
from .images import with_channels
from .inside import (
    Layer,
    Normalize,
    check_image,
    check_images,
    check_maps,
    class_scores,
    find_layer,
    layer_outputs,
    normalized,
    watching,
)
from .top_activating import layer_peaks

FIRST = 5  # classes, images and channels that are shown


@dataclass(frozen=True, eq=False)
class Inspection:
    """What an `Inspector` finds.

    Attributes:
        image: (C, H, W), from 0 to 1.
        layer, channel: what was looked at.
        channel_map: (h, w), what the channel makes of the image.
        busiest: channels of the layer that differ most from place to place in this image, the busiest first.
        excitations: numbers of the images that excite the channel most, with its map's largest value.
        excited: these images, (k, C, H, W).
        excited_maps: what the channel makes of them, (k, h, w).
        target: the class of `cam`.
        cam: (h, w), Grad-CAM; None where no gradient of the class reaches the layer.
        classes: the first classes with their probabilities, the likeliest first.
    """

    image: Tensor
    layer: str
    channel: int
    channel_map: Tensor
    busiest: list[int]
    excitations: list[tuple[int, float]]
    excited: Tensor
    excited_maps: Tensor
    target: int
    cam: Tensor | None
    classes: list[tuple[int, float]]


class Inspector:
    """A net with images to look into it: which image excites which channel is measured once, and kept.

    The net computes in evaluation mode and comes back as it was.

    Args:
        model: takes images (N, C, H, W), gives logits (N, classes).
        images: (N, C, H, W) with C = 1 or 3, from 0 to 1.
        layers: names, modules or methods that make maps; by default those that `map_layers` finds.
        normalize: makes of images what the net wants; by default its own method `normalize`, or nothing.

    Attributes:
        layers: {name: (channels, h, w)}, in the order of the net.
        classes: how many.

    Raises:
        TypeError: the images are no tensor of floats.
        ValueError: images of another shape, no layer that makes maps, or the net gives no logits.
    """

    def __init__(
        self,
        model: nn.Module,
        images: Tensor,
        layers: Sequence[Layer] | None = None,
        *,
        normalize: Normalize | None = None,
    ):
        self.model, self.images, self.normalize = model, check_images(with_channels(images)), normalize
        x = normalized(model, self.images[:1], normalize)
        if layers is None:
            self.layers = map_layers(model, x)
            if not self.layers:
                raise ValueError(f"model={type(model).__name__} has no layer that gives maps (N, C, h, w)")
        names = [*self.layers] if layers is None else [find_layer(model, layer) for layer in layers]
        with torch.no_grad():
            logits, outputs = layer_outputs(model, x, names)
        class_scores(model, logits, None)  # raises where these are no logits
        for name, output in zip(names, outputs, strict=True):
            check_maps(name, output)
        self.layers = {name: tuple(output.shape[1:]) for name, output in zip(names, outputs, strict=True)}
        self.classes = logits.shape[1]
        self._peaks = layer_peaks(model, self.images, names, normalize=normalize)
        self._excited: dict[tuple[str, int], Tensor] = {}

    def busiest(self, image: Tensor, layer: str) -> int:
        """The channel of a layer that differs most from place to place in an image (C, H, W)."""
        (maps,) = feature_maps(self.model, image, [layer], normalize=self.normalize).values()
        return busiest_channels(maps, 1)[0]

    @torch.no_grad()
    def inspect(self, image: Tensor, layer: str, channel: int, target: int | None = None) -> Inspection:
        """Look at one channel for one image.

        Args:
            image: (C, H, W), from 0 to 1.
            layer: one of `layers`.
            channel: of this layer.
            target: the class for Grad-CAM; by default the net's first.

        Raises:
            TypeError, ValueError: as above; no such layer, channel or class.
        """
        if layer not in self.layers:
            raise ValueError(f"layer={layer!r} must be one of {', '.join(self.layers)}")
        channels = self.layers[layer][0]
        if isinstance(channel, bool) or not isinstance(channel, int) or not 0 <= channel < channels:
            raise ValueError(f"channel={channel!r} must lie from 0 to {channels - 1}, those of {layer!r}")
        with torch.enable_grad():
            x = normalized(self.model, check_image(image).requires_grad_(), self.normalize)
            logits, (maps,) = layer_outputs(self.model, x, [layer])
            scores, target = class_scores(self.model, logits, target)
            try:
                cam = weighted_maps(scores, maps, layer).relu().cpu()
            except ValueError:  # no gradient reaches this layer; the rest can be shown all the same
                cam = None
        numbers = self._most_excited(layer, channel)
        likeliest = logits[0].softmax(0).topk(min(FIRST, self.classes))
        return Inspection(
            image.detach().cpu(),
            layer,
            channel,
            maps[0, channel].detach().cpu(),
            busiest_channels(maps[0].detach(), FIRST),
            [(number, self._peaks[layer].values[number, channel].item()) for number in numbers],
            self.images[numbers],
            self._maps_of(layer, channel, numbers),
            target,
            cam,
            list(zip(likeliest.indices.tolist(), likeliest.values.tolist(), strict=True)),
        )

    def _most_excited(self, layer: str, channel: int) -> list[int]:
        """Numbers of images by their largest value; of equal ones, as after a ReLU6, by the mean."""
        values, _, means = (part[:, channel].tolist() for part in self._peaks[layer])
        order = sorted(range(len(values)), key=lambda number: (values[number], means[number]), reverse=True)
        return order[:FIRST]

    def _maps_of(self, layer: str, channel: int, numbers: list[int]) -> Tensor:
        """What a channel makes of some of the images, (k, h, w); computed once."""
        if (layer, channel) not in self._excited:
            x = normalized(self.model, self.images[numbers], self.normalize)
            _, (maps,) = layer_outputs(self.model, x, [layer])
            self._excited[layer, channel] = maps[:, channel].cpu()
        return self._excited[layer, channel]


def map_layers(model: nn.Module, x: Tensor) -> dict[str, tuple[int, int, int]]:
    """Layers that put out maps of more than one place, in the order of the net: {name: (C, h, w)}.

    Deep names are left out where there are three others at least: a block stands for what is in it. So does
    the last layer of an nn.Sequential for the whole.

    Args:
        model: is not changed.
        x: one image as the net wants it, (1, C, H, W).
    """
    with torch.no_grad(), evaluating(model), ExitStack() as stack:
        watched = {name: stack.enter_context(watching(model, name)) for name in _candidates(model)}
        model(x)
    shapes = {}
    for name, seen in watched.items():
        output = seen[-1] if seen else None
        if isinstance(output, Tensor) and output.dim() == 4 and output.shape[2:].numel() > 1:
            shapes[name] = tuple(output.shape[1:])
    upper = {name: shape for name, shape in shapes.items() if name.count(".") < 2}
    return upper if len(upper) >= 3 else shapes


def _candidates(model: nn.Module) -> Iterator[str]:
    """Modules that are no mere sequence and make no weights; the method `features`, which ends the maps."""
    for name, module in model.named_modules():
        if name and not isinstance(module, nn.Sequential) and "parametrizations" not in name.split("."):
            yield name
    if callable(getattr(type(model), "features", None)):
        yield "features"
