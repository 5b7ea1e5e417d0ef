"""Training errors: what broke a training, where, and what to try.

NonFiniteLoss     the loss became NaN or infinite: step, learning rate, gradient norm, layer first hit
OutOfMemory       the batch does not fit: its size, and what to try
DeviceMismatch    a tensor lies on another device than the weights: which one
ValueError        a label that the model has no logit for: which one, in which row
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from .metrics import logits_of
from .seed import random_state_kept

Loss = Callable[[Tensor, Tensor], Tensor]
ADVICE = "try a smaller lr, a warm-up, or clip_norm"


class TrainingError(RuntimeError):
    """A training cannot go on; the text says what happened, where, and what to try."""


class NonFiniteLoss(TrainingError):
    """The loss became NaN or infinite."""


class OutOfMemory(TrainingError):
    """A batch does not fit in the device's memory."""


class DeviceMismatch(TrainingError):
    """Tensors that must meet lie on different devices."""


class LabelChecked:
    """A loss that names a label out of range.

    On the CPU torch notices it, and here its error is put into words. On a GPU such a label stops every
    later call with "device-side assert triggered", so there the labels are looked at once, before the first
    loss is computed.

    Args:
        loss: takes outputs and targets.
        labels: all labels of the data, where they are known; else those of the first batch are looked at.
    """

    def __init__(self, loss: Loss, labels: Tensor | None = None):
        self.loss, self.labels = loss, labels
        self.classifies = self.first = isinstance(loss, nn.CrossEntropyLoss | nn.NLLLoss)

    def __call__(self, outputs: Any, targets: Tensor) -> Tensor:
        if self.classifies:
            if not targets.is_floating_point() and targets.dtype != torch.int64:
                targets = targets.long()
            if self.first:
                self.look(outputs, targets)
        try:
            return self.loss(outputs, targets)
        except IndexError:
            self.check(outputs, targets)
            raise

    def look(self, outputs: Any, targets: Tensor) -> None:
        """Look at the first batch, before the first step: what a GPU would not put into words."""
        self.first = False
        if not isinstance(outputs, Tensor):
            raise TypeError(
                f"the model returns a {type(outputs).__name__}, and the default loss takes logits alone; "
                "give a loss of your own, such as loss=lambda outputs, y: cross_entropy(outputs[0], y)"
            )
        check_labels(targets)
        if targets.device.type != "cpu":
            if self.labels is not None:
                self.check(outputs, self.labels, "data")
            self.check(outputs, targets)

    def check(self, outputs: Any, labels: Tensor, of: str = "batch") -> None:
        """Raises ValueError for the first label that is not in 0 … classes - 1."""
        logits = logits_of(outputs)
        if not isinstance(logits, Tensor) or logits.dim() < 2 or labels.is_floating_point():
            return
        classes = logits.shape[1]
        wrong = (labels < 0) | (labels >= classes)
        wrong &= labels != getattr(self.loss, "ignore_index", -100)
        if wrong.any():
            row = int(wrong.flatten().nonzero()[0])
            raise ValueError(
                f"label {int(labels.flatten()[row])} in row {row} of the {of} is out of range: "
                f"the model gives {classes} logits, so labels are 0 to {classes - 1}"
            )


@contextmanager
def trouble_named(model: nn.Module, batch_size: int | None = None) -> Iterator[None]:
    """Inside, an error of torch that students meet becomes one that says what to do.

    Args:
        model: searched for tensors that were left on another device.
        batch_size: named when memory runs out; None if the data came in batches.
    """
    try:
        yield
    except TrainingError:
        raise
    except RuntimeError as error:
        text = str(error)
        if isinstance(error, torch.OutOfMemoryError) or "allocate memory" in text:
            raise OutOfMemory(out_of_memory(text, batch_size)) from error
        if any(words in text for words in ("the same device", "the expected device", "(torch.cuda.")):
            raise DeviceMismatch(device_mismatch(model, text)) from error
        if "same dtype" in text or "Input type (" in text:
            raise TrainingError(f"images and weights differ in dtype; {cast(text)}: {text}") from error
        if channels_last(text):
            raise TrainingError(
                f"images have their channels last; try x.permute(0, 3, 1, 2): {text}"
            ) from error
        if size_is_wrong := wrong_size(text):
            raise TrainingError(
                f"{size_is_wrong}; resize the images, or build the model for their size: {text}"
            ) from error
        if "device-side assert" in text:
            raise TrainingError(
                "the GPU stopped at a value out of range, most often a label that the model has no logit "
                "for; run the same with device='cpu' to see which, in a new process"
            ) from error
        raise


def cast(text: str) -> str:
    """What to do with images of another dtype than the weights', by torch's line about it."""
    if re.search(r"unsigned char|Byte", text):
        return "try x.float() / 255"
    scale = ", divided by 255 where they are 0 to 255" if re.search(r"long|Long|int|Int", text) else ""
    return f"try x.float(){scale}"


def channels_last(text: str) -> bool:
    """Whether torch's line says that a convolution was handed (N, H, W, C)."""
    match = re.search(r"expected input\[([\d, ]+)\] to have (\d+) channels", text)
    return bool(match) and match[1].split(", ")[-1] == match[2] and match[1].count(",") == 3


def wrong_size(text: str) -> str:
    """What torch's line says about images of another size than the model's, or nothing."""
    product = re.search(r"mat1 and mat2 shapes cannot be multiplied \(\d+x(\d+) and (\d+)x\d+\)", text)
    if product:
        return f"a linear layer takes {product[2]} numbers a row and is handed {product[1]}"
    small = "greater than actual input size" in text or "Output size is too small" in text
    return "the images are too small for the model: one of its layers has nothing left" if small else ""


