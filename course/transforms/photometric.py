"""Photometric transforms: pixels stay where they are and change their values."""

import torch
from torch import Tensor

from course.checks import as_batch

from .transform import Params, Transform


class Photometric(Transform):
    """A transform of values; `params["apply"]`, boolean (N,), says which images are changed.

    Computed on the scale of floating point images, so 0 to 1 stands for 0 to 255 of uint8, which is rounded
    and kept within its range. float16 and bfloat16 are computed in float32.
    """

    def change(self, values: Tensor, params: Params) -> Tensor:
        """The changed values, for floating point images (N, C, H, W)."""
        raise NotImplementedError(f"{type(self).__name__} has no change")

    def apply(self, images: Tensor, params: Params) -> Tensor:
        batch = as_batch(images)
        values = batch if batch.dtype == torch.float64 else batch.float()
        if batch.dtype == torch.uint8:
            changed = self.change(values / 255, params).mul_(255).round_().clamp_(0, 255)
        else:
            changed = self.change(values, params)
        out, apply = changed.to(batch.dtype), params["apply"]
        if apply.device.type != "cpu" or not apply.all():  # to read it from a GPU would wait for the GPU
            out = torch.where(apply[:, None, None, None], out, batch)
        return out if images.dim() == 4 else out[0]
