"""Bounding boxes for 65 of the 100 photographs: where the thing is that gives the photograph its name.

Each photograph was looked at for this course. A box stands where one thing gives the name, is to be seen as a
whole or nearly, and does not fill the photograph: no shelf of books, no flock of flamingos, no face of a
leopard. What holds a thing is no part of it (the branch under a bird), what belongs to it is (a tail, the
water cannon of a fireboat). The sides are drawn by eye and right to about five of 224 pixels.
"""

import csv
from pathlib import Path

SIDE = 224
TABLE = Path(__file__).with_name("photograph_boxes.csv")


def photograph_boxes() -> dict[int, tuple[int, int, int, int]]:
    """Bounding boxes by the number of the photograph: left, top, right and bottom of 224 pixels.

    The numbers are those of `read_photographs`, 0 to 99, in ascending order. Right and bottom lie outside: a
    box over the whole photograph would be (0, 0, 224, 224).

    Source: drawn for this course.
    """
    with TABLE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    sides = ("left", "top", "right", "bottom")
    return {int(Path(row["file"]).stem): tuple(int(row[side]) for side in sides) for row in rows}
