"""Whatever text a student writes and whatever zip arrives: no cell is a formula, no path leads out."""

import csv
import io
import unicodedata
import warnings
import zipfile

from hypothesis import given, settings
from hypothesis import strategies as st

from course.errors import UsageError
from course.grading.exchange.unzip import FILE_LIMIT, members
from course.grading.record.gradebook import clean, csv_table, csv_text

quick = settings(deadline=None, max_examples=50, derandomize=True, database=None)
pieces = st.lists(
    st.sampled_from([*"=+-@;\t|,\"' \n\r", "＝", "cmd", "\u200b", "\u202e", "\ufeff", "\U000e0041", "é"])
    | st.characters(),
    max_size=12,
).map("".join)


def is_formula(cell):
    """Whether a spreadsheet computes a cell: blanks before the sign do not matter."""
    return cell.strip()[:1] in tuple("=+-@＝＋－＠")


@quick
@given(st.lists(pieces, min_size=1, max_size=4))
def test_no_cell_is_a_formula(texts):
    """Where cells are separated by commas, all come back; where by semicolons or tabs, none is a formula."""
    table = csv_table([[csv_text(text) for text in texts]])
    (row,) = csv.reader(io.StringIO(table))
    assert row == [csv_text(text) for text in texts] and not any(map(is_formula, row))
    for separator in ";\t":
        for cells in csv.reader(io.StringIO(table), delimiter=separator):
            assert not any(map(is_formula, cells)), cells


@quick
@given(pieces)
def test_clean_text_is_one_visible_line(text):
    """No control, format, private or half character of Unicode is left, by Python's own table."""
    hidden = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    assert not {unicodedata.category(letter) for letter in clean(text)} & hidden
    assert clean(clean(text)) == clean(text)


names = st.lists(
    st.sampled_from(
        ["..", "", "a", "b.ipynb", "C:", "x" * 300, ".hidden", "con", "\x00", "é.ipynb", "__MACOSX"]
    )
    | st.text(max_size=5),
    min_size=1,
    max_size=4,
).map("/".join)
contents = st.binary(max_size=60) | st.just("2 MiB of zeros")
entries = st.lists(st.tuples(names, contents, st.sampled_from([0o100644, 0o120777, 0o040755, 0])), max_size=3)
changes = st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 255)), max_size=6)


@quick
@given(entries, changes, st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
def test_any_zip_is_read_or_refused(tmp_path_factory, entries, changes, packing):
    """Damaged anywhere, each file is bytes within the limits or a reason; what is read has a safe path."""
    raw = io.BytesIO()
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(raw, "w", packing) as archive:
        for name, content, mode in entries:
            info = zipfile.ZipInfo("x")
            info.filename, info.external_attr, info.compress_type = name, mode << 16, packing
            archive.writestr(info, bytes(2 * 2**20) if isinstance(content, str) else content)
    damaged = bytearray(raw.getvalue())
    for place, value in changes:
        damaged[place % len(damaged)] = value
    path = tmp_path_factory.getbasetemp() / "any.zip"
    path.write_bytes(damaged)
    try:
        found = list(members(path))
    except UsageError as error:
        assert "\n" not in str(error)
        return
    for member in found:
        assert (member.content is None) == bool(member.refused)
        if member.content is not None:
            parts = member.path.split("/")
            assert len(member.content) <= FILE_LIMIT and not {"..", ""} & set(parts[:-1]) and parts[0] != ""
            assert "\0" not in member.path and ":" not in parts[0][1:2]
