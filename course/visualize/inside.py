"""Layer outputs of any net for an image, while the gradient still finds its way through.

A layer is named as in `model.named_modules()`, or given as the module itself, or named by a method of the net
that makes maps, as `features` of EfficientNet-Lite. Images have values from 0 to 1; what the net wants in
their place is made by `normalize`, or by the net's own method of that name.

The net comes back as it was: modes, hooks, gradients, batch norm's averages. It computes in evaluation mode.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from difflib import get_close_matches

from torch import Tensor, nn

from course.training.loop import evaluating

Layer = nn.Module | str
Normalize = Callable[[Tensor], Tensor]


def find_layer(model: nn.Module, layer: Layer) -> str:
    """The name of a layer: checked if it is a name, looked up if it is a module.

    Raises:
        ValueError: the model has no such layer; the line says the closest names.
    """
    names = {name: module for name, module in model.named_modules() if name}
    if isinstance(layer, nn.Module):
        for name, module in names.items():
            if module is layer:
                return name
        raise ValueError(f"layer={type(layer).__name__} is no part of model={type(model).__name__}")
    if layer in names or _is_method(model, layer):
        return layer
    known = [*names, *filter(lambda name: _is_method(model, name), ["features"])]
    close = get_close_matches(str(layer), known, n=3, cutoff=0.4)
    hint = f"the closest names are {', '.join(close)}" if close else f"it has {_first(known)}"
    raise ValueError(f"layer={layer!r} is no layer of model={type(model).__name__}; {hint}")


def _is_method(model: nn.Module, name: object) -> bool:
    """Whether the net's own class has a method of this name."""
    return (
        isinstance(name, str)
        and callable(getattr(type(model), name, None))
        and not hasattr(nn.Module, name)
        and name not in vars(model)
    )


def _first(names: Sequence[str], most: int = 6) -> str:
    """The first of some names, and how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


@contextmanager
def watching(model: nn.Module, layer: Layer) -> Iterator[list]:
    """Collect in a list what a layer puts out inside the `with` block, one entry a call.

    The net goes on with a copy, so that a later layer that works in place changes nothing here.
    """
    name, seen = find_layer(model, layer), []

    def keep(output):
        seen.append(output)
        return output.clone() if isinstance(output, Tensor) else output

    if _is_method(model, name):
        method = getattr(model, name)
        vars(model)[name] = lambda *args, **kwargs: keep(method(*args, **kwargs))
        try:
            yield seen
        finally:
            del vars(model)[name]
        return
    handle = model.get_submodule(name).register_forward_hook(lambda module, inputs, output: keep(output))
    try:
        yield seen
    finally:
        handle.remove()


def layer_outputs(model: nn.Module, x: Tensor, layers: Sequence[Layer]) -> tuple[Tensor, list[Tensor]]:
    """What the net and some of its layers make of a batch; of a layer that is called often, its last call.

    Raises:
        ValueError: an unknown layer, one that was not called, or one that gives no tensor.
    """
    with evaluating(model), ExitStack() as stack:
        watched = [stack.enter_context(watching(model, layer)) for layer in layers]
        output = model(x)
    for layer, seen in zip(layers, watched, strict=True):
        if not seen:
            raise ValueError(f"layer={find_layer(model, layer)!r} was not called by the model")
        if not isinstance(seen[-1], Tensor):
            name, kind = find_layer(model, layer), type(seen[-1]).__name__
            raise ValueError(f"layer={name!r} gives a {kind}; it must give one tensor")
    return output, [seen[-1] for seen in watched]


def check_maps(layer: str, output: Tensor) -> None:
    """Raise a ValueError unless a layer's output is made of maps, (N, C, h, w)."""
    if output.dim() != 4:
        raise ValueError(f"layer={layer!r} gives shape {tuple(output.shape)}; it must give maps (N, C, h, w)")


def check_image(image: Tensor) -> Tensor:
    """One image (C, H, W) with values from 0 to 1, as a batch (1, C, H, W).

    Raises:
        TypeError: no tensor of floating point numbers.
        ValueError: another shape, or values beyond 0 and 1.
    """
    if isinstance(image, Tensor) and image.dim() != 3:
        raise ValueError(f"image has shape {tuple(image.shape)}; it must be one image (C, H, W)")
    return check_images(image if not isinstance(image, Tensor) else image[None], "image")


def check_images(images: Tensor, argument: str = "images") -> Tensor:
    """Images (N, C, H, W) with values from 0 to 1, cut off from any graph; errors as in `check_image`."""
    if not isinstance(images, Tensor) or not images.is_floating_point():
        kind = images.dtype if isinstance(images, Tensor) else type(images).__name__
        raise TypeError(f"{argument} is of type {kind}; it must be a tensor of floats from 0 to 1")
    if images.dim() != 4 or not images.numel():
        raise ValueError(
            f"{argument} has shape {tuple(images.shape)}; it must be (N, C, H, W), and not empty"
        )
    low, high = images.min().item(), images.max().item()
    if not (low >= 0 and high <= 1):
        raise ValueError(
            f"{argument} has values from {low:.3g} to {high:.3g}; they must lie from 0 to 1, not normalized"
        )
    return images.detach()


def normalized(model: nn.Module, images: Tensor, normalize: Normalize | None) -> Tensor:
    """Images as the net wants them, on its device and in its dtype.

    Args:
        model: asked for its method `normalize` where None is given; not for a layer of that name, which the
            net applies itself.
        images: (N, C, H, W), from 0 to 1.
        normalize: for example a data set's own.
    """
    if normalize is None and callable(getattr(type(model), "normalize", None)):
        normalize = model.normalize
    x = normalize(images) if normalize else images.clone()
    weight = next((p for p in model.parameters() if p.is_floating_point()), x)
    return x.to(weight.device, weight.dtype)


def class_scores(model: nn.Module, output: object, target: int | None) -> tuple[Tensor, int]:
    """Logits of one class (N,), and which class: by default that with the largest logit of the first image.

    Raises:
        TypeError: the target is no whole number.
        ValueError: the model gives no logits (N, classes), or has no such class.
    """
    if not isinstance(output, Tensor) or output.dim() != 2:
        got = f"shape {tuple(output.shape)}" if isinstance(output, Tensor) else f"a {type(output).__name__}"
        raise ValueError(f"model={type(model).__name__} gives {got}; it must give logits (N, classes)")
    if target is None:
        target = int(output[0].argmax())
    if isinstance(target, bool) or not isinstance(target, int):
        raise TypeError(f"target={target!r} must be the number of a class")
    if not 0 <= target < output.shape[1]:
        raise ValueError(f"target={target} must be a class from 0 to {output.shape[1] - 1}")
    return output[:, target], target
