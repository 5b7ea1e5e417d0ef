"""A picture is the same bytes on every run, readable, and leaves matplotlib's settings alone."""

import struct
import textwrap
import zlib
from io import BytesIO

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.colors import to_rgb
from PIL import Image

from course.visualize import Picture, plot_training_curves
from course.visualize.optimizer_paths import LAND
from course.visualize.style import (
    COLORS,
    DPI,
    SHARPNESS,
    WIDTH,
    even_lines,
    line_style,
    listing,
    picture,
    styled,
)


def chunks(png):
    """The names and contents of a PNG's chunks."""
    place = 8
    while place < len(png):
        (length,) = struct.unpack(">I", png[place : place + 4])
        name, content = png[place + 4 : place + 8], png[place + 8 : place + 8 + length]
        assert struct.unpack(">I", png[place + 8 + length : place + 12 + length])[0] == zlib.crc32(
            name + content
        )
        yield name, content
        place += 12 + length


def test_png_is_the_same_twice_and_names_no_software():
    """Two drawings of the same data have the same bytes, without text or time in the file."""
    first, second = (plot_training_curves({"SGD": [3, 2, 1]}).png() for _ in range(2))
    assert first == second
    assert {name for name, _ in chunks(first)} == {b"IHDR", b"PLTE", b"IDAT", b"IEND"}


def test_png_has_twice_the_pixels_of_a_notebook():
    """7 inches at 180 dots are 1260 pixels, shown on 630: sharp on a screen with two pixels for one."""
    figure = plot_training_curves({"SGD": [3, 2, 1]})
    data, metadata = figure.bundle()
    image = Image.open(BytesIO(data["image/png"]))
    assert image.width == WIDTH * DPI == 1260
    shown = metadata["image/png"]
    assert (SHARPNESS * shown["width"], SHARPNESS * shown["height"]) == image.size


def test_png_is_opaque_and_white():
    """No pixel lets a dark page shine through, and the ground is white."""
    image = Image.open(BytesIO(plot_training_curves({"SGD": [3, 2, 1]}).png()))
    assert image.mode == "P" and "transparency" not in image.info
    pixels = np.asarray(image.convert("RGB"))
    assert (pixels[[0, 0, -1, -1], [0, -1, 0, -1]] == 255).all()
    assert (pixels == 255).all(axis=-1).mean() > 0.8


@styled
def image_without_a_map():
    figure, axes = picture(height=1.0)
    axes[0, 0].imshow(np.linspace(0, 1, 20).reshape(4, 5))
    return figure


def test_an_image_is_grey_by_itself():
    """Numbers drawn as pixels have no colour unless a plot gives them one."""
    colors = np.asarray(Image.open(BytesIO(image_without_a_map().png())).convert("RGB")).astype(int)
    assert np.ptp(colors, axis=-1).max() <= 4 and np.ptp(colors) > 200


def test_person_settings_change_nothing_and_are_kept():
    """Drawing inside somebody's own matplotlib settings gives the same bytes and leaves the settings."""
    plain = plot_training_curves({"SGD": [3, 2, 1]}).png()
    with matplotlib.rc_context({"font.size": 20, "lines.linewidth": 9, "savefig.bbox": "tight"}):
        assert plot_training_curves({"SGD": [3, 2, 1]}).png() == plain
        assert matplotlib.rcParams["font.size"] == 20


def test_pictures_are_not_left_open():
    """pyplot, which keeps and shows the figures it made, knows nothing of a picture."""
    before = pyplot.get_fignums()
    plot_training_curves({"SGD": [3, 2, 1]}).png()
    assert pyplot.get_fignums() == before


def test_bundle_holds_the_picture_and_its_text():
    """A notebook stores the PNG, and the alternative text as plain text and as the image's metadata."""
    figure, _ = picture()
    figure.alt = "Two empty axes."
    data, metadata = figure.bundle()
    assert data == {"image/png": figure.png(), "text/plain": "Two empty axes."}
    assert metadata == {"image/png": {"width": 630, "height": 270, "alt": "Two empty axes."}}
    assert Picture(alt="x").alt == "x"


def test_savefig_writes_other_formats(tmp_path):
    """A picture can be saved as any matplotlib figure."""
    figure, _ = picture()
    for name in ("picture.svg", "picture.pdf", "picture.png"):
        figure.savefig(tmp_path / name)
        assert (tmp_path / name).stat().st_size > 500


# Machado, Oliveira & Fernandes 2009, severity 1: what is left of linear RGB without one kind of cone
VISION = {
    "all": np.eye(3),
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.3039],
    ],
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def lab(colors, vision):
    """CIE L*a*b* of colours, (n, 3), as somebody with that vision sees them."""
    rgb = np.array([to_rgb(color) for color in colors])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ np.array(VISION[vision]).T, 0, 1)
    x, y, z = np.cbrt(seen @ TO_XYZ.T / TO_XYZ.sum(axis=1)).T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)


def closest(colors, vision):
    """The smallest distance between two of the colours; about 2 can just be told apart side by side."""
    seen = lab(colors, vision)
    distances = np.linalg.norm(seen[:, None] - seen, axis=-1)
    return distances[np.triu_indices(len(colors), 1)].min()


@pytest.mark.parametrize("vision", VISION)
def test_colours_differ_for_every_kind_of_vision(vision):
    """No two of the eight colours come close, and each stands out from white."""
    assert closest([*COLORS, "white"], vision) > 12


@pytest.mark.parametrize("vision", VISION)
def test_heights_of_a_landscape_become_lighter(vision):
    """From valley to top every colour is lighter than the one before, and light enough for paths upon it."""
    lightness = lab(LAND, vision)[:, 0]
    assert (np.diff(lightness) > 0).all() and lightness[0] > 50


def test_matplotlib_own_colours_would_not_pass():
    """The measure sees what it should: red and green of the default palette nearly meet without one cone."""
    assert closest(["tab:red", "tab:green", "tab:brown"], "deutan") < 12


def test_line_styles_tell_32_series_apart():
    """Colour and line style together do not repeat before the 33rd series."""
    looks = [tuple(line_style(index).values()) for index in range(33)]
    assert len(set(looks[:32])) == 32 and looks[32] == looks[0]


@pytest.mark.parametrize(
    ("names", "text"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", 3], "a, b and 3")]
)
def test_listing_reads_as_a_sentence(names, text):
    """Commas, then an and."""
    assert listing(names) == text


@pytest.mark.parametrize("width", [30, 50, 90])
def test_the_lines_of_a_title_are_about_equally_long(width):
    """No line is longer than allowed or half as long as another, and all words are there in order."""
    title = "Clipping bounds the length of a step, however long the gradient is"
    lines = even_lines(title, width)
    lengths = [len(line) for line in lines]
    assert " ".join(lines) == title and max(lengths) <= width
    assert len(lines) == len(textwrap.wrap(title, width)) and 2 * min(lengths) > max(lengths)
