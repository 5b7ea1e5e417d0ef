"""Model summary, layer by layer, at no cost of memory: the net runs on tensors without contents.

    >>> print(describe(vgg_e(), (3, 224, 224)))

All numbers are for one image, in evaluation mode. A row is one call of a layer: of a module without children,
or of a module that computes something between its children (a concatenation, say).

* parameters: those that this call is the first to use, through whatever name
* multiply-adds: of convolutions and products of matrices (so also of attention and LSTM), whatever they
  multiply; half of what `torch.utils.flop_counter` calls FLOPs. A connection table is computed as a full
  convolution with zeros, and counted so. Products number by number (gates, `nn.Bilinear`) do not count
* activations: bytes of the result; nothing where it overwrites its input or is only another view of it
* receptive field: how many pixels one unit sees; from the first linear layer on, what all positions see.
  Nothing where that cannot be followed, or where no image is seen, as in a table of positions
* jump: how many pixels lie between two neighboring units
"""

from collections.abc import Sequence
from textwrap import shorten

import torch
from torch import Tensor, nn

from .calls import CallTracer, form
from .description import Description
from .without_values import parameters_of, tensors_in, without_values

Size = tuple[int, int, int] | Tensor | Sequence[Tensor]


def describe(model: nn.Module, input_size: Size) -> Description:
    """Run a copy without values once on the meta device and write down what each layer does.

    The model stays as it is, and may itself live on the meta device. Hooks that you have put on it are not
    called.

    Args:
        input_size: Channels, height and width of the image; or, for a model that takes something else, a
            tensor or several, of which only shapes and types are used.

    Raises:
        ValueError: `input_size` is something else, or the model cannot be run on it: the line says which
            layer failed, on what and why.
    """
    model = getattr(model, "_orig_mod", model)  # of torch.compile
    inputs = as_inputs(model, input_size)
    input_shape = tuple(tuple(x.shape) for x in inputs) if tensors_in([input_size]) else tuple(input_size)
    for name, module in model.named_modules():
        if isinstance(module, torch.jit.ScriptModule):
            where = f"layer {name!r}" if name else "the net itself"
            raise ValueError(f"{where} is compiled by torch.jit; describe needs what it was made from")
    try:
        copy = without_values(model).eval()
    except Exception as error:
        raise ValueError(f"{type(model).__name__} cannot be copied: {reason(error)}") from error
    recorder = CallTracer(copy, inputs)
    try:
        with torch.no_grad(), torch.random.fork_rng(devices=[]), recorder.watching(copy), recorder:
            copy(*inputs)
    except Exception as error:
        line = f"{type(model).__name__} cannot be described: {complaint(recorder, error)}"
        raise ValueError(line) from error
    return Description(type(model).__name__, input_shape, tuple(recorder.rows), parameters_of(copy))


def as_inputs(model: nn.Module, input_size: Size) -> tuple[Tensor, ...]:
    """What the model is called with, on the meta device."""
    if isinstance(input_size, Tensor):
        input_size = [input_size]
    if len(input_size) and all(isinstance(x, Tensor) for x in input_size):
        return tuple(torch.empty_like(x.detach(), device="meta") for x in input_size)
    if len(input_size) != 3 or not all(isinstance(n, int) and n > 0 for n in input_size):
        raise ValueError(
            f"input_size={input_size!r} must be (channels, height, width) of one image, "
            "or the tensors that the model takes"
        )
    tensors = (*model.parameters(), *model.buffers())
    dtype = next((x.dtype for x in tensors if x.is_floating_point()), torch.get_default_dtype())
    return (torch.empty(1, *input_size, dtype=dtype, device="meta"),)


def complaint(recorder: CallTracer, error: Exception) -> str:
    """Where a net failed, on what, and why, in one line."""
    if not recorder.calls:
        return reason(error)
    call = recorder.calls[-1]
    got = " and ".join(map(form, call.args)) or "no argument"
    odd = f" ({recorder.odd})" if recorder.odd else ""
    if "meta" in str(error).lower():
        return f"{call} looks at values, and describe has only shapes{odd}: {reason(error)}"
    return f"{call} fails on {got}{odd}: {reason(error)}"


def reason(error: Exception) -> str:
    """The first line of an error, with its class where the line alone would say little."""
    line = shorten((str(error).strip().splitlines() or [""])[0], 160)
    is_plain = isinstance(error, ValueError | RuntimeError) and line
    return line if is_plain else f"{type(error).__name__}: {line}"
