"""Width multiplier: every number of channels times one factor, so that a published net trains on a laptop."""


def check_width(width: float) -> None:
    """Raise a ValueError unless width is a positive number; 1 is the published net, 1/4 a quarter of it."""
    if isinstance(width, bool) or not isinstance(width, int | float) or not width > 0:
        raise ValueError(f"width={width!r} must be a positive number; 1 is the published net")


def scaled(channels: int, width: float, multiple_of: int = 1) -> int:
    """Channels times width, rounded to a multiple and never less than one multiple.

    >>> scaled(64, 0.25), scaled(96, 0.1, multiple_of=2), scaled(3, 0.01)
    (16, 10, 1)
    """
    return max(1, round(channels * width / multiple_of)) * multiple_of
