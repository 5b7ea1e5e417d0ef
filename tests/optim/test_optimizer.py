"""Every rule against its counterpart in torch.optim, and what all rules share."""

import copy
import io
import pickle

import pytest
import torch
from torch import nn
from torch.optim import lr_scheduler

import course.optim
from course.optim import NAG, OPTIMIZERS, SGD, Adagrad, Adam, GradientDescent, Momentum, Optimizer, RMSprop

# rule -> (the class in torch.optim, the arguments that make it this rule)
COUNTERPARTS = {
    "GradientDescent": (torch.optim.SGD, {}),
    "SGD": (torch.optim.SGD, {}),
    "Momentum": (torch.optim.SGD, {"momentum": 0.9}),
    "NAG": (torch.optim.SGD, {"momentum": 0.9, "nesterov": True}),
    "Adagrad": (torch.optim.Adagrad, {}),
    "RMSprop": (torch.optim.RMSprop, {}),
    "Adadelta": (torch.optim.Adadelta, {}),
    "Adam": (torch.optim.Adam, {}),
}
NETS = {
    "linear": lambda: nn.Sequential(nn.Flatten(), nn.Linear(36, 3)),
    "mlp": lambda: nn.Sequential(nn.Flatten(), nn.Linear(36, 8), nn.Tanh(), nn.Linear(8, 3)),
    "conv": lambda: nn.Sequential(
        nn.Conv2d(1, 3, 3), nn.ReLU(), nn.AvgPool2d(2), nn.Flatten(), nn.Linear(12, 3)
    ),
}
without = pytest.mark.nightly("the same without weight decay", early=True)
every_rule = pytest.mark.parametrize("name", OPTIMIZERS)


def make_net(net="mlp"):
    torch.manual_seed(0)
    return NETS[net]().double()


def make_pair(name, net="mlp", **arguments):
    """The same net twice: once with our rule, once with torch.optim's counterpart."""
    ours, theirs = make_net(net), make_net(net)
    counterpart, its_arguments = COUNTERPARTS[name]
    return (
        (ours, OPTIMIZERS[name](ours.parameters(), **arguments)),
        (theirs, counterpart(theirs.parameters(), foreach=False, **{**its_arguments, **arguments})),
    )


def train(net, optimizer, steps, start=0, scheduler=None):
    """Minibatches of 16 out of 64 small random images; step k always sees the same batch."""
    generator = torch.Generator().manual_seed(1)
    dtype = next(net.parameters()).dtype
    images = torch.randn(64, 1, 6, 6, generator=generator, dtype=torch.float64).to(dtype)
    labels = torch.randint(3, (64,), generator=generator)
    for step in range(start, start + steps):
        batch = slice(16 * (step % 4), 16 * (step % 4) + 16)
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(images[batch]), labels[batch]).backward()
        optimizer.step()
        if scheduler is not None:
            scheduler.step()


def weights(net):
    return nn.utils.parameters_to_vector(net.parameters()).detach()


def assert_same_weights(ours, theirs, rtol=1e-8):
    torch.testing.assert_close(weights(ours), weights(theirs), rtol=rtol, atol=1e-12)


def test_the_eight_rules_are_registered_in_teaching_order():
    """The register holds the eight rules of the lecture under their own names."""
    assert list(OPTIMIZERS) == list(COUNTERPARTS)
    assert all(name == rule.__name__ for name, rule in OPTIMIZERS.items())
    assert all(issubclass(rule, torch.optim.Optimizer) for rule in OPTIMIZERS.values())


@every_rule
@pytest.mark.parametrize("weight_decay", [pytest.param(0, marks=without), 0.01])
@pytest.mark.parametrize("net", NETS)
def test_100_steps_equal_torch(name, net, weight_decay):
    """After 100 steps in double precision our weights are torch's, and they have moved."""
    (ours, optimizer), (theirs, counterpart) = make_pair(name, net, lr=0.02, weight_decay=weight_decay)
    before = weights(ours).clone()
    train(ours, optimizer, 100)
    train(theirs, counterpart, 100)
    assert_same_weights(ours, theirs)
    assert (weights(ours) - before).norm() > 0.01


