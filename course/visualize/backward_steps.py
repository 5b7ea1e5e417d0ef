"""Backward pass step by step: who hands which gradient on, and what has arrived so far."""

from dataclasses import dataclass
from itertools import chain

from course.autograd import Value, topological

from .graph import GraphLayout, draw_graph, layout_graph, number, title
from .style import Picture, styled


@dataclass(frozen=True)
class Delivery:
    """What an input receives from the value whose turn it is; `before` is None if nothing had arrived yet."""

    to: Value
    derivative: float
    before: float | None
    after: float


@dataclass(frozen=True)
class BackwardStep:
    """The state of a backward pass after one step.

    Attributes:
        value: whose turn it was; None at the start, where only the result has its gradient 1.
        gradient: what it handed on.
        deliveries: one for each of its inputs.
        arrived: what every value has received until now.
        finished: the values of which no use is still to come, so that their gradients are complete.
    """

    value: Value | None
    gradient: float
    deliveries: tuple[Delivery, ...]
    arrived: dict[Value, float]
    finished: frozenset[Value]


def backward_steps(root: Value) -> list[BackwardStep]:
    """Take the backward pass from root apart: its start, then one step for each operation.

    The order and the arithmetic are those of `Value.backward`; the `grad` of no value is changed.
    """
    values = topological(root)
    uses_to_come = dict.fromkeys(values, 0)
    for source, _ in chain.from_iterable(value.inputs for value in values):
        uses_to_come[source] += 1
    arrived = {root: 1.0}
    steps = [BackwardStep(None, 1.0, (), dict(arrived), frozenset([root]))]
    for value in reversed(values):
        if not value.inputs:
            continue
        deliveries = []
        for source, derivative in value.inputs:
            before = arrived.get(source)
            arrived[source] = (before or 0.0) + derivative * arrived[value]
            uses_to_come[source] -= 1
            deliveries.append(Delivery(source, derivative, before, arrived[source]))
        finished = frozenset(value for value, uses in uses_to_come.items() if not uses)
        steps.append(BackwardStep(value, arrived[value], tuple(deliveries), dict(arrived), finished))
    return steps


@styled
def plot_backward_step(root: Value, step: int) -> Picture:
    """Draw the graph below root after so many steps of its backward pass.

    The operation whose turn it was is drawn thick; above the graph stands what it handed on.

    Args:
        root: the result.
        step: from 0, the start, to the number of operations.

    Raises:
        ValueError: there is no such step.
    """
    steps = backward_steps(root)
    if not 0 <= step < len(steps):
        raise ValueError(f"step={step} must be from 0 to {len(steps) - 1}, the number of operations")
    return draw_step(layout_graph(root), steps, step)


def draw_step(layout: GraphLayout, steps: list[BackwardStep], step: int, under_way: bool = False) -> Picture:
    """Draw a layout after a step, or `under_way`: the step has its turn, and nothing has arrived yet."""
    now, seen = steps[step], steps[step - under_way]
    stressed = [now.value] if now.value else []
    figure = draw_graph(layout, _lines(layout, seen), longest_line(layout, steps), stressed, room_above=0.45)
    headline, arithmetic = alt_text(step, steps)
    left, top = 0.02, 1 - 0.12 / figure.get_figheight()
    figure.text(left, top, f"{headline}\n{arithmetic}", fontsize=9, va="top", linespacing=1.4)
    figure.alt = f"{headline} {arithmetic}".strip()
    return figure


def longest_line(layout: GraphLayout, steps: list[BackwardStep]) -> int:
    """How many letters the boxes need in any step, so that they keep their size."""
    return max(len(line) for step in steps for three in _lines(layout, step).values() for line in three)


def alt_text(step: int, steps: list[BackwardStep]) -> tuple[str, str]:
    """What happens in a step: a sentence, and the arithmetic at each input."""
    now = steps[step]
    if now.value is None:
        return "Start: the derivative of the result by itself is 1.", ""
    turn = f"[ {title(now.value)} ] hands its gradient {now.gradient:.4g} on."
    arithmetic = [_sum(delivery, now.gradient) for delivery in now.deliveries]
    return f"Step {step} of {len(steps) - 1}: {turn}", "     ".join(arithmetic)


def _sum(delivery: Delivery, gradient: float) -> str:
    product = f"{delivery.derivative:.3g} · {gradient:.4g}"
    if delivery.before is not None:
        product = f"{delivery.before:.4g} + ({product})"
    return f"{title(delivery.to)}: {product} = {delivery.after:.4g}"


def _lines(layout: GraphLayout, step: BackwardStep) -> dict[Value, tuple[str, str, str]]:
    return {value: (title(value), number(value), _gradient(value, step)) for value in layout.places}


def _gradient(value: Value, step: BackwardStep) -> str:
    if value not in step.arrived:
        return "grad ?"
    word = "grad" if value in step.finished else "so far"
    return f"{word} {step.arrived[value]:.4g}"
