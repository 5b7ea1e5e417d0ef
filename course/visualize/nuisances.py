"""Nuisance variation: one object from the side, in the dark, nearer, elsewhere, half hidden, in clutter.

What changes a picture and not what it shows is called a nuisance factor. Here one object is cut out of its
photograph by its color and put back after each change, so that nothing else changes with it.
"""

import torch
import torch.nn.functional as F
from torch import Tensor
from torchvision.transforms.v2.functional import affine, gaussian_blur, perspective, resize

SIDE = (96, 144)  # of each view
FRAME = (slice(40, 400), slice(50, 590))  # of flower.jpg, (360, 540), with the flower in the middle
CENTER, RADIUS = (219, 306), 150


def cut_flower(photograph: Tensor) -> tuple[Tensor, Tensor]:
    """Cut the dahlia out of scikit-learn's flower.jpg: it is red where the leaves are green.

    Args:
        photograph: (3, 427, 640), from 0 to 1.

    Returns:
        What is left of the photograph, with a blur of the leaves around where the flower was, (3, 427, 640);
        and how much of each pixel is flower, (1, 427, 640), from 0 to 1 with a soft rim.

    Raises:
        ValueError: the photograph has another shape.
    """
    if photograph.shape != (3, 427, 640):
        raise ValueError(f"photograph has shape {tuple(photograph.shape)}; flower.jpg has (3, 427, 640)")
    row, column = torch.meshgrid(torch.arange(427), torch.arange(640), indexing="ij")
    near = (row - CENTER[0]) ** 2 + (column - CENTER[1]) ** 2 < RADIUS**2
    petals = ((photograph[0] > 1.1 * photograph[1]) & near)[None].float()
    solid = -F.max_pool2d(-F.max_pool2d(petals, 9, 1, 4), 13, 1, 6)  # holes closed, the rim cut off
    matte = gaussian_blur(solid, [7, 7])
    hidden = F.max_pool2d(solid, 25, 1, 12)
    coarse = resize(torch.cat([photograph * (1 - hidden), 1 - hidden]), [54, 80], antialias=True)
    coarse = gaussian_blur(coarse, [53, 53], [9.0, 9.0])  # sums of the leaves around, and of their weights
    leaves = resize(coarse[:3] / coarse[3:], [427, 640], antialias=True)
    soft = gaussian_blur(hidden, [31, 31])
    return photograph * (1 - soft) + leaves * soft, matte


def nuisance_views(photograph: Tensor, elsewhere: Tensor) -> dict[str, Tensor]:
    """Eight views of scikit-learn's flower.jpg by name: as it is, six nuisance factors, and without flower.

    Args:
        photograph: flower.jpg as (3, 427, 640), from 0 to 1.
        elsewhere: another photograph of this shape, the background of "clutter".

    Returns:
        Name to image (3, 96, 144): "the flower", "viewpoint", "light", "scale", "place", "occlusion",
        "clutter" and "no flower".

    Raises:
        ValueError: a photograph has another shape.
    """
    if elsewhere.shape != photograph.shape:
        raise ValueError(
            f"elsewhere has shape {tuple(elsewhere.shape)}; it must be {tuple(photograph.shape)}"
        )
    ground, matte = cut_flower(photograph)

    def put(flower: Tensor, alpha: Tensor, behind: Tensor = ground) -> Tensor:
        whole = flower * alpha + behind * (1 - alpha)
        return resize(whole[:, *FRAME], list(SIDE), antialias=True).clamp(0, 1)

    def turned(image: Tensor) -> Tensor:
        corners = [[150, 60], [460, 60], [460, 378], [150, 378]]
        seen = [[215, 20], [385, 110], [385, 328], [215, 418]]
        return perspective(image, corners, seen)

    def moved(image: Tensor, right: int, scale: float) -> Tensor:
        center = list(CENTER[::-1])
        return affine(image, 0, [right, 0], scale, [0, 0], center=center)

    flower, pole = photograph, torch.full_like(photograph, 0.85)
    before = torch.zeros_like(matte)
    before[:, :, 285:395] = 1
    plain = flower * matte + ground * (1 - matte)
    return {
        "the flower": put(flower, matte),
        "viewpoint": put(turned(flower), turned(matte)),
        "light": 0.3 * put(flower, matte),
        "scale": put(moved(flower, 0, 1.7), moved(matte, 0, 1.7)),
        "place": put(moved(flower, -95, 1.0), moved(matte, -95, 1.0)),
        "occlusion": put(pole, before, plain),
        "clutter": put(flower, matte, elsewhere),
        "no flower": put(flower, torch.zeros_like(matte)),
    }
