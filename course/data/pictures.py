"""Image loading: a photograph of any usual kind as a tensor, and one line for what is none.

A file from elsewhere is read with care. Its bytes and its pixels are counted before anything is unpacked: a
few kilobytes can hold a picture of gigabytes. Only formats that cameras and web pages write are tried.
"""

import os
import warnings
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps, UnidentifiedImageError
from torch import Tensor

from course.errors import DataError

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
MAX_BYTES = 25_000_000
MAX_PIXELS = 64_000_000  # a telephone's 50 million, and some more
EVALUATED = 224 / 256
"""Share of the shorter side that ImageNet's nets are shown: 224 pixels from the middle of 256."""


def read_picture(
    source: str | os.PathLike | bytes,
    size: tuple[int, int],
    *,
    share: float = EVALUATED,
    gray: bool = False,
    name: str = "the file",
) -> Tensor:
    """The middle of a photograph, (3, height, width) or (1, height, width), float32 from 0 (black) to 1.

    It is turned as the camera was held (EXIF); what is transparent becomes white; of several frames the first
    is taken; color profiles are ignored.

    Args:
        source: path of a file, or what is in it.
        size: height and width of the result in pixels. The largest part of this form is cut from the middle.
        share: how much of that part is kept, from its middle: above 0, at most 1.
        gray: one channel, by the luma of ITU-R BT.601.
        name: of the bytes, for the line of an error; a path is named by itself.

    Raises:
        ValueError: size or share are not as above.
        DataError: there is no such file, or it is no picture, damaged, or too large.
    """
    if min(size) < 1 or not 0 < share <= 1:
        raise ValueError(f"size={size} must be at least 1 × 1, and share={share} above 0 and at most 1")
    if not isinstance(source, bytes):
        name, source = str(source), _content(Path(source))
    if len(source) > MAX_BYTES:
        raise DataError(f"{name} has {_millions(len(source))} MB; at most {_millions(MAX_BYTES)} MB are read")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit lies lower
            image = Image.open(BytesIO(source), formats=FORMATS)
            _check_pixels(name, *image.size)
            image = ImageOps.exif_transpose(image)
            _check_pixels(name, *image.size)
            part = _middle(_flat(image, "L" if gray else "RGB"), size, share)
    except DataError:
        raise
    except UnidentifiedImageError:
        raise DataError(f"{name} is no picture in a format that is read: {', '.join(FORMATS)}") from None
    except Image.DecompressionBombError:
        most = f"at most {_millions(MAX_PIXELS)} million are read"
        raise DataError(f"{name} has too many pixels; {most}") from None
    except Exception as error:  # a decoder meets bytes that nobody has checked, and may raise anything
        raise DataError(f"{name} is a damaged picture ({error})") from None
    pixels = torch.from_numpy(np.array(part)).float() / 255  # (H, W) or (H, W, 3)
    return pixels[None] if gray else pixels.permute(2, 0, 1).contiguous()


def read_pictures(paths: Iterable[str | os.PathLike], size: tuple[int, int], *, gray: bool = False) -> Tensor:
    """Several photographs, whole but for what does not fit the form: (N, 3, height, width) or (N, 1, …).

    Arguments, values and errors as for `read_picture`; at least one path.
    """
    return torch.stack([read_picture(path, size, share=1.0, gray=gray) for path in paths])


def _content(path: Path) -> bytes:
    """The bytes of a file, one more than allowed at most."""
    if not path.exists():
        raise DataError(f"there is no file {path} (looked for in {Path.cwd()})")
    if not path.is_file():
        raise DataError(f"{path} is no file; give the path of a picture")
    try:
        if (size := path.stat().st_size) > MAX_BYTES:
            raise DataError(f"{path} has {_millions(size)} MB; at most {_millions(MAX_BYTES)} MB are read")
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"cannot read {path}: {error.strerror}") from None


def _check_pixels(name: str, width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise DataError(
            f"{name} has {width} × {height} pixels; at most {_millions(MAX_PIXELS)} million are read"
        )


def _flat(image: Image.Image, mode: str) -> Image.Image:
    """Without transparency, palette or 16 bits: laid on white, in mode L or RGB."""
    if image.mode.startswith("I"):  # gray with 16 bits, of which Pillow would cut off all above 255
        image = Image.fromarray((np.asarray(image, dtype=np.float32) / 257).round().astype(np.uint8))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return image.convert(mode)


def _middle(image: Image.Image, size: tuple[int, int], share: float) -> Image.Image:
    """The largest part of this form around the middle, less its rim, in so many pixels."""
    height, width = size
    scale = share * min(image.width / width, image.height / height)
    left = max((image.width - scale * width) / 2, 0.0)  # rounding must not lead out of the picture
    top = max((image.height - scale * height) / 2, 0.0)
    box = (left, top, min(left + scale * width, image.width), min(top + scale * height, image.height))
    return image.resize((width, height), Image.Resampling.BICUBIC, box=box)


def _millions(number: int) -> str:
    return f"{number / 1e6:.3g}"
