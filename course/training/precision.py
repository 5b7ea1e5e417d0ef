"""Mixed precision (autocast): compute in float32, or in half the bits where it pays.

bfloat16 has float32's range. float16 has not: small gradients become zero, so the loss is multiplied by
a scale before `backward` and the gradients are divided by it after (GradScaler).
"""

from contextlib import AbstractContextManager, nullcontext

import torch
from torch.amp import GradScaler

from course.errors import unknown_name

PRECISIONS = {"float32": None, "bfloat16": torch.bfloat16, "float16": torch.float16}


def choose_precision(name: str, device: torch.device) -> tuple[AbstractContextManager, GradScaler]:
    """The context to compute in, and the scaler for the loss (which does nothing unless float16 is used).

    Args:
        name: "float32", "bfloat16" or "float16"; "auto" takes bfloat16 on a CUDA card that has it, float16
            on an older one, and float32 elsewhere.
        device: where the model computes.

    Raises:
        ValueError: the name is unknown.
    """
    if name == "auto":
        name = "float32"
        if device.type == "cuda":
            name = "bfloat16" if torch.cuda.is_bf16_supported(including_emulation=False) else "float16"
    if name not in PRECISIONS:
        raise ValueError(unknown_name("precision", name, ["auto", *PRECISIONS]))
    dtype = PRECISIONS[name]
    scaler = GradScaler(device.type, enabled=dtype == torch.float16)
    return nullcontext() if dtype is None else torch.autocast(device.type, dtype), scaler
