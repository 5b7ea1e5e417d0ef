"""Picture of an inspection: an image, a map, Grad-CAM, the first classes, and what excites the channel."""

from collections.abc import Sequence

from torch import Tensor

from .image_neighbors import shortened
from .images import unit_range, with_channels
from .inspection import FIRST, Inspection
from .overlays import overlay
from .style import COLORS, DPI, SIGNED_MAP, WIDTH, Picture, bare, styled, tint

HEIGHT, TOP, SIDE, GAP = 3.88, 0.22, 1.62, 0.1
"""Inches: the picture, above the squares of the upper row, each of these, between two."""


@styled
def plot_inspection(
    inspection: Inspection,
    class_names: Sequence[str] | None = None,
    image_names: Sequence[str] | None = None,
    title: str = "the image",
) -> Picture:
    """Draw an image, a channel's map, Grad-CAM and the first classes; below, what excites the channel most.

    Args:
        inspection: as `Inspector.inspect` gives it.
        class_names: by default numbers.
        image_names: of the inspector's images, for those that excite the channel.
        title: above the image.
    """
    one, channel = inspection, f"channel {inspection.channel}"

    def called(number: int) -> str:
        return class_names[number] if class_names is not None else f"class {number}"

    figure = Picture(figsize=(WIDTH, HEIGHT), dpi=DPI)
    row = [_axes(figure, left, TOP, SIDE) for left in (0.05, 0.05 + SIDE + GAP, 0.05 + 2 * (SIDE + GAP))]
    shown, mapped, cam = row
    _show(shown, one.image)
    shown.set_title(shortened(title, 24), fontsize=9)
    most = max(float(one.channel_map.abs().max()), 1e-9)
    mapped.imshow(one.channel_map.float().numpy(), cmap=SIGNED_MAP, vmin=-most, vmax=most)
    layer = one.layer if len(one.layer) <= 15 else "…" + one.layer[-14:]
    mapped.set_title(f"{channel} of {layer}", fontsize=9)
    _show(cam, one.image if one.cam is None else overlay(_enlarged(one.image), one.cam))
    cam.set_title(f"Grad-CAM: {shortened(called(one.target), 17)}", fontsize=9)
    if one.cam is None or not one.cam.any():
        why = "no gradient comes here" if one.cam is None else "nothing here speaks for it"
        cam.set_xlabel(why, fontsize=8, labelpad=-14, backgroundcolor="white")
    _draw_chances(
        _axes(figure, 0.1 + 3 * (SIDE + GAP), TOP, WIDTH - 0.2 - 3 * (SIDE + GAP), SIDE),
        [(called(number), share) for number, share in one.classes],
    )
    _draw_excitations(figure, one, image_names)
    likely = ", ".join(f"{called(number)} {share:.1%}" for number, share in one.classes)
    exciting = ", ".join(_image_name(number, image_names) for number, _ in one.excitations)
    figure.many_colors = True
    figure.alt = (
        f"{title}: the net's first classes are {likely}. {channel.capitalize()} of {one.layer} goes from "
        f"{one.channel_map.min():.3g} to {one.channel_map.max():.3g}; busiest are channels "
        f"{', '.join(map(str, one.busiest))}. {channel.capitalize()} is excited most by {exciting}. "
        f"Grad-CAM for {called(one.target)}."
    )
    return figure


def _axes(figure: Picture, left: float, top: float, width: float, height: float | None = None):
    """Bare axes, square unless a height is given, in inches from the picture's upper left corner."""
    height = width if height is None else height
    place = (left / WIDTH, 1 - (top + height) / HEIGHT, width / WIDTH, height / HEIGHT)
    axes = figure.add_axes(place)
    bare(axes)
    return axes


def _enlarged(image: Tensor, least: int = 200) -> Tensor:
    """Each pixel as a block of equal ones, so that a line on a small image is thinner than a pixel."""
    block = -(-least // max(image.shape[1:]))
    return image.repeat_interleave(block, dim=1).repeat_interleave(block, dim=2)


def _show(axes, image: Tensor) -> None:
    pixels = unit_range(with_channels(image[None]))[0].expand(3, -1, -1)
    axes.imshow(pixels.permute(1, 2, 0).numpy(), vmin=0, vmax=1)


def _image_name(number: int, names: Sequence[str] | None) -> str:
    return names[number] if names is not None else f"image {number}"


def _draw_chances(axes, classes: Sequence[tuple[str, float]]) -> None:
    """Bars with the name of the class above each, so that a long name has room."""
    rows = range(len(classes))
    colors = [COLORS[0], *[tint(COLORS[0], 0.55)] * (len(classes) - 1)]
    axes.barh(rows, [share for _, share in classes], height=0.34, color=colors)
    for row, (name, share) in zip(rows, classes, strict=True):
        axes.text(0, row - 0.25, shortened(name, 19), fontsize=8, va="bottom")
        axes.text(1, row - 0.25, f"{share:.1%}", fontsize=8, va="bottom", ha="right")
    axes.set(xlim=(0, 1), ylim=(FIRST - 0.75, -0.85))
    axes.set_title("the first classes", fontsize=9)


def _draw_excitations(figure: Picture, one: Inspection, names: Sequence[str] | None) -> None:
    """The images that excite the channel most, in a row, each with a line at half of the map's peak."""
    top, side = TOP + SIDE, (WIDTH - 0.1 - (FIRST - 1) * GAP) / FIRST

    def line(left: float, below: float, text: str, **looks) -> None:
        figure.text(left / WIDTH, 1 - (top + below) / HEIGHT, text, va="top", **looks)

    numbers = ", ".join(map(str, one.busiest))
    line(0.05, 0.07, "map: purple above 0, orange below; line: half of its peak", fontsize=8)
    line(WIDTH - 0.08, 0.07, f"busiest channels in this image: {numbers}", fontsize=8, ha="right")
    line(0.05, 0.29, f"Channel {one.channel} is excited most by", fontsize=9)
    for place, (number, value) in enumerate(one.excitations):
        panel = _axes(figure, 0.05 + place * (side + GAP), HEIGHT - side - 0.04, side)
        _show(panel, overlay(_enlarged(one.excited[place]), one.excited_maps[place]))
        panel.set_title(f"{shortened(_image_name(number, names), 15)}, {value:.3g}", fontsize=7.5, pad=3)
