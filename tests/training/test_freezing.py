"""What is frozen stays as it is, to the last bit; what is not, learns."""

import pickle
from copy import deepcopy

import pytest
import torch
from torch import nn

from course.training import Trainer
from course.training.freezing import freeze, trainable, unfreeze

X, Y = torch.randn(40, 3, 6, 6, generator=torch.Generator().manual_seed(0)), torch.arange(40) % 4


def small_net():
    """A body with batch norm and dropout, and a head."""
    torch.manual_seed(0)
    body = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Dropout(0.5), nn.Flatten())
    return nn.Sequential(body, nn.Linear(64, 4))


def train(net):
    """Two epochs with momentum and weight decay, which would move weights even without a gradient."""
    rule = torch.optim.SGD(trainable(net), lr=0.1, momentum=0.9, weight_decay=0.1)
    Trainer(net, rule, device="cpu", progress=False).fit((X, Y), epochs=2, batch_size=16)
    return net


def same(before, after):
    """Which tensors are equal, by name."""
    return {name: torch.equal(tensor, after[name]) for name, tensor in before.items()}


def test_a_frozen_part_does_not_change():
    """Neither weights nor running statistics of a frozen body move, and its head learns."""
    net = small_net()
    freeze(net[0])
    before = deepcopy(net.state_dict())
    kept = same(before, train(net).state_dict())
    assert [name for name, equal in kept.items() if not equal] == ["1.weight", "1.bias"]


def test_without_the_hook_batch_norm_moves():
    """The trap: weights that ask for no gradient stay, running mean, variance and counter do not."""
    net = small_net()
    net[0].requires_grad_(False)
    before = deepcopy(net.state_dict())
    kept = same(before, train(net).state_dict())
    moved = {name for name, equal in kept.items() if not equal}
    assert {"0.1.running_mean", "0.1.running_var", "0.1.num_batches_tracked"} < moved
    assert kept["0.0.weight"] and kept["0.1.weight"]


def test_a_frozen_part_computes_as_in_evaluation():
    """In a net in training mode, the frozen body gives the numbers of evaluation mode: no dropout."""
    net = small_net()
    expected = deepcopy(net[0]).eval()(X)
    freeze(net[0])
    net.train()
    assert torch.equal(net[0](X), expected)


def test_unfreeze_gives_back_the_old_behaviour():
    """After unfreezing, everything learns, and the result is that of a net that never was frozen."""
    net = unfreeze(freeze(small_net()))
    assert all(module.training and not module._forward_pre_hooks for module in net.modules())
    assert all(same(train(small_net()).state_dict(), train(net).state_dict()).values())


def test_a_part_of_a_frozen_net_may_learn():
    """Freeze all, then unfreeze the head and the batch norm: these two move, the convolution does not."""
    net = freeze(small_net())
    unfreeze(net[1])
    unfreeze(net[0][1])
    before = deepcopy(net.state_dict())
    kept = same(before, train(net).state_dict())
    assert {name for name, equal in kept.items() if equal} == {"0.0.weight", "0.0.bias"}


@pytest.mark.parametrize("copy", [deepcopy, lambda net: pickle.loads(pickle.dumps(net))])
def test_copies_are_frozen_and_free_of_the_original(copy):
    """A copy of a frozen net is frozen; thawing the copy leaves the original frozen."""
    net = small_net()
    freeze(net[0])
    twin = copy(net)
    twin.train()
    twin(X)
    assert not twin[0][1].training
    unfreeze(twin)
    twin.train()
    twin(X)
    assert twin[0][1].training
    net.train()
    net(X)
    assert not net[0][1].training and not any(p.requires_grad for p in net[0].parameters())


def test_freezing_twice_is_freezing_once():
    """One unfreeze is enough, however often a module was frozen."""
    net = small_net()
    freeze(freeze(net))
    freeze(net[0])
    assert all(len(module._forward_pre_hooks) == 1 for module in net.modules())
    unfreeze(net)
    assert not any(module._forward_pre_hooks for module in net.modules())


def test_state_dicts_know_nothing_of_it():
    """The names in a state dict do not change, so weights go from frozen nets to others and back."""
    assert list(freeze(small_net()).state_dict()) == list(small_net().state_dict())


def test_trainable_lists_what_moves():
    """In the order of the module; a net that is frozen as a whole is refused."""
    net = small_net()
    freeze(net[0])
    assert [id(p) for p in trainable(net)] == [id(net[1].weight), id(net[1].bias)]
    with pytest.raises(ValueError, match="Sequential is frozen as a whole; unfreeze a part of it first"):
        trainable(freeze(net))
