"""Sheets of other programs: read a CSV that Moodle, Canvas or Excel wrote, and write it as it came.

Commas, semicolons or tabs; with or without a byte-order mark; numbers with a decimal point or comma.
"""

import csv
import io
import re
import unicodedata
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from course.errors import UsageError

from ..record.gradebook import BOM
from .platform import Table

DELIMITERS = (",", ";", "\t")
ROWS_LOOKED_AT = 20
NUMBER = re.compile(r"-?[0-9]{1,15}([.,][0-9]{1,15})?")
GROUPED = re.compile(r"-?[0-9]{1,3}(?P<group>[.,])([0-9]{3})((?P=group)[0-9]{3})*([.,][0-9]{1,15})?")
BLANKS = re.compile(r"[\s'\u2019]")  # between groups of three digits


@dataclass
class SheetFile:
    """The rows of a CSV, the first with the names of the columns, and how it was written."""

    rows: Table
    delimiter: str
    bom: bool

    def to_text(self, rows: Table) -> str:
        """These rows as the text of a file of the same form."""
        out = io.StringIO()
        csv.writer(out, delimiter=self.delimiter, lineterminator="\n").writerows(rows)
        return BOM * self.bom + out.getvalue()


def read_sheet(path: Path, argument: str) -> SheetFile:
    """Read a CSV; short rows are filled up.

    Raises:
        UsageError: it cannot be read, or is empty.
    """
    shown = f"{argument}={str(path)!r}"
    try:
        text = path.read_bytes().decode("utf-8")
        bom, text = text.startswith(BOM), text.removeprefix(BOM)
        declared = re.match(r"sep=(.)\r?\n", text)  # how Excel is told
        text = text[declared.end() :] if declared else text
        delimiter = declared[1] if declared else _delimiter(text)
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except UnicodeDecodeError:
        raise UsageError(f"{shown} cannot be read: it is not UTF-8; save it as CSV UTF-8") from None
    except (OSError, ValueError, csv.Error) as error:
        raise UsageError(f"{shown} cannot be read ({str(error)[:80]})") from None
    if not any(rows):
        raise UsageError(f"{shown} is empty")
    rows = [row for row in rows if row]
    rows[0] = [name.strip() for name in rows[0]]
    return SheetFile([row + [""] * (len(rows[0]) - len(row)) for row in rows], delimiter, bom)


def _delimiter(text: str) -> str:
    """The delimiter that gives the first row most columns, and the next rows as many."""

    def fit(sign: str) -> tuple[int, int]:
        rows = [len(row) for row in islice(csv.reader(io.StringIO(text), delimiter=sign), ROWS_LOOKED_AT)]
        return (rows[0], rows.count(rows[0])) if rows else (0, 0)

    return max(DELIMITERS, key=fit)


def readings(text: str) -> set[float]:
    """The numbers that a text may stand for, in the English or the continental way; none if it is no number.

    >>> readings("1,234.5"), readings("1.234,5"), readings("100 %")
    ({1234.5}, {1234.5}, set())
    >>> sorted(readings("1,234"))
    [1.234, 1234.0]
    """
    plain, numbers = BLANKS.sub("", text), set()
    if NUMBER.fullmatch(plain):
        numbers.add(float(plain.replace(",", ".")))
    match = GROUPED.fullmatch(plain)
    if match and (match[4] or "")[:1] != match["group"]:
        numbers.add(float(plain.replace(match["group"], "").replace(",", ".")))
    return numbers


def name_key(cell: object) -> str:
    """What two ways to write a student's name or number share: a spreadsheet drops leading zeros.

    >>> name_key("Zoe\u0308") == name_key("Zo\u00eb"), name_key("0042") == name_key("42")
    (True, True)
    """
    text = unicodedata.normalize("NFC", str(cell).strip())
    return text.lstrip("0") if text.isdecimal() else text


def trailing_number(cell: object) -> str:
    """The number that a student has on a platform: 11 for "Participant 11", "Teilnehmer/in11" or " 11 "."""
    match = re.search(r"(\d{1,20})\s*$", str(cell))
    return match[1] if match else ""