@every_rule
def test_defaults_equal_torch(name):
    """Built with a parameter list alone, a rule has the hyperparameters of its counterpart."""
    _, (_, counterpart) = make_pair(name)
    optimizer = OPTIMIZERS[name](make_net().parameters())
    for key, value in optimizer.defaults.items():
        assert counterpart.defaults[key] == value, key


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("Momentum", {"momentum": 0.5}),
        ("NAG", {"momentum": 0.99}),
        ("Adagrad", {"eps": 0.1}),
        ("RMSprop", {"alpha": 0.9, "eps": 0.1}),
        ("Adadelta", {"rho": 0.5, "eps": 0.01}),
        ("Adam", {"betas": (0.5, 0.7), "eps": 0.1}),
    ],
)
def test_every_hyperparameter_means_what_it_means_in_torch(name, arguments):
    """Other values than the defaults make the same steps as in torch."""
    (ours, optimizer), (theirs, counterpart) = make_pair(name, lr=0.01, **arguments)
    train(ours, optimizer, 50)
    train(theirs, counterpart, 50)
    assert_same_weights(ours, theirs)


@every_rule
def test_saved_loaded_continued_gives_the_same_bits(name):
    """An interrupted training, saved to a file and read back, ends exactly where an unbroken one ends."""
    unbroken = make_net("conv").float()
    train(unbroken, OPTIMIZERS[name](unbroken.parameters(), lr=0.01, weight_decay=0.01), 40)

    first = make_net("conv").float()
    optimizer = OPTIMIZERS[name](first.parameters(), lr=0.01, weight_decay=0.01)
    train(first, optimizer, 17)
    file = io.BytesIO()
    torch.save({"net": first.state_dict(), "optimizer": optimizer.state_dict()}, file)
    file.seek(0)
    saved = torch.load(file, weights_only=True)

    second = NETS["conv"]()
    second.load_state_dict(saved["net"])
    optimizer = OPTIMIZERS[name](second.parameters())
    optimizer.load_state_dict(saved["optimizer"])
    train(second, optimizer, 23, start=17)
    assert torch.equal(weights(second), weights(unbroken))


@every_rule
@pytest.mark.parametrize("ours_first", [True, False], ids=["ours-to-torch", "torch-to-ours"])
def test_a_state_dict_goes_to_torch_and_back(name, ours_first):
    """Either side goes on from what the other has saved, as if nobody had changed the optimizer."""
    (_, reference), (unbroken, counterpart) = make_pair(name, lr=0.02, weight_decay=0.01)
    train(unbroken, counterpart, 60)
    assert type(reference) is OPTIMIZERS[name]

    (ours, optimizer), (theirs, counterpart) = make_pair(name, lr=0.02, weight_decay=0.01)
    (net, giver), (other, taker) = (ours, optimizer), (theirs, counterpart)
    if not ours_first:
        (net, giver), (other, taker) = (other, taker), (net, giver)
    train(net, giver, 25)
    other.load_state_dict(net.state_dict())
    taker.load_state_dict(copy.deepcopy(giver.state_dict()))
    train(other, taker, 35, start=25)
    assert_same_weights(other, unbroken)


@every_rule
def test_the_round_trip_through_torch_changes_no_bit(name):
    """Ours to torch and back without a step in between: hyperparameters and memory are what they were."""
    (ours, optimizer), (_, counterpart) = make_pair(name, lr=0.02)
    train(ours, optimizer, 5)
    before = copy.deepcopy(optimizer.state_dict())
    counterpart.load_state_dict(optimizer.state_dict())
    optimizer.load_state_dict(counterpart.state_dict())
    after = optimizer.state_dict()
    assert before["param_groups"][0].items() <= after["param_groups"][0].items()
    assert before["state"].keys() == after["state"].keys()
    for key, state in before["state"].items():
        for entry, value in state.items():
            assert torch.equal(value, after["state"][key][entry])


@every_rule
def test_state_has_the_names_and_kinds_of_torch(name):
    """The memory of each parameter has torch's names, shapes and dtypes."""
    pair = make_pair(name)
    described = []
    for net, optimizer in pair:
        train(net, optimizer, 1)
        saved = optimizer.state_dict()["state"]
        described.append({(k, e): (v.shape, v.dtype) for k, s in saved.items() for e, v in s.items()})
        assert (name in ("GradientDescent", "SGD")) == (saved == {})
    assert described[0] == described[1]


