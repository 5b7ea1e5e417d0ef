"""Model zoo: the networks of the lecture *Various CNN Architectures*, each as its paper has it.

    >>> from course.models import describe, get_model, list_models
    >>> model = get_model("vgg_d", num_classes=10, width=1 / 8, input_size=32)
    >>> print(describe(model, (3, 32, 32)))

One file holds one family; its docstring is the table of the paper. `width` scales the number of channels
everywhere: 1 is the published net, 1/8 trains on two processor cores. A new builder needs one line in
`MODELS`. `alexnet_towers` is AlexNet on two devices; it needs to know them and so is not in the register.
"""

from collections.abc import Callable
from inspect import get_annotations, signature
from typing import Any

from torch import nn

from course.errors import unknown_name

from .alexnet import alexnet
from .alexnet_towers import alexnet_towers as alexnet_towers
from .densenet import densenet121, densenet161, densenet169, densenet201
from .densenet_cifar import densenet_cifar
from .describe import describe as describe
from .efficientnet import (
    efficientnet_lite0,
    efficientnet_lite1,
    efficientnet_lite2,
    efficientnet_lite3,
    efficientnet_lite4,
)
from .googlenet import googlenet
from .inception_resnet_v1 import inception_resnet_v1
from .inception_resnet_v2 import inception_resnet_v2
from .lenet import lenet1, lenet5, lenet5_modern
from .nin import nin
from .resnet import plain18, plain34, resnet18, resnet34, resnet50, resnet101, resnet152
from .resnet_cifar import (
    plain20_cifar,
    plain32_cifar,
    plain44_cifar,
    plain56_cifar,
    plain110_cifar,
    resnet20_cifar,
    resnet32_cifar,
    resnet44_cifar,
    resnet56_cifar,
    resnet110_cifar,
)
from .resnet_preact import (
    preact_resnet20_cifar,
    preact_resnet32_cifar,
    preact_resnet44_cifar,
    preact_resnet56_cifar,
    preact_resnet110_cifar,
)
from .vgg import vgg_a, vgg_a_lrn, vgg_b, vgg_c, vgg_d, vgg_e

MODELS: dict[str, Callable[..., nn.Module]] = {
    "lenet1": lenet1,
    "lenet5": lenet5,
    "lenet5_modern": lenet5_modern,
    "alexnet": alexnet,
    "vgg_a": vgg_a,
    "vgg_a_lrn": vgg_a_lrn,
    "vgg_b": vgg_b,
    "vgg_c": vgg_c,
    "vgg_d": vgg_d,
    "vgg_e": vgg_e,
    "nin": nin,
    "googlenet": googlenet,
    "plain18": plain18,
    "plain34": plain34,
    "resnet18": resnet18,
    "resnet34": resnet34,
    "resnet50": resnet50,
    "resnet101": resnet101,
    "resnet152": resnet152,
    "plain20_cifar": plain20_cifar,
    "plain32_cifar": plain32_cifar,
    "plain44_cifar": plain44_cifar,
    "plain56_cifar": plain56_cifar,
    "plain110_cifar": plain110_cifar,
    "resnet20_cifar": resnet20_cifar,
    "resnet32_cifar": resnet32_cifar,
    "resnet44_cifar": resnet44_cifar,
    "resnet56_cifar": resnet56_cifar,
    "resnet110_cifar": resnet110_cifar,
    "preact_resnet20_cifar": preact_resnet20_cifar,
    "preact_resnet32_cifar": preact_resnet32_cifar,
    "preact_resnet44_cifar": preact_resnet44_cifar,
    "preact_resnet56_cifar": preact_resnet56_cifar,
    "preact_resnet110_cifar": preact_resnet110_cifar,
    "inception_resnet_v1": inception_resnet_v1,
    "inception_resnet_v2": inception_resnet_v2,
    "densenet121": densenet121,
    "densenet161": densenet161,
    "densenet169": densenet169,
    "densenet201": densenet201,
    "densenet_cifar": densenet_cifar,
    "efficientnet_lite0": efficientnet_lite0,
    "efficientnet_lite1": efficientnet_lite1,
    "efficientnet_lite2": efficientnet_lite2,
    "efficientnet_lite3": efficientnet_lite3,
    "efficientnet_lite4": efficientnet_lite4,
}


def list_models() -> list[str]:
    """The names that `get_model` knows, in the order of the lecture."""
    return list(MODELS)


def get_model(name: str, **options: Any) -> nn.Module:
    """Build the network with this name; the options go to its builder.

    Raises:
        ValueError: The name is not in the register, or the builder has no such option.
    """
    if name not in MODELS:
        raise ValueError(unknown_name("model", name, MODELS))
    known = options_of(MODELS[name])
    for option in options:
        if option not in known:
            raise ValueError(unknown_name(f"option of {name}", option, known))
    return MODELS[name](**options)


def options_of(builder: Callable[..., Any]) -> dict[str, Any]:
    """The options of a builder with their defaults.

    They are the keyword arguments in its signature. When it ends in `**options`, the rest are the
    keyword-only arguments of the class that it says it returns.
    """
    defaults = {}
    for parameter in signature(builder).parameters.values():
        if parameter.kind is parameter.VAR_KEYWORD:
            network = get_annotations(builder, eval_str=True)["return"]
            inherited = signature(network).parameters.values()
            defaults |= {p.name: p.default for p in inherited if p.kind is p.KEYWORD_ONLY}
        else:
            defaults[parameter.name] = parameter.default
    return defaults
