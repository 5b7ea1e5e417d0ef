"""A picture that moves is one PNG: the finished picture first, then every state from the start."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from course import optim
from course.visualize import (
    BEALE,
    BOWL,
    animate,
    animate_optimizer_paths,
    optimizer_path,
    plot_optimizer_descents,
)
from course.visualize import motion as motion_file
from course.visualize.motion import MOST_BYTES, Motion
from course.visualize.style import picture, styled


@styled
def bars(count):
    figure, axes = picture(height=1.0)
    axes[0, 0].bar(range(count), 1, color="black")
    axes[0, 0].set(xlim=(-1, 5))
    figure.alt = f"{count} bars."
    return figure


def frames(png):
    """The frames as a viewer shows them, each (H, W, 3), and their milliseconds."""
    image = Image.open(BytesIO(png))
    shown = []
    for number in range(image.n_frames):
        image.seek(number)
        shown.append((np.asarray(image.convert("RGB")).astype(int), image.info["duration"]))
    return shown


def test_every_state_is_a_frame_after_the_finished_picture():
    """What a viewer shows is the last state, held, and then each state as it is drawn by itself."""
    motion = animate(bars, [1, 2, 3, 4], seconds=3.0, hold=2.0)
    shown = frames(motion.png())
    assert [duration for _, duration in shown] == [2000, 1000, 1000, 1000]
    for (frame, _), count in zip(shown, (4, 1, 2, 3), strict=True):
        assert np.abs(frame - bars(count).pixels()).max() < 40
        assert (np.abs(frame - bars(count).pixels()) > 8).mean() < 0.001
    assert Image.open(BytesIO(motion.png())).info["loop"] == 0


def test_where_nothing_moves_the_finished_picture_stands():
    """A viewer that knows no motion reads one PNG, and that is the last state."""
    still = Image.open(BytesIO(animate(bars, [1, 4]).png()))
    assert still.format == "PNG" and still.width == 1260
    assert np.abs(np.asarray(still.convert("RGB")).astype(int) - bars(4).pixels()).max() < 40


def test_a_notebook_stores_one_png_with_its_text():
    """The same bytes twice, shown on 630 pixels, with the last picture's text."""
    data, metadata = animate(bars, [1, 2, 3]).bundle()
    assert data == {"image/png": animate(bars, [1, 2, 3]).png(), "text/plain": "3 bars."}
    assert metadata == {"image/png": {"width": 630, "height": 90, "alt": "3 bars."}}


def noise(count, side, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.integers(0, 256, (side, side, 3), dtype=np.uint8) for _ in range(count)]


def test_a_large_one_becomes_plainer_until_it_fits():
    """Noise that would be too large at its sharpest is stored with fewer pixels, and still shown as large."""
    motion = Motion(noise(3, 600), seconds=1, hold=1, alt="Noise.")
    data, metadata = motion.bundle()
    assert len(data["image/png"]) <= MOST_BYTES
    assert Image.open(BytesIO(data["image/png"])).size == (300, 300)
    assert metadata["image/png"]["width"] == 300


def test_what_never_fits_and_what_does_not_move_is_refused(monkeypatch):
    """One line says how large it is, or what is missing."""
    monkeypatch.setattr(motion_file, "MOST_BYTES", 10_000)  # larger noise would not fit 400,000 either
    with pytest.raises(ValueError, match=r"has \d+ KB at its plainest, at most 10 are allowed; show fewer"):
        Motion(noise(8, 200), 1, 1, "").png()
    with pytest.raises(ValueError, match=r"frames has 1 of shapes .*; 2 or more of one shape"):
        animate(bars, [1])
    with pytest.raises(ValueError, match=r"frames has 0 of shapes"):
        animate(bars, [])
    with pytest.raises(ValueError, match=r"frames has 2 of shapes \[\(2, 2, 3\), \(3, 3, 3\)\]"):
        Motion([noise(1, 2)[0], noise(1, 3)[0]], 1, 1, "")


@pytest.fixture(scope="module")
def paths():
    rules = {"SGD": (optim.SGD, 0.03), "momentum": (optim.Momentum, 0.02), "Adam": (optim.Adam, 0.1)}
    return {
        name: optimizer_path(BOWL, lambda p, how=how, lr=lr: how(p, lr=lr), 60)
        for name, (how, lr) in rules.items()
    }


@pytest.fixture(scope="module")
def motion(paths):
    return animate_optimizer_paths(BOWL, paths, title="Momentum overshoots")


def test_paths_of_optimizers_move(motion):
    """Forty frames in 400 KB; before the end less ink stands on both panels."""
    png = motion.png()
    assert len(png) <= MOST_BYTES and Image.open(BytesIO(png)).n_frames == 40
    shown = [frame for frame, _ in frames(png)]
    changed = [(np.abs(frame - shown[0]).max(axis=-1) > 30).any(axis=0) for frame in shown]
    middle = shown[0].shape[1] // 2
    for part in (slice(None, middle), slice(middle, None)):  # the surface, and the height against the step
        counts = [columns[part].sum() for columns in changed]
        assert counts[0] == 0 and counts[1] > counts[20] > 0
    assert motion.alt.startswith("Momentum overshoots. Paths of SGD, momentum and Adam")


def test_a_path_that_leaves_is_said_to():
    """Beale's function with a rate too large: the line stops, and its name says why."""
    wild = optimizer_path(BEALE, lambda p: optim.SGD(p, lr=0.1), 20)
    motion = animate_optimizer_paths(BEALE, {"SGD": wild})
    assert len(motion.frames) == 21 and "Paths of SGD" in motion.alt


def test_the_still_is_the_finished_motion(paths, motion):
    """It is the last frame but where lines cross; the lines on the right are the heights of the paths."""
    still = plot_optimizer_descents(BOWL, paths, title="Momentum overshoots")
    assert (still.pixels() != motion.frames[-1]).any(axis=-1).mean() < 0.02
    (x, y), curve = paths["momentum"].T, still.axes[1]
    drawn = next(line for line in curve.lines if line.get_label() == "momentum").get_ydata()
    np.testing.assert_allclose(drawn, np.maximum((x**2 + 25 * y**2) / 2, 1e-6))


def test_no_path_is_refused():
    """Nothing can move, or too much would."""
    path = np.zeros((3, 2))
    for wrong in ({}, {"SGD": path[:1]}, {str(i): path for i in range(9)}):
        with pytest.raises(ValueError, match=r"paths has \d entr.*; 1 to 8 with a step or more"):
            animate_optimizer_paths(BOWL, wrong)
