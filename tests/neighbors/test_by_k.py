"""Many k at once give the labels that each k gives alone."""

import pytest
import torch
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier as SklearnClassifier

from course.neighbors import DISTANCES, KNeighborsClassifier, predict_by_k


@pytest.mark.parametrize("weights", ["uniform", "distance"])
@pytest.mark.parametrize("metric", sorted(DISTANCES))
def test_labels_are_those_of_scikit_learn_for_every_k(weights, metric):
    """On digits of scikit-learn, some of them training rows. Noise, for it has no rule for ties."""
    images, labels = (torch.from_numpy(array) for array in load_digits(return_X_y=True))
    noise = 0.01 * torch.rand(images.shape, generator=torch.Generator().manual_seed(0))
    images, labels, ks = images + noise.double(), 3 * labels - 7, [1, 2, 5, 30]
    queries = torch.cat([images[600:900], images[:20]])
    found = predict_by_k(images[:600], labels[:600], queries, ks, metric=metric, weights=weights)
    assert found.shape == (4, 320)
    for k, predicted in zip(ks, found, strict=True):
        oracle = SklearnClassifier(k, weights=weights, metric=METRICS[metric], algorithm="brute")
        expected = oracle.fit(images[:600].numpy(), labels[:600].numpy()).predict(queries.numpy())
        assert predicted.tolist() == expected.tolist()


METRICS = {"l1": "manhattan", "l2": "euclidean", "cosine": "cosine"}


def test_equal_votes_and_order_of_ks_are_as_with_one_k():
    """Among equal votes the smaller label wins; the rows come in the order asked for."""
    generator = torch.Generator().manual_seed(0)
    train = torch.randint(0, 3, (40, 2), generator=generator).float()
    labels = torch.randint(0, 4, (40,), generator=generator)
    ks = [7, 2, 40, 4]
    for k, predicted in zip(ks, predict_by_k(train, labels, train, ks), strict=True):
        assert predicted.tolist() == KNeighborsClassifier(k).fit(train, labels).predict(train).tolist()


def test_bad_arguments_are_one_line():
    """No k, a k below 1, one above the rows, other weights."""
    rows, labels = torch.rand(5, 2), torch.zeros(5, dtype=torch.long)
    wrong = {"ks=\\[\\] must hold": [], "ks=\\[3, 0\\] must hold": [3, 0], "n_neighbors=6 must": [6]}
    for message, ks in wrong.items():
        with pytest.raises(ValueError, match=message):
            predict_by_k(rows, labels, rows, ks)
    with pytest.raises(ValueError, match="weights='near'"):
        predict_by_k(rows, labels, rows, [1], weights="near")
