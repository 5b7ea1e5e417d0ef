"""The recorder: its numbers are recomputed by hand, and its hooks are always gone."""

import math

import pytest
import torch
from torch import nn

from course.nn import Recorder
from course.nn.recorder import statistics


def network():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 6), nn.ReLU(inplace=True), nn.Sequential(nn.Linear(6, 3)))


def hooks(module):
    return sum(len(m._forward_hooks) + len(m._backward_hooks) for m in module.modules())


def test_statistics_are_those_of_the_tensor():
    """Mean, standard deviation over n, fraction of zeros, largest absolute value."""
    s = statistics(torch.tensor([[0.0, 2.0], [0.0, -6.0]]))
    assert (s.mean, s.zeros, s.largest) == (-1, 0.5, 6)
    assert s.std == pytest.approx(math.sqrt((1 + 9 + 1 + 25) / 4))
    assert s.values is None


def test_statistics_of_edges():
    """An empty tensor gives NaN, one number no spread; half precision does not overflow."""
    assert math.isnan(statistics(torch.zeros(0, 3)).mean) and math.isnan(statistics(torch.zeros(0, 3)).std)
    assert statistics(torch.tensor([5.0])).std == 0
    assert statistics(torch.full((100,), 60_000.0, dtype=torch.float16)).mean == 60_000
    assert math.isnan(statistics(torch.tensor([math.nan, 1])).largest)


def test_activations_and_gradients_are_recorded_by_layer():
    """What is recorded is what a computation by hand finds, before ReLU changes it in place."""
    model, x = network(), torch.randn(5, 4)
    with Recorder(model, keep_values=True) as recorder:
        model(x).square().sum().backward()
    before = x @ model[0].weight.T + model[0].bias
    after = before.clamp(min=0)
    out = after @ model[2][0].weight.T + model[2][0].bias
    assert list(recorder.activations) == ["0", "1", "2.0"]
    for name, expected in (("0", before), ("1", after), ("2.0", out)):
        (record,) = recorder.activations[name]
        torch.testing.assert_close(record.values, expected.detach())
        assert record == statistics(record.values)
    d_out = 2 * out
    d_after = d_out @ model[2][0].weight
    for name, expected in (("2.0", d_out), ("1", d_after), ("0", d_after * (before > 0))):
        (record,) = recorder.gradients[name]
        torch.testing.assert_close(record.values, expected.detach())


def test_recording_changes_no_result():
    """Output and gradients are the same with and without."""
    model, x = network(), torch.randn(5, 4)
    plain = model(x)
    plain_gradients = torch.autograd.grad(plain.sum(), list(model.parameters()))
    with Recorder(model):
        watched = model(x)
        gradients = torch.autograd.grad(watched.sum(), list(model.parameters()))
    assert torch.equal(plain, watched)
    assert all(map(torch.equal, plain_gradients, gradients))


def test_every_call_is_recorded():
    """Two batches, two records; a layer that is used twice has two a batch."""
    layer = nn.Linear(3, 3)
    model = nn.Sequential(layer, layer)
    with Recorder(model) as recorder:
        for _ in range(2):
            model(torch.randn(2, 3)).sum().backward()
    assert [len(records) for records in recorder.activations.values()] == [4]
    assert [len(records) for records in recorder.gradients.values()] == [4]


def test_a_second_recording_starts_afresh():
    """Entering again forgets the first recording."""
    model = network()
    recorder = Recorder(model)
    for _ in range(2):
        with recorder:
            model(torch.randn(2, 4)).sum().backward()
        assert len(recorder.activations["0"]) == len(recorder.gradients["0"]) == 1


def test_hooks_are_removed():
    """No hook stays on a module, and a backward pass after the block is no longer recorded."""
    model = network()
    with Recorder(model) as recorder:
        assert hooks(model) == 3
        loss = model(torch.randn(2, 4)).sum()
    assert hooks(model) == 0
    loss.backward()
    model(torch.randn(2, 4))
    assert recorder.gradients == {}
    assert len(recorder.activations["0"]) == 1


def test_hooks_are_removed_after_an_error():
    """Also when the block ends with an error, in the model or outside."""
    model = network()
    with pytest.raises(RuntimeError), Recorder(model):
        model(torch.randn(2, 5))
    assert hooks(model) == 0
    with pytest.raises(KeyError), Recorder(model) as recorder:
        loss = model(torch.randn(2, 4)).sum()
        raise KeyError
    assert hooks(model) == 0
    loss.backward()
    assert recorder.gradients == {}


def test_layers_can_be_chosen():
    """Names choose modules with children too; a module alone is called by its class."""
    model = network()
    with Recorder(model, layers=["2"]) as recorder:
        model(torch.randn(2, 4))
    assert list(recorder.activations) == ["2"]
    with Recorder(model[0]) as recorder:
        model[0](torch.randn(2, 4))
    assert list(recorder.activations) == ["Linear"]


def test_an_empty_shortcut_does_not_hide_its_block():
    """A block whose child is an empty Sequential is no leaf; its layers are recorded."""

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.shortcut = nn.Sequential()

        def forward(self, x):
            return self.shortcut(x) + 1

    model = nn.Sequential(Block())
    with Recorder(model) as recorder:
        model(torch.zeros(2))
    assert list(recorder.activations) == ["0.shortcut"]


def test_without_gradient_only_activations_are_recorded():
    """Evaluation under no_grad has no gradients to record; outputs that are not floats are passed over."""

    class Winner(nn.Module):
        def forward(self, x):
            return x.argmax(1)

    model = nn.Sequential(nn.Linear(4, 3), Winner())
    with torch.no_grad(), Recorder(model) as recorder:
        model(torch.randn(2, 4))
    assert list(recorder.activations) == ["0"] and recorder.gradients == {}


def test_bad_use_is_named():
    """Unknown layers, and a recorder that is entered twice."""
    with pytest.raises(ValueError, match=r"layers='3' is unknown; choose from"):
        Recorder(network(), layers=["3"])
    model = network()
    recorder = Recorder(model)
    with recorder:
        with pytest.raises(RuntimeError, match="already recording"), recorder:
            pass
        assert hooks(model) == 3
    assert hooks(model) == 0
