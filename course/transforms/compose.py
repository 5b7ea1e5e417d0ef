"""Composition of transforms, one after the other; the geometric ones in a row as one."""

from collections.abc import Sequence

import torch
from torch import Tensor

from course.checks import as_batch

from .geometric import Geometric, apply_together
from .transform import Params, Transform


class Compose(Transform):
    """Apply transforms, the first one first.

    Geometric transforms that follow each other become one matrix and cost one resample (see geometric.py),
    unless they fill with different values. A Compose may hold others.

    Args:
        transforms: of this package.

    Raises:
        TypeError: one of them is something else.
    """

    def __init__(self, transforms: Sequence[Transform]):
        for number, transform in enumerate(transforms):
            if not isinstance(transform, Transform):
                kind = type(transform).__name__
                raise TypeError(f"transforms[{number}] is of type {kind}; it must be a Transform")
        self.transforms = list(transforms)

    def sample(self, images: Tensor, generator: torch.Generator | None = None) -> list[Params]:
        """What each transform draws, in their order."""
        N, C, height, width = as_batch(images).shape
        params = []
        for transform in self.transforms:
            # The images themselves are not changed yet: one pixel, seen as often as the next size needs.
            shown = as_batch(images)[:, :, :1, :1].expand(N, C, height, width)
            params.append(transform.sample(shown, generator))
            height, width = transform.output_size(height, width)
        return params

    def apply(self, images: Tensor, params: Sequence[Params]) -> Tensor:
        as_batch(images)
        todo = list(zip(self.transforms, params, strict=True))
        while todo:
            together = length_of_run([transform for transform, _ in todo])
            transforms, drawn = zip(*todo[:together], strict=True)
            if isinstance(transforms[0], Geometric):
                images = apply_together(images, transforms, drawn)
            else:
                images = transforms[0].apply(images, drawn[0])
            todo = todo[together:]
        return images

    def output_size(self, height: int, width: int) -> tuple[int, int]:
        for transform in self.transforms:
            height, width = transform.output_size(height, width)
        return height, width


def length_of_run(transforms: Sequence[Transform]) -> int:
    """How many, from the first on, can be applied as one: geometric, and filling with one value."""
    fills = set()
    for length, transform in enumerate(transforms):
        if not isinstance(transform, Geometric):
            return max(1, length)
        fills |= {transform.fill} - {None}
        if len(fills) > 1:
            return length
    return len(transforms)
