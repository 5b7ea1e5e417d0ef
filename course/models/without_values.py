"""Meta-device copy of a net: shapes and types without contents, so it takes no memory."""

from copy import deepcopy
from dataclasses import is_dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parameter import UninitializedTensorMixin, is_lazy


def without_values(model: nn.Module) -> nn.Module:
    """A copy on the meta device, without the hooks that somebody has put on the model.

    What stands twice in the model stands twice in the copy: one module with two names, one tied weight. Hooks
    of torch itself stay, for they compute: weight norm, spectral norm, pruning, and the first call of a lazy
    layer.
    """
    tensors = tensors_in([vars(module) for module in model.modules()])
    copy = deepcopy(model, {id(x): empty_like(x) for x in tensors})
    for module in copy.modules():
        for hooks in (module._forward_hooks, module._forward_pre_hooks):
            for key in [key for key, hook in hooks.items() if not is_of_torch(hook)]:
                del hooks[key]
    return copy


def empty_like(x: Tensor) -> Tensor:
    """A tensor of the same kind, shape and type on the meta device."""
    if isinstance(x, UninitializedTensorMixin):
        return type(x)(requires_grad=x.requires_grad, device="meta", dtype=x.dtype)
    empty = torch.empty_like(x.detach(), device="meta")
    return nn.Parameter(empty, requires_grad=x.requires_grad) if isinstance(x, nn.Parameter) else empty


def is_of_torch(hook: Any) -> bool:
    """Whether a hook is part of the net's computation, put there by a function of torch.nn."""
    return (getattr(hook, "__module__", None) or "").startswith("torch.nn.")


def tensors_in(value: Any) -> list[Tensor]:
    """All tensors in nested lists, tuples, dictionaries and data classes."""
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, dict):
        return tensors_in([*value.values()])
    if is_dataclass(value) and not isinstance(value, type):
        return tensors_in(vars(value))
    return [x for item in value for x in tensors_in(item)] if isinstance(value, list | tuple) else []


def parameters_of(model: nn.Module) -> int:
    """How many numbers a net learns, tied ones once; lazy layers that never ran have none yet."""
    return sum(0 if is_lazy(parameter) else parameter.numel() for parameter in model.parameters())
