"""A summary of a network, layer by layer, that costs no memory: the net runs on arrays without contents.

    >>> print(describe(vgg_e(), (3, 224, 224)))

All numbers are for one image, in evaluation mode. A row is one call of a layer: of a module without children,
or of a module that computes something between its children (a concatenation, say).

* multiply-adds: of convolutions and linear layers; half of what `torch.utils.flop_counter` calls FLOPs. A
  connection table is computed as a full convolution with zeros, and counted so
* activations: bytes of the result; nothing where it overwrites its input or is only another view of it
* receptive field: how many pixels one unit sees; from the first linear layer on, what all positions see
* jump: how many pixels lie between two neighbouring units
"""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from course.nn.local_response_norm import LocalResponseNorm

from .description import Description, Row
from .receptive_field import View, Views, follow

aten = torch.ops.aten

# Layers where a unit sees what its own position saw, whatever the operators inside look like: local response
# normalisation pools over channels with the pixels laid end to end.
POINTWISE = (LocalResponseNorm,)


def describe(model: nn.Module, input_size: tuple[int, int, int]) -> Description:
    """Run a copy without values once on the meta device and write down what each layer does.

    The model stays as it is, and may itself live on the meta device. Its hooks are not called.

    Args:
        input_size: Channels, height and width of the image.

    Raises:
        ValueError: `input_size` is not three positive numbers, or the model refuses an image of that size.
    """
    if len(input_size) != 3 or not all(isinstance(n, int) and n > 0 for n in input_size):
        raise ValueError(f"input_size={input_size!r} must be (channels, height, width) of one image")
    dtype = next((p.dtype for p in model.parameters()), torch.get_default_dtype())
    image = torch.empty(1, *input_size, dtype=dtype, device="meta")
    copy, recorder = without_values(model).eval(), Recorder(image)
    with torch.no_grad(), torch.random.fork_rng(devices=[]), recorder.watching(copy), recorder:
        copy(image)
    parameters = sum(parameter.numel() for parameter in model.parameters())
    return Description(type(model).__name__, tuple(input_size), tuple(recorder.rows), parameters)


def without_values(model: nn.Module) -> nn.Module:
    """A copy on the meta device, which takes no memory, without hooks.

    What stands twice in the model stands twice in the copy: one module with two names, one tied weight.
    """
    tensors = tensors_in([vars(module) for module in model.modules()])
    copy = deepcopy(model, {id(x): torch.empty_like(x.detach(), device="meta") for x in tensors})
    for module in copy.modules():
        module._forward_hooks.clear()
        module._forward_pre_hooks.clear()
    return copy


@dataclass
class Call:
    """A call of a module that has not returned yet, and what it did itself, not through its children."""

    module: nn.Module
    started: int
    multiply_adds: int = 0
    activation_bytes: int = 0


class Recorder(TorchDispatchMode):
    """Sees every operator of torch that runs, and every module that is entered and left."""

    def __init__(self, image: Tensor) -> None:
        super().__init__()
        self.rows: list[Row] = []
        self.calls: list[Call] = []
        self.counted: set[int] = set()
        # By id, which is unique only among what is alive: so all arrays are kept, they have no contents.
        self.views: dict[int, Views] = {id(image): (View(), View())}
        self.storages: dict[int, int] = {image.untyped_storage()._cdata: 0}
        self.alive = [image]

    @contextmanager
    def watching(self, model: nn.Module) -> Iterator[None]:
        """Hooks on all modules, for a while."""
        hooks = []
        for name, module in model.named_modules():
            hooks.append(module.register_forward_pre_hook(lambda module, args: self.enter(module)))
            hooks.append(module.register_forward_hook(lambda *call, name=name: self.leave(name, *call)))
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()

    def __torch_dispatch__(self, operator, types, args=(), kwargs=None):
        result = operator(*args, **(kwargs or {}))
        inputs = [(x, self.views[id(x)]) for x in tensors_in(args) if id(x) in self.views]
        outputs = tensors_in([result])
        if inputs and outputs:
            if isinstance(self.calls[-1].module, POINTWISE):
                views = inputs[0][1]
            else:
                views = follow(operator, args, inputs, outputs[0])
            self.calls[-1].multiply_adds += multiply_adds(operator, args, outputs[0])
            for output in outputs:
                self.note(output, views)
        return result

    def note(self, x: Tensor, views: Views) -> None:
        """Remember what an array sees, and charge its memory to the running module if it is new."""
        self.views[id(x)] = views
        self.alive.append(x)
        storage = x.untyped_storage()._cdata
        if storage not in self.storages:
            self.storages[storage] = len(self.storages)
            self.calls[-1].activation_bytes += x.numel() * x.element_size()

    def enter(self, module: nn.Module) -> None:
        self.calls.append(Call(module, started=len(self.storages)))

    def leave(self, name: str, module: nn.Module, args: tuple, result: Any) -> None:
        call, output = self.calls.pop(), next(iter(tensors_in([result])), None)
        if id(output) not in self.views:  # it never saw the image: it computes a weight, or a table
            return
        leaf = next(module.children(), None) is None
        if leaf:
            is_new = self.storages[output.untyped_storage()._cdata] >= call.started
            call.activation_bytes = output.numel() * output.element_size() if is_new else 0
        first_call = id(module) not in self.counted
        parameters = sum(p.numel() for p in module.parameters(recurse=False)) if first_call else 0
        self.counted.add(id(module))
        if leaf or parameters or call.multiply_adds or call.activation_bytes:
            height, width = self.views[id(output)]
            self.rows.append(
                Row(
                    layer=name,
                    type=type(module).__name__,
                    output_shape=tuple(output.shape[1:]),
                    parameters=parameters,
                    multiply_adds=call.multiply_adds,
                    activation_bytes=call.activation_bytes,
                    receptive_field=(height.size, width.size),
                    jump=None if height.jump is None else (height.jump, width.jump),
                )
            )


def tensors_in(value: Any) -> list[Tensor]:
    """All arrays in nested lists, tuples and dictionaries."""
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, dict):
        return tensors_in([*value.values()])
    return [x for item in value for x in tensors_in(item)] if isinstance(value, list | tuple) else []


def multiply_adds(operator: Any, args: tuple, output: Tensor) -> int:
    """Products in a convolution or a product of matrices; 0 for every other operator."""
    packet = operator.overloadpacket
    if packet is aten.convolution:
        x, weight, transposed = args[0], args[1], args[6]
        positions = (x if transposed else output).shape[2:].numel()
        return output.shape[0] * positions * weight.numel()
    if packet in (aten.mm, aten.addmm, aten.bmm):
        left, right = args[-2:]
        return left.numel() * right.shape[-1]
    return 0
