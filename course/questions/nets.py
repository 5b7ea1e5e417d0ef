"""Network comparison: nets of students are compared by their scores, after all weights were drawn anew.

The same layers get the same weights whatever the order in which they were registered, so that only what a net
computes decides. Nothing here imports torch: a net brings it along.
"""

from collections import Counter

import numpy as np


def refill(net, rng: np.random.Generator, example, scale: float = 0.3):
    """The net in double precision, all weights and biases drawn anew.

    Layers are taken in the order in which they work on `example`. Weights depend on their shape and, among
    those of one shape, on that order. Lazy layers are made concrete first. Running averages stay as they are.

    Args:
        net: a ``torch.nn.Module``; it is changed.
        example: a batch that the net takes, such as ``torch.zeros(1, 3, 32, 32)``.
        scale: standard deviation of the new weights.

    Returns:
        The net itself, in the mode (training or evaluation) that it came in.

    Raises:
        TypeError: for a net that gives nothing back.
    """
    order, modes = [], [(module, module.training) for module in net.modules()]
    hooks = [
        module.register_forward_hook(lambda module, *_: order.append(module)) for module in net.modules()
    ]
    result = net.eval()(example.to(_dtype(net, example)))
    for hook in hooks:
        hook.remove()
    if result is None:
        raise TypeError("the net gives None: does its forward end in a return?")
    for module, mode in modes:
        module.training = mode
    seed, seen, drawn = int(rng.integers(2**32)), Counter(), set()
    for module in [*order, *net.double().modules()]:
        for parameter in module.parameters(recurse=False):
            shape = tuple(parameter.shape)
            if id(parameter) not in drawn:
                draw = np.random.default_rng([seed, *shape, seen[shape]]).normal(scale=scale, size=shape)
                parameter.data.copy_(parameter.data.new_tensor(draw))
                drawn.add(id(parameter))
                seen[shape] += 1
    return net


def _dtype(net, example):
    """The dtype of the net's first parameter that has one already; else that of the example."""
    known = (p.dtype for p in net.parameters() if not type(p).__name__.startswith("Uninitialized"))
    return next(known, example.dtype)
