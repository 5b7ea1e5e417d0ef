"""Kaggle submission file for the competition *Digit Recognizer*, and a check before you send it.

    ImageId,Label
    1,2
    2,0
    …

One header, then one line an image: its number, from 1 on, and the digit that you predict. A competition
allows few attempts a day, so a wrong file is better found here. The format is that of the competition's page
(https://www.kaggle.com/competitions/digit-recognizer), whose test set has 28,000 images. The order of the
lines does not matter, nor whether they end as on Windows (CR LF) or elsewhere (LF).
"""

import csv
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from torch import Tensor

HEADER = ["ImageId", "Label"]
WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")


def write_submission(path: str | os.PathLike, labels: Sequence[int] | np.ndarray | Tensor) -> Path:
    """Write the predicted labels; the first image gets the number 1.

    Args:
        path: of the file; an older one is overwritten.
        labels: (N,), whole numbers from 0 to 9, in the order of the test images.

    Returns:
        The path.

    Raises:
        ValueError: the labels are not (N,), or one of them is no digit.
    """
    labels = np.asarray(labels)
    if labels.ndim != 1 or not labels.size:
        raise ValueError(
            f"labels of shape {labels.shape} must be (N,), one digit an image: take argmax of logits"
        )
    for row, label in enumerate(labels.tolist()):
        if isinstance(label, bool) or not isinstance(label, int) or not 0 <= label <= 9:
            raise ValueError(f"labels[{row}]={label!r} must be a whole number from 0 to 9")
    lines = [",".join(HEADER), *(f"{number},{label}" for number, label in enumerate(labels, start=1))]
    Path(path).write_bytes(("\n".join(lines) + "\n").encode("ascii"))
    return Path(path)


def validate_submission(path: str | os.PathLike, images: int = 28_000) -> list[str]:
    """What is wrong with a file of predictions, all of it at once; a valid file has an empty list.

    Args:
        path: of the file.
        images: how many the test set has; their numbers are 1 to `images`.

    Returns:
        One sentence a fault: the line, the value found, and what is allowed.

    Raises:
        ValueError: `images` is below 1.
        OSError: the file cannot be read.
    """
    if images < 1:
        raise ValueError(f"images={images} must be at least 1")
    raw = Path(path).read_bytes()
    if raw.startswith(b"\xef\xbb\xbf"):
        return [
            "line 1 begins with a byte order mark (BOM), invisible in editors; save as UTF-8 without BOM",
            *faults(raw[3:], images),
        ]
    return list(faults(raw, images))


def faults(raw: bytes, images: int) -> Iterator[str]:
    """The faults of a file's contents, in the order of its lines; then the images that it leaves out."""
    try:
        reader = csv.reader(raw.decode("utf-8").splitlines(keepends=True), strict=True)
        rows = [(reader.line_num, row) for row in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        yield f"the file is not comma-separated text in UTF-8 ({error}); an Excel workbook must be exported"
        return
    if not rows:
        yield f"the file is empty; line 1 must be {','.join(HEADER)}"
        return
    has_header = rows[0][1] == HEADER
    if not has_header:
        yield f"line 1 is {','.join(rows[0][1])!r}; it must be the header {','.join(HEADER)!r}"
    forgotten = not has_header and all(WHOLE_NUMBER.fullmatch(value) for value in rows[0][1]) and rows[0][1]
    first_lines: dict[int, int] = {}
    for line, row in rows if forgotten else rows[1:]:
        yield from row_faults(line, row, images, first_lines)
    missing = [number for number in range(1, images + 1) if number not in first_lines]
    if missing:
        named = ", ".join(map(str, missing[:5])) + (", …" if len(missing) > 5 else "")
        yield f"{len(missing)} of the ImageIds 1 to {images} have no line of their own: {named}"


def row_faults(line: int, row: list[str], images: int, first_lines: dict[int, int]) -> Iterator[str]:
    """The faults of one line; its image is noted in `first_lines`, number to line."""
    if not row:
        yield f"line {line} is blank; delete it"
        return
    if len(row) != 2:
        yield f"line {line} has {len(row)} values, {','.join(row)!r}; it must have 2: an ImageId and a Label"
        return
    number, label = row
    if not WHOLE_NUMBER.fullmatch(number) or not 1 <= int(number) <= images:
        yield f"line {line}: ImageId={number!r} must be a whole number from 1 to {images}"
    elif int(number) in first_lines:
        yield f"line {line}: ImageId={number} stands on line {first_lines[int(number)]} already"
    else:
        first_lines[int(number)] = line
    if not WHOLE_NUMBER.fullmatch(label) or int(label) > 9:
        yield f"line {line}: Label={label!r} must be a whole number from 0 to 9"