@pytest.mark.parametrize(
    ("rule", "saved_by", "message"),
    [
        (Momentum, lambda p: torch.optim.SGD(p, momentum=0.9, nesterov=True), "nesterov=True must be False"),
        (NAG, lambda p: torch.optim.SGD(p, momentum=0.9), "nesterov=False must be True in NAG"),
        (SGD, lambda p: torch.optim.SGD(p, momentum=0.9), "momentum=0.9 must be 0 in SGD"),
        (Adam, lambda p: torch.optim.Adam(p, amsgrad=True), "amsgrad=True must be False in Adam"),
        (Adam, lambda p: torch.optim.AdamW(p), "decoupled_weight_decay=True must be False in Adam"),
        (RMSprop, lambda p: torch.optim.RMSprop(p, centered=True), "centered=True must be False in RMSprop"),
        (Adagrad, lambda p: torch.optim.Adagrad(p, lr_decay=0.1), "lr_decay=0.1 must be 0 in Adagrad"),
        (Adam, lambda p: RMSprop(p), "state_dict has no 'betas': no Adam saved it"),
        (Adagrad, lambda p: Adam(p), "state_dict has no 'sum': no Adagrad saved it"),
    ],
)
def test_another_rules_state_is_refused(rule, saved_by, message):
    """Loading what another rule saved is an error that names the difference, and changes nothing."""
    net = make_net()
    other = saved_by(net.parameters())
    train(net, other, 1)
    optimizer = rule(net.parameters())
    before = repr(optimizer)
    with pytest.raises(ValueError, match=message):
        optimizer.load_state_dict(other.state_dict())
    assert repr(optimizer) == before
    assert not optimizer.state


@every_rule
def test_parameter_groups_have_their_own_hyperparameters(name):
    """Two groups with learning rates and decays of their own equal torch's two groups."""
    (ours, optimizer), (theirs, counterpart) = make_pair(name)
    its_class, its_arguments = COUNTERPARTS[name]
    groups = [
        [{"params": net[1].parameters(), "lr": 0.05}, {"params": net[3].parameters(), "weight_decay": 0.1}]
        for net in (ours, theirs)
    ]
    optimizer = OPTIMIZERS[name](groups[0], lr=0.01)
    counterpart = its_class(groups[1], lr=0.01, **its_arguments)
    train(ours, optimizer, 30)
    train(theirs, counterpart, 30)
    assert_same_weights(ours, theirs)
    assert [group["lr"] for group in optimizer.param_groups] == [0.05, 0.01]


def test_a_group_may_be_added_later():
    """A layer that is frozen at first moves once its group is added."""
    net = make_net()
    frozen = net[3].weight.detach().clone()
    optimizer = Adam(net[1].parameters())
    train(net, optimizer, 2)
    assert torch.equal(net[3].weight, frozen)
    optimizer.add_param_group({"params": net[3].parameters(), "lr": 0.1})
    train(net, optimizer, 2)
    assert not torch.equal(net[3].weight, frozen)
    with pytest.raises(ValueError, match=r"lr=-1 must be a number in \[0, inf\)"):
        optimizer.add_param_group({"params": [nn.Parameter(torch.ones(2))], "lr": -1})
    assert len(optimizer.param_groups) == 2


@every_rule
def test_parameters_without_gradient_stay_and_leave_no_memory(name):
    """A parameter that took no part in the loss neither moves nor gets a state."""
    used, unused = nn.Parameter(torch.ones(3)), nn.Parameter(torch.ones(3))
    optimizer = OPTIMIZERS[name]([used, unused], lr=0.1, weight_decay=0.1)
    used.sum().backward()
    optimizer.step()
    assert torch.equal(unused, torch.ones(3))
    assert not torch.equal(used, torch.ones(3))
    assert unused not in optimizer.state


