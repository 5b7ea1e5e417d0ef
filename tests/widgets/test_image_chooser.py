"""The chooser of images: from the set, from a file as the browser sends it, from the board."""

import io
from datetime import UTC, datetime

import numpy as np
import pytest
import torch
from PIL import Image

from course.data.drawings import center_digit, rasterize
from course.data.strokes import EXAMPLES
from course.widgets import ImageChooser
from course.widgets.image_chooser import drawn_image


@pytest.fixture
def chooser():
    return ImageChooser(
        torch.rand(3, 3, 32, 40, generator=torch.Generator().manual_seed(0)), ["a", "b", "c"], 1
    )


def upload(chooser, content, name="mine.png"):
    """A file as the page reports it."""
    file = {"name": name, "type": "image/png", "size": len(content), "content": memoryview(content)}
    chooser.upload.value = ({**file, "last_modified": datetime.now(UTC)},)


def stored(image):
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def watched(chooser):
    seen = []
    chooser.observe(lambda change: seen.append(change["new"]), names="value")
    return seen


def shown(chooser):
    return [field.layout.display != "none" for field in (chooser.images, chooser.upload, chooser.pad)]


def test_it_begins_with_an_image_of_the_set(chooser):
    """And changes with the list; the other sources' fields are not there for keys either."""
    assert chooser.value.name == "b" and torch.equal(chooser.value.image, chooser._images[1])
    assert shown(chooser) == [True, False, False]
    chooser.images.value = 2
    assert chooser.value.name == "c" and torch.equal(chooser.value.image, chooser._images[2])


def test_an_uploaded_photograph_gets_the_form_of_the_images(chooser):
    """Its value changes once; the kernel keeps no file; going back and forth keeps the photograph."""
    chooser.source.value = "your photograph"
    assert shown(chooser) == [False, True, False] and chooser.value.name == "b"
    seen = watched(chooser)
    upload(chooser, stored(Image.new("RGB", (500, 300), "red")))
    assert [one.name for one in seen] == ["mine.png"] and chooser.upload.value == ()
    assert chooser.value.image.shape == (3, 32, 40)
    assert (chooser.value.image == torch.tensor([1.0, 0, 0])[:, None, None]).all()
    chooser.source.value = "the set"
    assert chooser.value.name == "b"
    chooser.source.value = "your photograph"
    assert chooser.value.name == "mine.png"


def test_what_is_no_picture_is_told_and_changes_nothing(chooser):
    """In one line that is an alert, with what is in the file's name made harmless; the next file heals it."""
    chooser.source.value = "your photograph"
    seen = watched(chooser)
    upload(chooser, b"no picture", "<b>notes.txt")
    assert seen == [] and chooser.value.name == "b"
    assert 'role="alert"' in chooser.trouble.value
    assert "&lt;b&gt;notes.txt is no picture in a format that is read" in chooser.trouble.value
    upload(chooser, stored(Image.new("L", (50, 50))))
    assert chooser.trouble.value == "" and chooser.value.name == "mine.png"


def test_a_grey_net_gets_a_grey_photograph():
    """One channel, 28 × 28."""
    chooser = ImageChooser(torch.zeros(1, 1, 28, 28), ["0"])
    upload(chooser, stored(Image.new("RGB", (90, 60), "white")))
    assert chooser.value.image.shape == (1, 28, 28) and (chooser.value.image == 1).all()


def test_a_drawing_follows_the_board(chooser):
    """Each stroke and each example; black on white for photographs, as MNIST for digits."""
    chooser.source.value = "your drawing"
    assert shown(chooser) == [False, False, True] and chooser.value.name == "your drawing"
    chooser.pad.examples.value = "8"
    assert torch.equal(chooser.value.image, drawn_image(EXAMPLES["8"], (3, 32, 40)))
    chooser.pad.wipe.click()
    assert (chooser.value.image == 1).all()
    digit = drawn_image(EXAMPLES["8"], (1, 28, 28))
    np.testing.assert_array_equal(digit[0], center_digit(rasterize(EXAMPLES["8"])))
    large = drawn_image(EXAMPLES["8"], (3, 56, 56))
    ink, area = 1 - large.mean().item(), rasterize(EXAMPLES["8"]).mean()
    assert large.shape == (3, 56, 56) and ink == pytest.approx(area, abs=1e-3)
