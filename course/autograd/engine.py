"""Reverse-mode autograd engine on numbers: a scalar that remembers how it was made (after micrograd).

Each operation stores, beside its result, its inputs and the derivative of the result by each of them. The
backward pass is then the chain rule and nothing else: every input receives `derivative * gradient of the
result`, and what arrives from several uses adds up. Values are Python floats, and overflow raises as there.
"""

import math
from dataclasses import dataclass, field
from numbers import Real


@dataclass(eq=False)
class Value:
    """A number in a graph of computations: `Value(2.0, "x")`.

    Args:
        data: the number.
        name: what a leaf is called, in print and in the picture of the graph.
        op: the operation that made it; empty for a leaf.
        inputs: pairs (input, derivative of this value by that input).

    `grad` is the derivative, by this value, of what `backward` was called on; as in torch, calls add up.
    """

    data: float
    name: str = ""
    grad: float = field(default=0.0, init=False)
    op: str = ""
    inputs: tuple[tuple["Value", float], ...] = field(default=(), repr=False)

    def __post_init__(self):
        if not isinstance(self.data, Real):
            raise TypeError(f"data={self.data!r} must be a number or a Value")
        self.data = float(self.data)

    def __add__(self, other):
        a, b = self, as_value(other)
        return Value(a.data + b.data, op="+", inputs=((a, 1.0), (b, 1.0)))

    def __sub__(self, other):
        a, b = self, as_value(other)
        return Value(a.data - b.data, op="-", inputs=((a, 1.0), (b, -1.0)))

    def __mul__(self, other):
        a, b = self, as_value(other)
        return Value(a.data * b.data, op="*", inputs=((a, b.data), (b, a.data)))

    def __truediv__(self, other):
        a, b = self, as_value(other)
        quotient = a.data / b.data
        return Value(quotient, op="/", inputs=((a, 1 / b.data), (b, -quotient / b.data)))

    def __pow__(self, n):
        if not isinstance(n, Real):
            raise TypeError(f"the power {n!r} must be a number; for x ** y write (y * x.log()).exp()")
        if self.data < 0 and n % 1:
            raise ValueError(f"the base {self.data} must not be negative for the power {n}")
        n = float(n)
        steep = self.data == 0 and 0 < n < 1  # the graph of a root starts upright
        slope = math.inf if steep else n * self.data ** (n - 1) if n else 0.0
        return Value(self.data**n, op=f"**{n:g}", inputs=((self, slope),))

    def __neg__(self):
        return Value(-self.data, op="neg", inputs=((self, -1.0),))

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other):
        return as_value(other) - self

    def __rtruediv__(self, other):
        return as_value(other) / self

    def exp(self):
        e = math.exp(self.data)
        return Value(e, op="exp", inputs=((self, e),))

    def log(self):
        if self.data <= 0:
            raise ValueError(f"the logarithm of {self.data} does not exist; the number must be positive")
        return Value(math.log(self.data), op="log", inputs=((self, 1 / self.data),))

    def tanh(self):
        t = math.tanh(self.data)
        return Value(t, op="tanh", inputs=((self, 1 - t**2),))

    def sigmoid(self):
        e = math.exp(-abs(self.data))  # at most 1: e^1000 would overflow
        s = 1 / (1 + e) if self.data >= 0 else e / (1 + e)
        return Value(s, op="sigmoid", inputs=((self, s * (1 - s)),))

    def relu(self):
        return Value(max(self.data, 0.0), op="relu", inputs=((self, float(self.data > 0)),))

    def backward(self):
        """Add to the `grad` of every value in the graph the derivative of this one by it."""
        arrived = {self: 1.0}  # gradients of this pass alone: an earlier pass must not flow again
        for value in reversed(topological(self)):
            for source, derivative in value.inputs:
                arrived[source] = arrived.get(source, 0.0) + derivative * arrived[value]
            value.grad += arrived[value]


def as_value(number: Value | float) -> Value:
    """A number as a leaf; a Value as it is."""
    return number if isinstance(number, Value) else Value(number)


def topological(root: Value) -> list[Value]:
    """Every value below root once, inputs before what is made of them.

    A stack in place of a recursion, which Python would stop at a depth of 1,000.
    """
    order, visited, stack = [], set(), [(root, False)]
    while stack:
        value, inputs_done = stack.pop()
        if inputs_done:
            order.append(value)
        elif value not in visited:
            visited.add(value)
            stack.append((value, True))
            stack.extend((source, False) for source, _ in reversed(value.inputs))
    return order
