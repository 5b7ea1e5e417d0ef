"""A control of nine numbers: lists fill them in, a person changes them, and the value changes once."""

import numpy as np
import pytest

from course.visualize import KERNELS
from course.widgets import KernelEditor


def watched(editor):
    """The values that an observer sees."""
    seen = []
    editor.observe(lambda change: seen.append(change["new"]), names="value")
    return seen


def test_it_begins_with_a_named_kernel():
    """Value, fields and list agree."""
    editor = KernelEditor("sharpen")
    np.testing.assert_array_equal(editor.value, KERNELS["sharpen"])
    assert [field.value for field in editor.numbers] == KERNELS["sharpen"].ravel().tolist()
    assert editor.known.value == "sharpen"


@pytest.mark.parametrize("name", KERNELS)
def test_a_preset_changes_the_value_once(name):
    """Choosing a kernel fills in nine numbers, and observers hear of it once."""
    editor = KernelEditor("all edges" if name != "all edges" else "blur")
    seen = watched(editor)
    editor.known.value = name
    assert len(seen) == 1
    np.testing.assert_array_equal(seen[0], KERNELS[name])
    np.testing.assert_array_equal([field.value for field in editor.numbers], KERNELS[name].ravel())


def test_a_number_of_your_own():
    """Typing a number changes the value at its place, and the list says that the kernel is your own."""
    editor = KernelEditor("nothing")
    seen = watched(editor)
    editor.numbers[5].value = -2.5
    assert seen == [((0, 0, 0), (0, 1, -2.5), (0, 0, 0))]
    assert editor.known.value == "your own"
    editor.known.value = "nothing"
    assert seen[1:] == [((0, 0, 0), (0, 1, 0), (0, 0, 0))]
    editor.known.value = "your own"
    assert len(seen) == 2, "choosing your own kernel keeps the numbers"


def test_an_unknown_kernel():
    """The line names the kernels that there are."""
    with pytest.raises(ValueError, match=r"kernel='blurr' is unknown; .*did you mean 'blur'"):
        KernelEditor("blurr")
