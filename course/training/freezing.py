"""Transfer learning: freeze parts of a trained net, so that a training moves only the rest.

    freeze(net)             # nothing moves
    unfreeze(net.fc)        # only the last layer does
    SGD(trainable(net), lr=0.01)

Freezing takes two steps, and the second is easily forgotten. The first: no gradient reaches the weights. The
second: the part stays in evaluation mode. A batch norm layer in training mode divides by the statistics of
each batch and moves its running averages, also where no gradient flows; dropout goes on dropping. And every
training loop begins with `model.train()`, which reaches the frozen part too. So a hook puts each frozen
module back into evaluation mode, right before it computes.
"""

from torch import Tensor, nn


def freeze(module: nn.Module) -> nn.Module:
    """Let no training change the module: neither its weights nor the statistics of its batch norms.

    Returns:
        The same module. Copies of it are frozen too. Freezing twice is freezing once.
    """
    unfreeze(module)
    module.requires_grad_(False)
    for part in module.modules():
        part.frozen = part.register_forward_pre_hook(stay_in_evaluation)
        part.training = False
    return module


def unfreeze(module: nn.Module) -> nn.Module:
    """Let the module learn again, also where it is a part of a larger frozen one.

    Returns:
        The same module, in training mode; its weights are as they were.
    """
    module.requires_grad_(True)
    for part in module.modules():
        if hasattr(part, "frozen"):
            part.frozen.remove()
            del part.frozen
    return module.train()


def stay_in_evaluation(module: nn.Module, inputs: tuple) -> None:
    """Undo what `model.train()` did to a frozen module."""
    module.training = False


def trainable(module: nn.Module) -> list[Tensor]:
    """The parameters that may move, for the optimizer.

    Raises:
        ValueError: everything is frozen.
    """
    parameters = [parameter for parameter in module.parameters() if parameter.requires_grad]
    if not parameters:
        raise ValueError(f"{type(module).__name__} is frozen as a whole; unfreeze a part of it first")
    return parameters
