"""Measurements against scikit-learn's."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, confusion_matrix, log_loss, top_k_accuracy_score
from torch.nn import functional as F

from course.training import Meter


@settings(deadline=None, max_examples=25)
@given(st.integers(2, 12), st.lists(st.integers(1, 9), min_size=1, max_size=5), st.integers(0, 99))
def test_agrees_with_scikit_learn(classes, sizes, seed):
    """Loss, top-1, top-5 and confusion of batches of any sizes are scikit-learn's of all rows at once."""
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(sum(sizes), classes, generator=generator)
    labels = torch.randint(0, classes, (sum(sizes),), generator=generator)
    meter = Meter(details=True)
    for x, y in zip(logits.split(sizes), labels.split(sizes), strict=True):
        meter.add(F.cross_entropy(x, y), x, y)
    scores, every = meter.scores(), range(classes)
    assert scores.count == len(labels)
    assert scores.loss == pytest.approx(log_loss(labels, logits.double().softmax(1), labels=every), rel=1e-5)
    assert scores.accuracy == pytest.approx(accuracy_score(labels, logits.argmax(1)))
    assert (scores.confusion.numpy() == confusion_matrix(labels, logits.argmax(1), labels=every)).all()
    if classes > 5:
        assert scores.top5 == pytest.approx(top_k_accuracy_score(labels, logits, k=5, labels=every))
    else:
        assert scores.top5 is None


def test_a_training_meter_skips_the_details():
    """Without details there is top-1 but no top-5 and no confusion matrix."""
    meter = Meter()
    meter.add(torch.tensor(1.0), torch.eye(7), torch.arange(7))
    scores = meter.scores()
    assert str(scores) == "Scores(loss=1.0, accuracy=1.0, top5=None, count=7)" and scores.confusion is None


def test_targets_that_are_no_labels_count_for_the_loss():
    """Of a regression, and of MixUp's probabilities, only the loss is gathered."""
    meter = Meter(details=True)
    meter.add(torch.tensor(2.0), torch.zeros(4, 1), torch.zeros(4, 1))
    meter.add(torch.tensor(4.0), torch.zeros(2), torch.zeros(2))
    meter.add(torch.tensor(1.0), torch.eye(3), torch.tensor([[0.7, 0.3, 0], [0.2, 0.8, 0], [0.6, 0, 0.4]]))
    scores = meter.scores()
    assert scores.loss == pytest.approx(19 / 9) and scores.confusion is None and scores.accuracy is None


def test_auxiliary_outputs_are_left_out():
    """Of a tuple, as GoogLeNet gives while it trains, the first part holds the logits."""
    meter = Meter()
    meter.add(torch.tensor(1.0), (torch.eye(3), torch.zeros(3, 3)), torch.arange(3))
    assert meter.scores().accuracy == 1


def test_nothing_to_measure():
    """No batch at all is an error, not a division by zero."""
    with pytest.raises(ValueError, match="data is empty: there is no batch to measure"):
        Meter().scores()
