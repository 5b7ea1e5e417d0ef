"""docs/photographs.md says what is measured: its numbers are those of the data, its pictures are there."""

import re
import runpy
from collections import Counter
from pathlib import Path

import pytest

from course.data.photographs import read_table
from course.models import get_model

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "photographs.md").read_text("utf-8")


@pytest.fixture(scope="module")
def script():
    """The functions that measured the page."""
    return runpy.run_path(str(DOCS / "photographs.py"))


def test_the_kinds_are_counted_right():
    """Eight kinds, 100 photographs, as the table of labels has them."""
    said = re.findall(r"\| ([a-z, ]+?) \| (\d+) (?=\|)", PAGE.split("The split")[0])
    assert {kind: int(count) for kind, count in said} == Counter(row["kind"] for row in read_table())


def test_the_sizes_are_those_of_the_installed_packages(script):
    """In millions of bytes, to the printed digit."""
    for package, size in script["sizes"]().items():
        (said,) = re.findall(rf"\| {package} [\d.]+ \| [\d.]+ \| ([\d.]+) \|", PAGE)
        assert float(said) == pytest.approx(size / 1e6, abs=0.1)


def test_the_share_by_chance_is_computed():
    """The chance that one of the other 99 is of the same kind."""
    counts = Counter(row["kind"] for row in read_table()).values()
    assert round(100 * sum(n * (n - 1) for n in counts) / 9900) == 13 and "13 % would be by chance" in PAGE


def test_pictures_are_there_small_and_described():
    """Each has an alternative text and at most 250 KB; none lies there that the page does not show."""
    shown = dict(re.findall(r"!\[([^\]]+)\]\(([^)]+)\)", PAGE))
    files = {path.name for path in DOCS.glob("photographs-*")}
    assert set(shown.values()) == files and len(files) == 4
    assert all(len(alt) > 40 for alt in shown)
    assert all((DOCS / name).stat().st_size <= 250_000 for name in files)


@pytest.mark.nightly("shows the ImageNet net the 100 photographs six times; half a minute")
def test_the_table_of_preprocessing_is_measured(script):
    """The counts of the page, but for one photograph that may fall to the other side on another processor."""
    said = re.findall(r"\| (\d+) \| (\d+) \|$", PAGE.split("What 100 photographs")[0], re.MULTILINE)
    counts = script["preprocessing"](get_model("efficientnet_lite0", pretrained=True))
    assert len(said) == len(counts) == 6
    for first, five in sorted(counts.values(), reverse=True):
        row = min(said, key=lambda row: abs(int(row[0]) - first) + abs(int(row[1]) - five))
        assert abs(int(row[0]) - first) <= 1 and abs(int(row[1]) - five) <= 1
