"""What a thing looks like before and after the library was shown it: equal states mean that it is untouched.

    watch(course.visualize)    from here on every function of the package proves that its arguments stay

Loaded by conftest files before the tests import the package, so all its tests are proofs.
"""

import functools
import inspect
import random
from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor, nn

HOOKS = (
    "_forward_hooks",
    "_forward_pre_hooks",
    "_backward_hooks",
    "_backward_pre_hooks",
    "_state_dict_hooks",
)


def state(thing):
    """Which objects a thing is made of and what they hold, down to the last bit."""
    if isinstance(thing, nn.Module):
        return [module_state(*item) for item in thing.named_modules(remove_duplicate=False)], [
            *thing.state_dict()
        ]
    if isinstance(thing, torch.optim.Optimizer):
        return [[id(parameter) for parameter in group["params"]] for group in thing.param_groups]
    if isinstance(thing, Tensor):
        return tensor_state(thing)
    if isinstance(thing, np.ndarray):
        return (
            id(thing),
            thing.dtype,
            thing.shape,
            thing.tobytes() if thing.dtype != object else thing.tolist(),
        )
    if isinstance(thing, Mapping):
        return id(thing), [(key, state(value)) for key, value in thing.items()]
    return (id(thing), [state(item) for item in thing]) if isinstance(thing, list | tuple) else None


def module_state(name, module):
    """One module: its attributes by identity, mode and counters among them; its hooks; its own tensors."""
    attributes = {key: id(value) for key, value in vars(module).items()}
    hooks = [list(getattr(module, kind)) for kind in HOOKS]
    own = [*module._parameters.items(), *module._buffers.items()]
    return name, id(module), attributes, hooks, [(key, state(tensor)) for key, tensor in own]


def tensor_state(x):
    """A tensor: which one, what it holds (nothing on the meta device), and its gradient."""
    flat = x.detach().cpu().flatten().clone(memory_format=torch.contiguous_format) if not x.is_meta else None
    values = None if flat is None else flat.view(torch.uint8).numpy().tobytes()
    grad = state(x.grad) if x.is_leaf else None
    return id(x), x.dtype, x.device, tuple(x.shape), x.stride(), x.requires_grad, grad, values


def surroundings():
    """What belongs to nobody: the global generators, whether gradients are recorded, the default dtype."""
    name, keys, *rest = np.random.get_state()
    torchs = torch.get_rng_state().numpy().tobytes()
    settings = torch.is_grad_enabled(), torch.get_default_dtype(), torch.get_num_threads()
    return random.getstate(), (name, keys.tobytes(), *rest), torchs, settings


def watched(function):
    """The function; it fails if it changes an argument or, unless a function was given to it, a generator."""
    signature = inspect.signature(function)

    @functools.wraps(function)
    def call(*args, **kwargs):
        given = signature.bind(*args, **kwargs).arguments
        before, around = {name: state(value) for name, value in given.items()}, surroundings()
        result = function(*args, **kwargs)
        for name, value in given.items():
            assert state(value) == before[name], f"{function.__name__} changed its argument {name}"
        if not any(callable(value) for value in given.values()):
            assert surroundings() == around, (
                f"{function.__name__} drew from a global generator, or set something"
            )
        return result

    return call


def watch(package):
    """Let every public function of a package be `watched`."""
    for name in package.__all__:
        if inspect.isfunction(getattr(package, name)):
            setattr(package, name, watched(getattr(package, name)))
