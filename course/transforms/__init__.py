"""Data augmentation: random changes of images that keep their label, for each image of a batch its own.

    geometric    where a pixel comes from   RandomCrop, RandomHorizontalFlip, RandomAffine, RandomRotation,
                                            RandomScale, RandomTranslation
    photometric  what value it has          GaussianNoise, PCAColor

`Compose` puts them in a row. Names and arguments are those of torchvision.transforms.v2 where it has them.
"""

from .affine import RandomAffine, RandomRotation, RandomScale, RandomTranslation
from .color import PCAColor
from .compose import Compose
from .crop import RandomCrop
from .flip import RandomHorizontalFlip
from .geometric import Geometric
from .noise import GaussianNoise
from .transform import Transform

__all__ = [
    "Compose",
    "GaussianNoise",
    "Geometric",
    "PCAColor",
    "RandomAffine",
    "RandomCrop",
    "RandomHorizontalFlip",
    "RandomRotation",
    "RandomScale",
    "RandomTranslation",
    "Transform",
]
