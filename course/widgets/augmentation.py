"""Explorer: the six changes of an image, each with a slider, and where in the original its pixels are."""

from functools import partial

import numpy as np
import torch
from ipywidgets import Checkbox, FloatSlider, IntSlider
from torch import Tensor

from course.transforms import Compose, GaussianNoise, RandomAffine, RandomCrop, RandomHorizontalFlip
from course.visualize.style import COLORS, Picture, bare, picture, styled

from .explorer import Explorer

MARGIN = 0.2  # how much is shown around the original, as a share of its width and height


@styled
def draw_augmentation(
    image: Tensor,
    angle: float = 15.0,
    scale: float = 1.0,
    right: float = 0.0,
    down: float = 0.0,
    crop: float = 1.0,
    place: float = 0.5,
    flip: bool = False,
    noise: float = 0.0,
) -> Picture:
    """An image before and after: turned, scaled and shifted, then cropped, mirrored, and made noisy.

    Args:
        image: (3, H, W) or (1, H, W), from 0 to 1.
        angle: clockwise, in degrees.
        scale: above 1 is larger.
        right, down: shift, as a share of width and height; rounded to whole pixels.
        crop: sides of the window as a share of the image's.
        place: of the window, from 0 (upper left) to 1 (lower right).
        flip: whether the image is mirrored, left to right.
        noise: standard deviation, as a share of full white.

    Raises:
        ValueError: if the image has another shape, or a share of crop or place is outside its range.
    """
    if image.dim() != 3 or image.shape[0] not in (1, 3):
        raise ValueError(f"image has shape {tuple(image.shape)}; it must be (3, H, W) or (1, H, W)")
    if not 0 < crop <= 1 or not 0 <= place <= 1:
        raise ValueError(f"crop={crop} must be above 0 and at most 1, and place={place} from 0 to 1")
    transforms, params = _fixed(image.shape, angle, scale, right, down, crop, place, flip)
    size = transforms.output_size(*image.shape[-2:])
    normal = torch.randn(1, len(image), *size, generator=torch.Generator().manual_seed(0))
    dots = {"apply": torch.tensor([True]), "noise": normal}
    changed = Compose([transforms, GaussianNoise(sigma=noise)]).apply(image, [params, dots])
    outline = source_outline(transforms, params, *image.shape[-2:])

    figure, axes = picture(1, 2, height=2.7, layout=None)
    figure.subplots_adjust(left=0.01, right=0.99, bottom=0.02, top=0.9, wspace=0.04)
    before, after = axes[0]
    _show(before, image)
    _show(after, changed)
    H, W = image.shape[-2:]
    before.set(xlim=(-MARGIN * W, (1 + MARGIN) * W), ylim=((1 + MARGIN) * H, -MARGIN * H), facecolor="black")
    before.patch.set_visible(True)
    before.plot(*outline[[0, 1, 2, 3, 0]].T, color=COLORS[4], linewidth=2.2)
    before.plot(*outline[0], color=COLORS[4], marker="o", markersize=8)
    before.set_title("the original, and the part that is shown")
    after.set_title(f"after the change: {changed.shape[-2]} × {changed.shape[-1]} pixels")
    after.plot(0, 0, color=COLORS[4], marker="o", markersize=8, clip_on=False)
    alt_text = f"turned by {angle:.3g} degrees, scaled by {scale:.3g}, shifted by {right:.3g} and {down:.3g}"
    alt_text += f", cropped to {crop:.3g}" + (", mirrored" if flip else "") + f", noise {noise:.3g}"
    figure.many_colors = len(image) == 3
    figure.alt = (
        f"An image and its change, side by side: {alt_text}. A frame shows where its pixels come from."
    )
    return figure


def _fixed(
    shape: torch.Size,
    angle: float,
    scale: float,
    right: float,
    down: float,
    crop: float,
    place: float,
    flip: bool,
) -> tuple[Compose, list[dict[str, Tensor]]]:
    """The geometric transforms, and what they would have drawn for these changes."""
    _, H, W = shape
    size = (max(1, round(crop * H)), max(1, round(crop * W)))
    transforms = Compose([RandomAffine(180), RandomCrop(size), RandomHorizontalFlip()])
    params = [
        {
            "angle": torch.tensor([float(angle)]),
            "translate": torch.tensor([[float(round(right * W)), float(round(down * H))]]),
            "scale": torch.tensor([float(scale)]),
        },
        {
            "top": torch.tensor([round(place * (H - size[0]))]),
            "left": torch.tensor([round(place * (W - size[1]))]),
        },
        {"flip": torch.tensor([flip])},
    ]
    return transforms, params


def source_outline(
    transforms: Compose, params: list[dict[str, Tensor]], height: int, width: int
) -> np.ndarray:
    """Where in the original the corners of the result lie: (4, 2), x and y, clockwise."""
    matrix = torch.eye(3)
    for transform, drawn in zip(transforms.transforms, params, strict=True):
        matrix = matrix @ transform.matrix(drawn, height, width)[0]
        height, width = transform.output_size(height, width)
    right, bottom = width - 0.5, height - 0.5  # pixel centers are whole numbers, edges lie half a pixel away
    corners = torch.tensor([[-0.5, -0.5, 1], [right, -0.5, 1], [right, bottom, 1], [-0.5, bottom, 1]])
    return (corners @ matrix.T)[:, :2].numpy()


def _show(axes, image: Tensor) -> None:
    bare(axes)
    axes.imshow(image.expand(3, -1, -1).permute(1, 2, 0).clamp(0, 1).numpy())


def augmentation_explorer(image: Tensor) -> Explorer:
    """The six changes of an image, with a control for each.

    Args:
        image: (3, H, W) or (1, H, W), from 0 to 1; about 100 rows are drawn quickly.
    """
    share = {"step": 0.05, "readout_format": ".2f"}
    return Explorer(
        partial(draw_augmentation, image),
        angle=IntSlider(15, min=-180, max=180, description="rotate, degrees"),
        scale=FloatSlider(1.0, min=0.5, max=2.0, description="scale", **share),
        right=FloatSlider(0.0, min=-0.5, max=0.5, description="translate right", **share),
        down=FloatSlider(0.0, min=-0.5, max=0.5, description="translate down", **share),
        crop=FloatSlider(1.0, min=0.25, max=1.0, description="crop, size", **share),
        place=FloatSlider(0.5, min=0.0, max=1.0, description="crop, place", **share),
        flip=Checkbox(False, description="flip", indent=True),
        noise=FloatSlider(0.0, min=0.0, max=0.5, step=0.01, description="noise"),
    )
