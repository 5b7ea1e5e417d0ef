"""Training configuration: all that a training depends on, as names and numbers that a file can hold."""

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from course import optim, transforms
from course.errors import UsageError, unknown_name
from course.models import MODELS, get_model, options_of
from course.training import constant, cosine, one_cycle, steps
from course.training.loop import evaluating
from course.training.schedules import Schedule

# A first try for each rule, from the lecture on optimizers; the best rate depends on net and data.
LEARNING_RATES = {
    **{"gradient_descent": 0.1, "sgd": 0.1, "momentum": 0.05, "nag": 0.05, "adagrad": 0.01},
    **{"rmsprop": 0.001, "adadelta": 1.0, "adam": 0.001},
}
RULES = dict(zip(LEARNING_RATES, optim.OPTIMIZERS.values(), strict=True))
SCHEDULES: dict[str, Callable[["Recipe"], Schedule]] = {
    "constant": lambda recipe: constant(),
    "steps": lambda recipe: steps([recipe.epochs / 2, recipe.epochs * 3 / 4]),
    "cosine": lambda recipe: cosine(),
    "one_cycle": lambda recipe: one_cycle(recipe.learning_rate),
}
AUGMENTATIONS: dict[str, Callable[[int], transforms.Transform]] = {
    "crop": lambda side: transforms.RandomCrop(side, padding=max(1, side // 8)),
    "flip": lambda side: transforms.RandomHorizontalFlip(),
    "rotation": lambda side: transforms.RandomRotation(15),
    "scale": lambda side: transforms.RandomScale((0.85, 1.15)),
    "translation": lambda side: transforms.RandomTranslation((0.1, 0.1)),
    "noise": lambda side: transforms.GaussianNoise(sigma=0.05),
}
MOST_WEIGHTS = 10**9  # the largest published net of the register has 144 million


@dataclass(frozen=True)
class Recipe:
    """A model of the register, a data set, and how the one is trained on the other.

    Args:
        model: a name of `course.models.list_models`.
        data: a name of `course.data.load`, or a folder of images; see `course.data.load_folder`.
        epochs: passes over the training images.
        batch_size: images a step.
        optimizer: a rule of `course.optim`, in lower case.
        lr: learning rate; None takes the rule's of `LEARNING_RATES`.
        weight_decay: L2 penalty.
        schedule: "constant", "steps" (a tenth after half and after three quarters), "cosine" or "one_cycle".
        augment: names of `AUGMENTATIONS`, applied in this order.
        size: side to which images are brought, in pixels; None leaves them.
        width: factor of the net's numbers of channels; 1 is the published net.
        label_smoothing: share of the target that is spread over all classes, in [0, 1).
        ema: decay of the average of the weights that measures and predicts, in (0, 1); None for none.
        mirror: whether the finished net is asked about each image and its mirror image, and the mean taken.
        precision: "float32", "bfloat16", "float16" or "auto".
        compile: whether torch.compile is used.
        seed: of weights, order and augmentation.

    Raises:
        UsageError: a name that nobody knows, or a number out of range; the line says what is allowed.
    """

    model: str
    data: str = "digits"
    epochs: int = 10
    batch_size: int = 64
    optimizer: str = "momentum"
    lr: float | None = None
    weight_decay: float = 0.0
    schedule: str = "constant"
    augment: tuple[str, ...] = ()
    size: int | None = None
    width: float = 1.0
    label_smoothing: float = 0.0
    ema: float | None = None
    mirror: bool = False
    precision: str = "auto"
    compile: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "augment", tuple(self.augment))
        for argument, value, known in (
            ("model", self.model, MODELS),
            ("optimizer", self.optimizer, RULES),
            ("schedule", self.schedule, SCHEDULES),
            *(("augment", name, AUGMENTATIONS) for name in self.augment),
        ):
            if value not in known:
                raise UsageError(unknown_name(argument, value, known))
        bounds = {"epochs": 1, "batch_size": 1, "weight_decay": 0, "size": 1, "seed": 0}
        for argument, least in bounds.items():
            value = getattr(self, argument)
            if value is not None and not value >= least:
                raise UsageError(f"{argument}={value} must be at least {least}")
        if self.seed >= 2**63:
            raise UsageError(f"seed={self.seed} must be below 2**63")
        for argument in ("lr", "width"):
            value = getattr(self, argument)
            if value is not None and not value > 0:
                raise UsageError(f"{argument}={value} must be above 0")
        for argument in ("lr", "width", "weight_decay"):
            if getattr(self, argument) == math.inf:
                raise UsageError(f"{argument}=inf must be finite")
        if not 0 <= self.label_smoothing < 1:
            raise UsageError(f"label_smoothing={self.label_smoothing} must be in [0, 1)")
        if self.ema is not None and not 0 < self.ema < 1:
            raise UsageError(f"ema={self.ema} must be in (0, 1)")
        if self.width != 1 and "width" not in options_of(MODELS[self.model]):
            raise UsageError(f"width={self.width} must be 1: {self.model} has one width")

    @property
    def learning_rate(self) -> float:
        """The learning rate, the rule's own where none was chosen."""
        return LEARNING_RATES[self.optimizer] if self.lr is None else self.lr

    def net(self, classes: int, shape: tuple[int, int, int]) -> nn.Module:
        """The model for so many classes and images of this shape (C, H, W), untrained.

        Raises:
            UsageError: the model does not take such images.
        """
        known = options_of(MODELS[self.model])
        wanted = {
            "num_classes": classes,
            "in_channels": shape[0],
            "input_size": shape[1],
            "width": self.width,
        }
        options = {name: value for name, value in wanted.items() if name in known}
        if "aux_logits" in known:
            options["aux_logits"] = False
        if self.width != 1:
            self._check_width(options)
        try:
            net = get_model(self.model, **options)
            with evaluating(net), torch.no_grad():
                net(torch.zeros(1, *shape))
        except ValueError as error:
            raise UsageError(f"{error}; --size brings images to another size") from None
        return net

    def _check_width(self, options: dict[str, Any]) -> None:
        """Raise a UsageError for a width with which the net would have more than `MOST_WEIGHTS` weights."""
        try:
            with torch.device("meta"):  # shapes alone
                weights = sum(weight.numel() for weight in get_model(self.model, **options).parameters())
        except (RuntimeError, OverflowError):  # more than torch can count
            weights = math.inf
        if weights > MOST_WEIGHTS:
            count = "countless" if weights == math.inf else f"{weights:.1e}"
            raise UsageError(
                f"width={self.width:g} gives {self.model} {count} weights; at most {MOST_WEIGHTS:.0e}, "
                "which are 4 GB: choose a smaller width"
            )

    def rule(self, net: nn.Module) -> Optimizer:
        """The optimizer of a net's weights."""
        return RULES[self.optimizer](net.parameters(), lr=self.learning_rate, weight_decay=self.weight_decay)

    def augmentation(self, side: int) -> Callable[[Tensor], Tensor] | None:
        """What changes a batch of training images of this side; None if nothing does."""
        if not self.augment:
            return None
        return transforms.Compose([AUGMENTATIONS[name](side) for name in self.augment])

    def to_dict(self) -> dict[str, Any]:
        """The recipe as plain values, for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Recipe":
        """What `to_dict` gave; what a newer release has added is left out."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in values.items() if name in known})