def check_labels(labels: Tensor, name: str = "y") -> None:
    """Raises ValueError for targets that cross-entropy cannot take: labels in a column, or broken numbers."""
    shape = tuple(labels.shape)
    if labels.dim() == 2 and shape[1] == 1:
        raise ValueError(f"{name} has the shape {shape}, labels have (N,); try y.squeeze(1)")
    if labels.dim() == 1 and labels.is_floating_point():
        raise ValueError(f"{name} is {labels.dtype}, labels are whole numbers; try y.long()")


def out_of_memory(text: str, batch_size: int | None) -> str:
    """What to try when memory runs out."""
    size = "" if batch_size is None else f" with batch_size={batch_size}"
    half = "a smaller batch" if batch_size is None else f"batch_size={max(1, batch_size // 2)}"
    return (
        f"out of memory{size}: try accumulate=2 (the same step, computed in two pieces), {half}, smaller "
        f"images, or precision='bfloat16' on a GPU. torch says: {text.splitlines()[0]}"
    )


def device_mismatch(model: nn.Module, text: str) -> str:
    """Which tensor of the model lies elsewhere, if it is one of its attributes."""
    home = next((parameter.device for parameter in model.parameters()), torch.device("cpu"))
    for name, tensor in model.state_dict(keep_vars=True).items():
        if tensor.device != home:
            return f"{name!r} is on {tensor.device}, the first weights on {home}; move all with model.to(…)"
    for name, module in model.named_modules():
        for attribute, value in vars(module).items():
            for tensor in value if isinstance(value, list | tuple) else [value]:
                if isinstance(tensor, Tensor) and tensor.device != home:
                    path = f"{name}.{attribute}" if name else attribute
                    return (
                        f"{path!r} is on {tensor.device}, the weights on {home}: a plain tensor stays behind "
                        f"when a model moves; make it a buffer with register_buffer({attribute!r}, …)"
                    )
    return (
        f"a tensor is not on {home}, where the weights are: one made in forward or in the loss needs "
        f"device=x.device. torch says: {text.splitlines()[0]}"
    )


def non_finite_loss(
    model: nn.Module, x: Tensor, value: Tensor, earlier: list[float], gradients: dict[str, Tensor]
) -> str:
    """Look at the step whose loss is not finite, before the optimizer moves.

    Args:
        model: still with the weights that gave this loss.
        x: the batch.
        value: the loss, with its graph.
        earlier: the losses of the steps before.
        gradients: of the step before, by the names of the parameters; empty in the first step.

    Returns:
        Gradient norm, the losses before, the layer first hit, what to try.
    """
    when = "in the step before"
    if not gradients:
        when = "here"
        named = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
        computed = torch.autograd.grad(value, [p for _, p in named], allow_unused=True)
        gradients = {name: g for (name, _), g in zip(named, computed, strict=True) if g is not None}
    norm = float(nn.utils.get_total_norm(gradients.values()))
    losses = ", ".join(f"{loss:.4g}" for loss in earlier) or "none"
    return f"gradient norm {norm:.4g} {when}, losses before: {losses}. {first_hit(model, x, gradients)}"


def first_hit(model: nn.Module, x: Tensor, gradients: dict[str, Tensor]) -> str:
    """Where the first number that is not finite came from."""
    if not finite(x):
        row = int((~x.isfinite()).flatten(1).any(1).nonzero()[0])
        return f"The images are not finite, first in row {row} of the batch."
    layer = first_layer(model, x)
    if layer is None:
        return "Every layer's output is finite: it came from the loss, as from log(0)."
    name, module = layer
    hit = f"First hit: {name!r} ({type(module).__name__})"
    if all(finite(p) for p in module.parameters(recurse=False)):
        largest = max(float(p.detach().abs().max()) for p in model.parameters())
        return f"{hit}, from finite weights, the largest of the model {largest:.3g}: {ADVICE}."
    # backward goes from the last layer to the first
    bad = [name for name, gradient in gradients.items() if not finite(gradient)]
    cause = f", for the gradient of {bad[-1]!r} was not" if bad else ""
    return f"{hit}, whose weights are not finite after the step before{cause}: {ADVICE}."


def first_layer(model: nn.Module, x: Tensor) -> tuple[str, nn.Module] | None:
    """The first module without children, in the order of computing, whose output is not finite.

    The model computes once more; what it keeps of its batches is put back, and the random numbers too.
    """
    hits: list[tuple[str, nn.Module]] = []
    leaves = [(name, module) for name, module in model.named_modules() if not list(module.children())]

    def look(name: str, module: nn.Module, output: Any) -> None:
        if not hits and isinstance(output, Tensor) and not finite(output):
            hits.append((name, module))

    handles = [
        module.register_forward_hook(lambda module, _, output, name=name: look(name, module, output))
        for name, module in leaves
    ]
    try:
        with torch.no_grad(), buffers_kept(model), random_state_kept(x.device):
            model(x)
    finally:
        for handle in handles:
            handle.remove()
    return hits[0] if hits else None


@contextmanager
def buffers_kept(model: nn.Module) -> Iterator[None]:
    """Inside, batch norms may count; afterwards every buffer is in its place, with its values."""
    before = [
        (module, name, buffer, buffer.clone())
        for module in model.modules()
        for name, buffer in module._buffers.items()
        if buffer is not None
    ]
    try:
        yield
    finally:
        with torch.no_grad():
            for module, name, buffer, values in before:
                module._buffers[name] = buffer.copy_(values)


def finite(tensor: Tensor) -> bool:
    """Whether no element is NaN or infinite."""
    return bool(tensor.detach().isfinite().all())
