"""The confusion matrix is scikit-learn's, and the picture shows its counts."""

import numpy as np
import pytest
import sklearn.metrics
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course.visualize import confusion_matrix, plot_confusion_matrix


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=40))
def test_counts_are_scikit_learns(pairs):
    """For any labels, also when a class never occurs."""
    targets, predictions = torch.tensor(pairs).T
    expected = sklearn.metrics.confusion_matrix(targets, predictions, labels=range(5))
    np.testing.assert_array_equal(confusion_matrix(targets, predictions, 5), expected)


def test_rows_are_true_classes():
    """One example of class 0 taken for class 2 stands in row 0, column 2, also for uint8 labels."""
    for dtype in (torch.int64, torch.uint8):
        counts = confusion_matrix(torch.tensor([0], dtype=dtype), torch.tensor([2], dtype=dtype), 3)
        np.testing.assert_array_equal(np.argwhere(counts), [[0, 2]])


def test_no_examples_give_zeros():
    """An empty set is a matrix of zeros."""
    empty = torch.empty(0, dtype=torch.long)
    assert not confusion_matrix(empty, empty, 3).any()


def test_the_picture_shows_each_count():
    """The text of each cell is its count; the colour is its share of the row; an empty row is no error."""
    counts = np.array([[6, 2, 0], [0, 3, 1], [0, 0, 0]])
    figure = plot_confusion_matrix(counts, ["cat", "dog", "ship"])
    axes = figure.axes[0]
    shown = {text.get_position(): text.get_text() for text in axes.texts}
    assert shown == {(column, row): str(counts[row, column]) for row in range(3) for column in range(3)}
    np.testing.assert_allclose(axes.images[0].get_array(), [[0.75, 0.25, 0], [0, 0.75, 0.25], [0, 0, 0]])
    assert [label.get_text() for label in axes.get_yticklabels()] == ["cat", "dog", "ship"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("predicted class", "true class")
    assert figure.alt == "Confusion matrix of 3 classes and 12 examples."


def test_counts_may_be_a_tensor():
    """What a trainer has gathered on its device is drawn as it is."""
    figure = plot_confusion_matrix(torch.eye(2, dtype=torch.long))
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == ["0", "1"]


def test_bad_labels_and_shapes_are_refused():
    """Each message names the argument, what it is and what is allowed."""
    good = torch.tensor([0, 1])
    with pytest.raises(TypeError, match=r"targets has dtype torch.float32; labels must be integers"):
        confusion_matrix(good.float(), good, 2)
    with pytest.raises(ValueError, match=r"predictions has labels from 0 to 2; they must lie in 0 to 1"):
        confusion_matrix(good, torch.tensor([0, 2]), 2)
    with pytest.raises(ValueError, match=r"targets has labels from -1 to 1"):
        confusion_matrix(torch.tensor([-1, 1]), good, 2)
    with pytest.raises(
        ValueError, match=r"targets has shape \(2,\), predictions \(1,\); both must be \(n,\)"
    ):
        confusion_matrix(good, good[:1], 2)
    with pytest.raises(ValueError, match=r"counts has shape \(2, 3\); it must be \(classes, classes\)"):
        plot_confusion_matrix(np.zeros((2, 3)))
    with pytest.raises(ValueError, match=r"class_names has 1 entries; counts has 2 classes"):
        plot_confusion_matrix(np.eye(2, dtype=int), ["a"])
