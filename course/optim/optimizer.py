"""Optimizer base class: the loop over parameters, weight decay, checks, and torch's file format.

A rule names its memory in `STATE` and says in `update` how one parameter moves. All else is here, and the
interface is torch.optim.Optimizer's: parameter groups, a closure, `zero_grad`, hooks and lr schedulers.
"""

from collections.abc import Callable
from math import inf
from numbers import Real
from typing import Any, ClassVar

import torch
from torch import Tensor

# Each hyperparameter, for whichever rule has it, is a number from 0 up to, not including, this limit.
UPPER_BOUNDS = {"lr": inf, "weight_decay": inf, "eps": inf, "momentum": 1, "alpha": 1, "rho": 1, "betas": 1}


class Optimizer(torch.optim.Optimizer):
    """A rule that moves each parameter by its own gradient.

    Weight decay λ is the derivative of (λ/2)·‖p‖², added to the gradient (L2, as in torch.optim).

    A `state_dict` is torch.optim's: it may be loaded into the counterpart there, and back. As in torch,
    loading does not copy: deepcopy the dictionary first if both optimizers go on in the same process.
    """

    STATE: ClassVar[tuple[str, ...]] = ()
    """What the rule remembers of each parameter: tensors of its shape, zero at first, and perhaps `step`."""

    FIXED: ClassVar[dict[str, Any]] = {}
    """Options of the counterpart in torch.optim that would be another rule, with the value they have here."""

    def __init__(self, params: Any, **defaults: Any):
        self.check_group(defaults)
        super().__init__(params, defaults)

    def update(self, p: Tensor, grad: Tensor, state: dict[str, Tensor], group: dict[str, Any]) -> None:
        """Move one parameter `p` in place.

        Args:
            p: the parameter, any shape.
            grad: its gradient with weight decay added; same shape as `p`; not to be changed.
            state: what `STATE` names, to be changed in place.
            group: the hyperparameters of this parameter's group.
        """
        raise NotImplementedError(f"{type(self).__name__} must say in update() how a parameter moves")

    @torch.no_grad()
    def step(self, closure: Callable[[], Tensor] | None = None) -> Tensor | None:
        """Move every parameter that has a gradient, once.

        Args:
            closure: computes the loss anew, calls `backward` and returns the loss.

        Returns:
            What the closure returned, or None without one.

        Raises:
            TypeError: a gradient is sparse or complex; then no parameter has moved.
        """
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        self.check_gradients()
        for group in self.param_groups:
            decay = group["weight_decay"]
            for p in group["params"]:
                grad = p.grad
                if grad is None:
                    continue
                if decay != 0:
                    grad = grad.add(p, alpha=decay)
                self.update(p, grad, self.remember(p) if self.STATE else {}, group)
        return loss

    def remember(self, p: Tensor) -> dict[str, Tensor]:
        """The memory of one parameter, begun at its first step; counts that step."""
        state = self.state[p]
        for name in self.STATE:
            if name not in state:
                state[name] = torch.zeros_like(p) if name != "step" else torch.zeros((), dtype=torch.float32)
        if "step" in state:
            state["step"] += 1
        return state

    def check_gradients(self) -> None:
        """Raises TypeError for the first gradient that no rule here can use."""
        for group in self.param_groups:
            for p in group["params"]:
                grad = p.grad
                if grad is None:
                    continue
                if grad.layout is not torch.strided:
                    raise TypeError(
                        f"the gradient of a parameter of shape {tuple(p.shape)} is sparse; "
                        f"{type(self).__name__} needs a dense one: use Embedding(..., sparse=False)"
                    )
                if grad.is_complex():
                    raise TypeError(
                        f"the gradient of a parameter of shape {tuple(p.shape)} is {grad.dtype}; "
                        f"{type(self).__name__} needs a real one: use torch.view_as_real"
                    )

    def check_group(self, group: dict[str, Any]) -> None:
        """Raises ValueError for a hyperparameter out of its range or an option that this rule fixes."""
        for name, limit in UPPER_BOUNDS.items():
            if name not in group or name in self.FIXED:
                continue
            value = group[name]
            pair = name == "betas"
            numbers = value if pair and isinstance(value, tuple | list) else [value]
            good = all(isinstance(number, Real) and 0 <= number < limit for number in numbers)
            if not good or (pair and len(numbers) != 2):
                kind = "two numbers" if pair else "a number"
                raise ValueError(f"{name}={value!r} must be {kind} in [0, {limit})")
        for name, fixed in self.FIXED.items():
            if group.get(name, fixed) != fixed:
                raise ValueError(f"{name}={group[name]!r} must be {fixed!r} in {type(self).__name__}")

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add parameters with hyperparameters of their own, as in torch.

        Raises:
            ValueError: a hyperparameter is out of its range.
        """
        self.check_group(param_group)
        super().add_param_group(param_group)

    def state_dict(self) -> dict[str, Any]:
        """All that is needed to go on later, here or in torch.optim: hyperparameters and memory."""
        saved = super().state_dict()
        for group in saved["param_groups"]:
            group.update(self.FIXED)
        return saved

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from what this rule, or its counterpart in torch.optim, has saved.

        Raises:
            ValueError: another rule saved it, or the same one with options that are not here.
        """
        for group in state_dict["param_groups"]:
            missing = [name for name in UPPER_BOUNDS if name in self.defaults and name not in group]
            if missing:
                raise ValueError(f"state_dict has no {missing[0]!r}: no {type(self).__name__} saved it")
            self.check_group(group)
        for state in state_dict["state"].values():
            missing = [name for name in self.STATE if state and name not in state]
            if missing:
                raise ValueError(f"state_dict has no {missing[0]!r}: no {type(self).__name__} saved it")
        super().load_state_dict(state_dict)
