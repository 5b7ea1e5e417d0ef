"""Color quantization: few colors in place of many, so that a stored picture is small.

Colors are looked up by their first bits, five of red, six of green and five of blue: quick, and enough for
drawings and grays. The palette holds exact means, so white stays white and a line keeps its color.
"""

import numpy as np

BINS = 1 << 16
NUMBERS = np.arange(BINS, dtype=np.float32)
MIDDLES = np.stack([NUMBERS // 2048 * 8 + 3.5, NUMBERS // 32 % 64 * 4 + 1.5, NUMBERS % 32 * 8 + 3.5], axis=1)


def palette_of(pixels: np.ndarray, most: int) -> np.ndarray:
    """The colors that stand for all others: the most frequent one, then always the one that is missed most.

    Args:
        pixels: (H, W, 3), uint8.
        most: how many colors, 1 to 256.

    Returns:
        (colors, 3), uint8; fewer where the picture has fewer.
    """
    bins = _bins(pixels).ravel()
    counts = np.bincount(bins, minlength=BINS)
    used = np.flatnonzero(counts)
    means = np.stack([_sums(pixels[..., channel], bins, counts) for channel in range(3)], axis=1)
    means = means[used] / counts[used, None]  # (used, 3)
    missed = np.full(len(used), np.inf)  # squared distance to the nearest chosen color
    weights = np.sqrt(counts[used])
    chosen = [int(counts[used].argmax())]
    while len(chosen) < min(most, len(used)):
        missed = np.minimum(missed, ((means - means[chosen[-1]]) ** 2).sum(axis=1))
        chosen.append(int((weights * missed).argmax()))
    return np.rint(means[chosen]).astype(np.uint8)


def nearest_colors(palette: np.ndarray) -> np.ndarray:
    """For every bin the number of the palette's nearest color, (BINS,), uint8: what `paint` looks up.

    Args:
        palette: (colors, 3), uint8, as `palette_of` gives it.
    """
    colors = palette.astype(np.float32)
    distances = (colors**2).sum(axis=1) - 2 * MIDDLES @ colors.T  # and what is the same for all colors
    table = distances.argmin(axis=1).astype(np.uint8)
    table[_bins(palette)] = np.arange(len(palette))  # a color of the palette stays what it is
    return table


def paint(pixels: np.ndarray, table: np.ndarray) -> np.ndarray:
    """The number of the nearest color at each pixel of (H, W, 3), by a table of `nearest_colors`: (H, W)."""
    return table[_bins(pixels)]


def _bins(pixels: np.ndarray) -> np.ndarray:
    """The first bits of red, green and blue as one number, (...) of pixels (..., 3)."""
    red, green, blue = (pixels[..., channel].astype(np.uint16) for channel in range(3))
    return (red & 248) << 8 | (green & 252) << 3 | blue >> 3


def _sums(channel: np.ndarray, bins: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """The sum of a channel over each bin, (BINS,); the fullest one, mostly ground, gets what is left."""
    ground = int(counts.argmax())
    channel, others = channel.ravel(), bins != ground
    sums = np.bincount(bins[others], weights=channel[others], minlength=BINS)
    sums[ground] = channel.sum(dtype=np.int64) - sums.sum()
    return sums