@every_rule
def test_gradients_are_left_as_they_are(name):
    """A step with weight decay does not write into p.grad."""
    p = nn.Parameter(torch.tensor([1.0, -2.0]))
    optimizer = OPTIMIZERS[name]([p], lr=0.1, weight_decay=0.5)
    p.grad = torch.tensor([0.25, 4.0])
    optimizer.step()
    assert torch.equal(p.grad, torch.tensor([0.25, 4.0]))


@every_rule
def test_a_closure_is_called_once_a_step_and_its_loss_returned(name):
    """`step(closure)` makes the step of `step()` and returns the loss from before it."""
    (ours, optimizer), (theirs, counterpart) = make_pair(name, lr=0.01)
    images = torch.ones(2, 1, 6, 6, dtype=torch.float64)
    losses = []

    def closure():
        optimizer.zero_grad()
        loss = ours(images).square().sum()
        loss.backward()
        losses.append(loss)
        return loss

    returned = [optimizer.step(closure) for _ in range(3)]
    assert len(losses) == 3 and all(a is b for a, b in zip(losses, returned, strict=True))
    for _ in range(3):
        counterpart.zero_grad()
        theirs(images).square().sum().backward()
        counterpart.step()
    assert_same_weights(ours, theirs)
    assert optimizer.step() is None


@every_rule
@pytest.mark.parametrize(
    "schedule",
    [
        lambda o: lr_scheduler.MultiStepLR(o, milestones=[5, 12], gamma=0.1),
        lambda o: lr_scheduler.CosineAnnealingLR(o, T_max=20),
        lambda o: lr_scheduler.LambdaLR(o, lambda step: 1 / (1 + step)),
        lambda o: lr_scheduler.OneCycleLR(o, max_lr=0.1, total_steps=21, cycle_momentum=False),
    ],
    ids=["steps", "cosine", "lambda", "one-cycle"],
)
def test_the_schedulers_of_torch_work(name, schedule):
    """Twenty steps under a schedule equal torch's twenty steps under it."""
    (ours, optimizer), (theirs, counterpart) = make_pair(name, lr=0.05)
    train(ours, optimizer, 20, scheduler=schedule(optimizer))
    train(theirs, counterpart, 20, scheduler=schedule(counterpart))
    assert_same_weights(ours, theirs)
    assert optimizer.param_groups[0]["lr"] == counterpart.param_groups[0]["lr"] != 0.05


@pytest.mark.parametrize("name", ["Momentum", "NAG", "Adam"])
def test_a_cycle_of_the_momentum_works(name):
    """OneCycleLR also moves the momentum of the rules that have one, as in torch."""
    (ours, optimizer), (theirs, counterpart) = make_pair(name, lr=0.01)
    for net, o in ((ours, optimizer), (theirs, counterpart)):
        train(net, o, 20, scheduler=lr_scheduler.OneCycleLR(o, max_lr=0.02, total_steps=21))
    assert_same_weights(ours, theirs)


def test_a_rule_without_momentum_refuses_a_cycle_of_it():
    """SGD has no momentum, and torch's scheduler says so; it is not silently ignored."""
    with pytest.raises(ValueError, match="cycle_momentum"):
        lr_scheduler.OneCycleLR(SGD(make_net().parameters()), max_lr=0.1, total_steps=10)


def test_alexnets_staircase_is_multisteplr():
    """torch's MultiStepLR already is AlexNet's schedule: a tenth after epochs 25, 51 and 79 of 90."""
    optimizer = Momentum([nn.Parameter(torch.zeros(1))], lr=0.01, momentum=0.9, weight_decay=0.0005)
    scheduler = lr_scheduler.MultiStepLR(optimizer, milestones=[25, 51, 79], gamma=0.1)
    rates = []
    for _ in range(90):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    assert rates == pytest.approx([1e-2] * 25 + [1e-3] * 26 + [1e-4] * 28 + [1e-5] * 11)


