"""Forward and backward hooks: statistics of each layer's outputs and of the gradients that reach it.

    with Recorder(model) as recorder:
        loss_fn(model(x), target).backward()
    recorder.activations["fc1"][0].std

The hooks that do this are gone when the `with` block ends, also when it ends with an error.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from course.errors import unknown_name


@dataclass(frozen=True)
class Statistics:
    """A tensor in a few numbers; all NaN for an empty one.

    `zeros` is the fraction of exact zeros (for ReLU: inactive units), `largest` the largest absolute value.
    """

    mean: float
    std: float
    zeros: float
    largest: float
    values: Tensor | None = field(default=None, repr=False, compare=False)


@torch.no_grad()
def statistics(x: Tensor, keep_values: bool = False) -> Statistics:
    """Mean, standard deviation (divided by n, not n - 1), zeros and largest absolute value of x."""
    values = x.detach().clone() if keep_values else None
    if x.numel() == 0:
        return Statistics(*[float("nan")] * 4, values)
    wide = x.detach().to(torch.promote_types(x.dtype, torch.float32))
    return Statistics(
        mean=wide.mean().item(),
        std=wide.std(correction=0).item(),
        zeros=(wide == 0).to(wide.dtype).mean().item(),
        largest=wide.abs().max().item(),
        values=values,
    )


class Recorder:
    """Records, for each layer, one `Statistics` a call, and one for each gradient of its output.

    Args:
        module: the network to watch.
        layers: names of the layers, as in `module.named_modules()`; None takes all without children.
        keep_values: also keep a copy of every tensor, for histograms.

    Raises:
        ValueError: a name in `layers` is not one of the module's.

    Attributes:
        activations: {name of the layer: [Statistics of its output, one a call]}, in order of the calls.
        gradients: {name of the layer: [Statistics of the gradient of its output]}.

    Only outputs that are floating point tensors are recorded, before a later layer changes them in place.
    """

    def __init__(self, module: nn.Module, layers: Sequence[str] | None = None, keep_values: bool = False):
        known = dict(module.named_modules())
        if layers is None:
            layers = [name for name, layer in known.items() if next(layer.children(), None) is None]
        for name in layers:
            if name not in known:
                raise ValueError(unknown_name("layers", name, known))
        self.layers = {name or type(module).__name__: known[name] for name in layers}
        self.keep_values = keep_values
        self.activations: dict[str, list[Statistics]] = {}
        self.gradients: dict[str, list[Statistics]] = {}
        self._handles = []

    def __enter__(self) -> "Recorder":
        if self._handles:
            raise RuntimeError("this recorder is already recording; make a second one")
        self.activations.clear()
        self.gradients.clear()
        for name, layer in self.layers.items():
            self._handles.append(layer.register_forward_hook(self._hook(name)))
        return self

    def __exit__(self, *error) -> None:
        for handle in self._handles:
            handle.remove()
        self._handles.clear()

    def _hook(self, name: str):
        def record(layer, inputs, output):
            if not isinstance(output, Tensor) or not output.is_floating_point():
                return
            self.activations.setdefault(name, []).append(statistics(output, self.keep_values))
            if output.requires_grad:
                self._handles.append(output.register_hook(record_gradient))

        def record_gradient(gradient):
            self.gradients.setdefault(name, []).append(statistics(gradient, self.keep_values))

        return record
