"""The checks that all builders share: a wrong option or a too small image is one readable line."""

from collections.abc import Callable, Iterable
from inspect import get_annotations, signature
from typing import Any

from torch import Tensor

from course.errors import unknown_name


def options_of(builder: Callable[..., Any]) -> dict[str, Any]:
    """The options of a builder with their defaults.

    They are the keyword arguments in its signature. When it ends in `**options`, the rest are the
    keyword-only arguments of the class that it says it returns.
    """
    found = {}
    for parameter in signature(builder).parameters.values():
        if parameter.kind is parameter.VAR_KEYWORD:
            network = get_annotations(builder, eval_str=True)["return"]
            inherited = signature(network).parameters.values()
            found |= {p.name: p.default for p in inherited if p.kind is p.KEYWORD_ONLY}
        else:
            found[parameter.name] = parameter.default
    return found


def check_option(argument: str, value: object, allowed: Iterable[str]) -> None:
    """Refuse a value that is not in the list.

    Raises:
        ValueError: The line names the argument, the value, all that is allowed and the closest.
    """
    allowed = list(allowed)
    if value not in allowed:
        raise ValueError(unknown_name(argument, value, allowed))


def check_counts(**counts: int) -> None:
    """Refuse anything but whole numbers from 1 up, as in `check_counts(num_classes=num_classes)`."""
    for argument, value in counts.items():
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise ValueError(f"{argument}={value!r} must be a whole number of at least 1")


def check_width(width: float) -> None:
    """Refuse a width that is not a positive number; 1 is the published net, 1/4 a quarter of its channels."""
    if isinstance(width, bool) or not isinstance(width, int | float) or not width > 0:
        raise ValueError(f"width={width!r} must be a positive number; 1 is the published net")


def scaled(channels: int, width: float, multiple_of: int = 1) -> int:
    """Channels times width, rounded to a multiple and never less than one multiple.

    >>> scaled(64, 0.25), scaled(96, 0.1, multiple_of=2), scaled(3, 0.01)
    (16, 10, 1)
    """
    return max(1, round(channels * width / multiple_of)) * multiple_of


def check_size(model: str, size: int | tuple[int, int], least: int) -> None:
    """Refuse an image, height and width in pixels, that the net would shrink to nothing.

    Raises:
        ValueError: The line says the size, the model and the least size.
    """
    height, width = (size, size) if isinstance(size, int) else size
    if min(height, width) < least:
        raise ValueError(f"input {height}×{width} is too small for {model}: at least {least}×{least}")


def check_input(model: str, x: Tensor, in_channels: int, least: int = 1, only: int | None = None) -> None:
    """Refuse a batch that is not (N, in_channels, H, W), or whose H and W do not suit the net.

    Args:
        least: Least height and width in pixels.
        only: The one height and width that fit, for a net that ends in a linear layer over all positions.
    """
    if x.ndim != 4 or x.shape[1] != in_channels:
        raise ValueError(f"input has shape {tuple(x.shape)}; {model} needs (N, {in_channels}, H, W)")
    height, width = x.shape[2:]
    check_size(model, (height, width), least)
    if only is not None and (height, width) != (only, only):
        raise ValueError(f"input {height}×{width} does not fit this {model}: it was built for {only}×{only}")