@pytest.mark.parametrize(
    ("rule", "arguments", "message"),
    [
        (GradientDescent, {"lr": -0.1}, "lr=-0.1 must be a number in [0, inf)"),
        (SGD, {"lr": float("nan")}, "lr=nan must be a number in [0, inf)"),
        (SGD, {"lr": float("inf")}, "lr=inf must be a number in [0, inf)"),
        (SGD, {"lr": "0.1"}, "lr='0.1' must be a number in [0, inf)"),
        (SGD, {"lr": None}, "lr=None must be a number in [0, inf)"),
        (SGD, {"weight_decay": -1}, "weight_decay=-1 must be a number in [0, inf)"),
        (Momentum, {"momentum": 1.0}, "momentum=1.0 must be a number in [0, 1)"),
        (NAG, {"momentum": -0.5}, "momentum=-0.5 must be a number in [0, 1)"),
        (Adagrad, {"eps": -1e-8}, "eps=-1e-08 must be a number in [0, inf)"),
        (RMSprop, {"alpha": 1.5}, "alpha=1.5 must be a number in [0, 1)"),
        (OPTIMIZERS["Adadelta"], {"rho": 1}, "rho=1 must be a number in [0, 1)"),
        (Adam, {"betas": (0.9, 1.0)}, "betas=(0.9, 1.0) must be two numbers in [0, 1)"),
        (Adam, {"betas": (0.9,)}, "betas=(0.9,) must be two numbers in [0, 1)"),
        (Adam, {"betas": 0.9}, "betas=0.9 must be two numbers in [0, 1)"),
    ],
)
def test_bad_hyperparameters_are_named(rule, arguments, message):
    """A hyperparameter out of range is one line with its name, its value and what is allowed."""
    with pytest.raises(ValueError) as caught:
        rule([nn.Parameter(torch.ones(2))], **arguments)
    assert str(caught.value) == message


@every_rule
def test_no_step_is_made_with_a_sparse_or_complex_gradient(name):
    """A sparse or a complex gradient is one clear line, and the other parameters have not moved."""
    sound = nn.Parameter(torch.ones(2))
    sound.grad = torch.ones(2)

    table = nn.Embedding(5, 3, sparse=True)
    table(torch.tensor([1, 2])).sum().backward()
    optimizer = OPTIMIZERS[name]([sound, table.weight])
    with pytest.raises(TypeError, match=rf"shape \(5, 3\) is sparse; {name} needs a dense one"):
        optimizer.step()

    wave = nn.Parameter(torch.ones(4, dtype=torch.complex64))
    wave.abs().sum().backward()
    optimizer = OPTIMIZERS[name]([sound, wave])
    with pytest.raises(TypeError, match=rf"shape \(4,\) is torch.complex64; {name} needs a real one"):
        optimizer.step()
    assert torch.equal(sound, torch.ones(2))


@every_rule
def test_an_optimizer_can_be_copied_and_pickled(name):
    """deepcopy and pickle carry the memory along: both copies make the step of the original."""
    p = nn.Parameter(torch.tensor([1.0, 2.0]))
    optimizer = OPTIMIZERS[name]([p], lr=0.1)
    p.grad = torch.tensor([0.5, -0.5])
    optimizer.step()
    copies = [copy.deepcopy(optimizer), pickle.loads(pickle.dumps(optimizer))]
    optimizer.step()
    for twin in copies:
        twin.param_groups[0]["params"][0].grad = p.grad.clone()
        twin.step()
        assert torch.equal(twin.param_groups[0]["params"][0], p)


def test_a_rule_must_say_how_it_moves():
    """The shared class alone is no rule."""
    p = nn.Parameter(torch.ones(1))
    optimizer = Optimizer([p], lr=0.1, weight_decay=0)
    p.grad = torch.ones(1)
    with pytest.raises(NotImplementedError, match=r"Optimizer must say in update\(\)"):
        optimizer.step()


@pytest.mark.parametrize("old, new", [("RMSProp", "RMSprop"), ("AdaDelta", "Adadelta")])
def test_old_spellings_are_the_same_rules_and_say_so(old, new):
    """A notebook of last term runs, and is told torch's spelling; the register knows the new names alone."""
    assert old not in OPTIMIZERS and new in vars(torch.optim)
    with pytest.warns(DeprecationWarning, match=f"^{old} is now {new}, as in torch.optim$"):
        assert getattr(course.optim, old) is OPTIMIZERS[new]
    with pytest.raises(AttributeError, match=r"'course\.optim' has no attribute 'AdamWW'"):
        course.optim.AdamWW  # noqa: B018
