"""A large net gets all processors, a small one keeps its one thread, and nobody's choice is overruled."""

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from course import threads
from course.models import describe, get_model
from course.training import Checkpoints, Trainer, work
from course.training.work import multiply_adds

LIMIT = work.WORTH
ROWS, BATCH, INPUTS, LARGE = 32, 16, 20, 50  # LARGE: features of a layer whose batch is just worth it


class Asked(nn.Module):
    """A linear layer that notes with how many threads it is asked."""

    def __init__(self, features):
        super().__init__()
        self.layer, self.seen = nn.Linear(INPUTS, features), []

    def forward(self, x):
        self.seen.append(torch.get_num_threads())
        return self.layer(x)[:, :10]


@pytest.fixture(autouse=True)
def one_thread_of_ours(monkeypatch):
    """As after `course lab` on a machine with two processors, whatever this one has."""
    monkeypatch.setenv(threads.OURS, "1")
    monkeypatch.setattr(threads, "_patient", True)
    monkeypatch.setattr(threads, "processors", lambda: 2)
    monkeypatch.setattr(work, "WORTH", BATCH * INPUTS * LARGE)
    with threads_of_torch(1):
        yield


class threads_of_torch:
    """torch.set_num_threads, taken back."""

    def __init__(self, count):
        self.count = count

    def __enter__(self):
        self.before = torch.get_num_threads()
        torch.set_num_threads(self.count)

    def __exit__(self, *_):
        torch.set_num_threads(self.before)


def seen(features):
    """The numbers of threads in each batch of fit, evaluate and predict."""
    data = torch.randn(ROWS, INPUTS), torch.zeros(ROWS, dtype=torch.long)
    model, before = Asked(features), torch.get_num_threads()
    trainer = Trainer(model, torch.optim.SGD(model.parameters(), lr=0.1), device="cpu")
    trainer.fit(data, epochs=2, batch_size=BATCH)
    trainer.evaluate(data, batch_size=BATCH)
    trainer.predict(data[0], batch_size=BATCH)
    assert torch.get_num_threads() == before
    assert len(model.seen) == 4 + 2 + 2, "nobody else has asked the model"
    return set(model.seen)


def test_a_large_net_gets_all_processors():
    """In fit, evaluate and predict; afterwards there is one thread again."""
    assert seen(LARGE) == {2}
    assert seen(LARGE - 1) == {1}
    assert seen(10) == {1}


def test_a_loader_says_how_large_its_batches_are():
    """The last batch is smaller: the size of the others counts, in a resumed epoch too."""
    data = TensorDataset(torch.randn(ROWS, INPUTS), torch.zeros(ROWS, dtype=torch.long))
    for features, expected in ((LARGE, 2), (LARGE - 1, 1)):
        model = Asked(features)
        trainer = Trainer(model, torch.optim.SGD(model.parameters(), lr=0.1), device="cpu")
        trainer.fit(DataLoader(data, batch_size=BATCH))
        assert model.seen == [expected] * 2


def test_a_choice_stays(monkeypatch):
    """Of torch.set_num_threads, of `use`, and of OMP_NUM_THREADS; and threads that would spin stay one."""
    with threads_of_torch(3):
        assert seen(LARGE) == {3}
    with threads.use(1):
        assert seen(LARGE) == {1}
    with monkeypatch.context() as patch:
        patch.delenv(threads.OURS)
        assert seen(LARGE) == {1}
    monkeypatch.setattr(threads, "_patient", False)
    assert seen(LARGE) == {1}


def test_a_resumed_run_has_the_same_threads(tmp_path):
    """A large net that was cut off goes on without a warning, though its one thread has become two again."""
    x, y = torch.randn(ROWS, INPUTS), torch.zeros(ROWS, dtype=torch.long)

    def fit(callbacks=()):
        torch.manual_seed(0)
        model = Asked(LARGE)
        trainer = Trainer(model, torch.optim.SGD(model.parameters(), lr=0.1), device="cpu")
        trainer.fit((x, y), epochs=2, batch_size=BATCH, checkpoint=Checkpoints(tmp_path), callbacks=callbacks)
        return model.seen

    def stop(history):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit([stop])
    assert fit() == [2, 2]


@pytest.mark.parametrize("name", ["lenet5_modern", "resnet20_cifar", "densenet_cifar"])
def test_multiply_adds_are_those_of_describe(name):
    """Two ways to count agree: torch's counter on shapes alone, and the sum over the layers."""
    model = get_model(name)
    size = (1, 28, 28) if name == "lenet5_modern" else (3, 32, 32)
    expected = describe(model, size).multiply_adds
    assert multiply_adds(model, torch.empty(4, *size, device="meta")) == 4 * expected


def test_counting_leaves_the_model_as_it_is():
    """No hook is called, no running mean moves, the weights keep their values; what cannot run counts 0."""
    convolution, linear = nn.Conv2d(3, 4, 3), nn.Linear(144, 2)
    model = nn.Sequential(convolution, nn.BatchNorm2d(4), nn.Dropout(), nn.Flatten(), linear)
    convolution.register_forward_hook(lambda *_: pytest.fail("a hook was called"))
    before = {name: value.clone() for name, value in model.state_dict().items()}
    assert multiply_adds(model, torch.empty(5, 3, 8, 8, device="meta")) == 5 * (36 * 4 * 27 + 144 * 2)
    after = model.state_dict()
    assert model.training and all(torch.equal(before[name], after[name]) for name in before)
    assert multiply_adds(model, torch.empty(5, 3, 9, 9, device="meta")) == 0


def test_which_nets_are_large():
    """On batches of 64, ResNet-20 is; LeNet-5 and a VGG of an eighth of the width are not."""
    worth = {
        name: multiply_adds(get_model(name, **options), torch.empty(64, *size, device="meta")) >= LIMIT
        for name, options, size in (
            ("lenet5", {}, (1, 32, 32)),
            ("vgg_d", {"num_classes": 10, "width": 1 / 8, "input_size": 32}, (3, 32, 32)),
            ("resnet20_cifar", {}, (3, 32, 32)),
        )
    }
    assert worth == {"lenet5": False, "vgg_d": False, "resnet20_cifar": True}
