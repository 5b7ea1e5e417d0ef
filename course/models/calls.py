"""Tracer of a net that runs without values: each operator of torch, each call of a module."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_map

from course.nn.local_response_norm import LocalResponseNorm

from .description import Row, times
from .receptive_field import Views, follow, views_of
from .without_values import tensors_in

# Layers where a unit sees what its own position saw, whatever the operators inside look like: local response
# normalization pools over channels with the pixels laid end to end.
POINTWISE = (LocalResponseNorm,)

# Operators that take tensors on two devices, one of them for its values: the lengths of sequences.
WITH_VALUES = (torch.ops.aten._pack_padded_sequence, torch.ops.aten._pad_packed_sequence)


@dataclass
class Call:
    """A call of a module that has not returned yet, and what it did itself, not through its children."""

    name: str
    module: nn.Module
    args: tuple
    started: int
    parameters: int = 0
    multiply_adds: int = 0
    activation_bytes: int = 0

    def __str__(self) -> str:
        return f"layer {self.name!r} ({type(self.module).__name__})" if self.name else "the net itself"


class CallTracer(TorchDispatchMode):
    """Sees every operator of torch that runs, and every module that is entered and left.

    Args:
        model: On the meta device.
        inputs: What it will be called with; the first with three dimensions or more is the image.
    """

    def __init__(self, model: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        super().__init__()
        from torch.utils.flop_counter import flop_registry  # takes a moment

        self.flops = flop_registry
        self.rows: list[Row] = []
        self.calls: list[Call] = []
        self.unused = {id(parameter) for parameter in model.parameters()}
        self.odd = ""  # what the last module returned, if that was no tensor
        # By id, which is unique only among what is alive: so all tensors are kept, they have no contents.
        dims = next((x.ndim for x in inputs if x.ndim > 2), 2)
        is_image = dims > 3 or isinstance(first_with_weights(model), nn.Conv1d)  # else a sequence of vectors
        self.views: dict[int, Views | None] = {
            id(x): views_of(x) if is_image and x.ndim == dims else None for x in inputs
        }
        self.storages = {storage(x): 0 for x in inputs}
        self.alive = [*inputs]
        self.bases: dict[int, Tensor] = {}

    @contextmanager
    def watching(self, model: nn.Module) -> Iterator[None]:
        """Hooks on all modules, for a while; what computes a weight belongs to the layer that has it."""
        hooks = []
        for name, module in model.named_modules():
            if "parametrizations" not in name.split("."):
                enter = self.enter(name)
                hooks.append(module.register_forward_pre_hook(enter, prepend=True, with_kwargs=True))
                hooks.append(module.register_forward_hook(self.leave))
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()

    def __torch_dispatch__(self, operator, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        if operator.overloadpacket not in WITH_VALUES:
            args, kwargs = self.on_meta(args, kwargs)
        if torch.is_inference_mode_enabled():
            with self:  # a linear layer, say, comes here as a whole
                result = operator.decompose(*args, **kwargs)
            if result is not NotImplemented:
                return result
        given = tensors_in([args, kwargs])
        inputs = [(x, x.shape, self.views.get(id(x))) for x in given if self.is_from_input(x)]
        result = operator(*args, **kwargs)
        call, outputs = self.calls[-1], tensors_in([result])
        for x in given:
            if id(x) in self.unused and not is_lazy(x):
                self.unused.remove(id(x))
                call.parameters += x.numel()
        if count := self.flops.get(operator.overloadpacket):
            call.multiply_adds += count(*args, **kwargs, out_val=result) // 2
        if inputs and outputs:
            first = outputs[0]
            known = isinstance(call.module, POINTWISE)
            views = inputs[0][2] if known else follow(operator, args, inputs, first)
            for output in outputs:
                self.note(output, views if output.ndim == first.ndim else None)
        return result

    def on_meta(self, args: tuple, kwargs: dict) -> tuple[tuple, dict]:
        """The arguments without values, where some have values: a net may make tensors of its own."""
        kinds = {x.is_meta for x in tensors_in([args, kwargs])}
        if True not in kinds:
            return args, kwargs
        if False in kinds:
            args, kwargs = tree_map(self.stand_in, (args, kwargs))
        return args, {**kwargs, "device": torch.device("meta")} if kwargs.get("device") else kwargs

    def stand_in(self, x: Any) -> Any:
        """A tensor in the same memory of the meta device as all others that share memory with x."""
        if not isinstance(x, Tensor) or x.is_meta:
            return x
        self.alive.append(x)
        base = self.bases.get(storage(x))
        if base is None:
            size = x.untyped_storage().nbytes() // x.element_size()
            base = self.bases[storage(x)] = torch.empty(size, dtype=x.dtype, device="meta")
        return base.as_strided(x.shape, x.stride(), x.storage_offset())

    def is_from_input(self, x: Tensor) -> bool:
        """Whether x was computed from the input, or lies in memory where something such was written."""
        return id(x) in self.views or storage(x) in self.storages

    def note(self, x: Tensor, views: Views | None) -> None:
        """Remember what a tensor sees, and charge its memory to the running module if it is new."""
        self.views[id(x)] = views
        self.alive.append(x)
        if storage(x) not in self.storages:
            self.storages[storage(x)] = len(self.storages)
            self.calls[-1].activation_bytes += x.numel() * x.element_size()

    def enter(self, name: str) -> Any:
        """A hook that notes the beginning of a call."""

        def hook(module: nn.Module, args: tuple, kwargs: dict) -> None:
            self.calls.append(Call(name, module, (*args, *kwargs.values()), len(self.storages)))

        return hook

    def leave(self, module: nn.Module, args: tuple, result: Any) -> None:
        """A hook that writes down a call that has returned."""
        call = self.calls.pop()
        while call.module is not module:  # it failed, and whoever called it went on
            failed, call = call, self.calls.pop()
            call.multiply_adds += failed.multiply_adds
            call.parameters += failed.parameters
        self.odd = "" if isinstance(result, Tensor) else f"{call} returned {form(result)}"
        outputs = tensors_in([result])
        seen = [x for x in outputs if self.is_from_input(x)]
        output = next(iter(seen or outputs), None)
        leaf = next(module.children(), None) is None
        if leaf:
            new = {storage(x): x for x in seen if self.storages.get(storage(x), 0) >= call.started}
            call.activation_bytes = sum(x.numel() * x.element_size() for x in new.values())
        if leaf or call.parameters or call.multiply_adds or call.activation_bytes:
            self.rows.append(row(call, output, self.views.get(id(output))))


def row(call: Call, output: Tensor | None, views: Views | None) -> Row:
    """A call in numbers; without the batch's dimension, which is 1."""
    shape = () if output is None else tuple(output.shape)
    jumps = tuple(view.jump for view in views or ())
    return Row(
        layer=call.name,
        type=type(call.module).__name__,
        output_shape=shape[1:] if shape[:1] == (1,) else shape,
        parameters=call.parameters,
        multiply_adds=call.multiply_adds,
        activation_bytes=call.activation_bytes,
        receptive_field=tuple(view.size for view in views) if views else None,
        jump=jumps if jumps and None not in jumps else None,
    )


def first_with_weights(model: nn.Module) -> nn.Module | None:
    """The first layer that has parameters of its own."""
    return next((module for module in model.modules() if [*module.parameters(recurse=False)]), None)


def storage(x: Tensor) -> int:
    """Which memory a tensor lies in; sparse ones have none of their own."""
    return x.untyped_storage()._cdata if x.layout is torch.strided else id(x)


def form(value: Any) -> str:
    """A value in a word: the shape of a tensor, the class of anything else."""
    if isinstance(value, Tensor):
        return f"{times(value.shape)} ({str(value.dtype).removeprefix('torch.')})"
    return "None" if value is None else f"a {type(value).__name__}"
