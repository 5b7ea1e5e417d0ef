"""Test functions for optimizers: surfaces of two variables on which their steps can be seen.

A bowl that is steep in one direction and flat in the other, a saddle on which the gradient is small where the
way out begins, and Beale's function with its curved, nearly flat valley.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor

Point = tuple[float, float]


@dataclass(frozen=True)
class Surface:
    """A function of two variables and the window through which we look at it.

    Attributes:
        name: as it stands in titles.
        formula: in LaTeX, without dollar signs.
        function: maps points (..., 2) to heights (...).
        start: where the paths begin, (x, y).
        minima: the lowest points; the first is the one downhill from the start.
        x_range: lowest and highest x of the window.
        y_range: lowest and highest y of the window.
    """

    name: str
    formula: str
    function: Callable[[Tensor], Tensor]
    start: Point
    minima: tuple[Point, ...]
    x_range: Point
    y_range: Point

    @property
    def minimum(self) -> Point:
        """The lowest point downhill from the start, (x, y)."""
        return self.minima[0]

    def contains(self, x: float, y: float) -> bool:
        """Whether a point lies within the window; a point with NaN does not."""
        return self.x_range[0] <= x <= self.x_range[1] and self.y_range[0] <= y <= self.y_range[1]


def bowl(points: Tensor) -> Tensor:
    """(x² + 25 y²) / 2: 25 times steeper along y than along x. Points (..., 2) to heights (...)."""
    x, y = points.unbind(-1)
    return (x**2 + 25 * y**2) / 2


def saddle(points: Tensor) -> Tensor:
    """x²/2 - y²/2 + y⁴/4: a saddle at (0, 0), lowest at (0, -1) and (0, 1). Points (..., 2) to (...)."""
    x, y = points.unbind(-1)
    return x**2 / 2 - y**2 / 2 + y**4 / 4


def beale(points: Tensor) -> Tensor:
    """Beale's function: zero at (3, 0.5), with a flat curved valley. Points (..., 2) to heights (...)."""
    x, y = points.unbind(-1)
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


BOWL = Surface(
    name="Ill-conditioned bowl",
    formula=r"f(x, y) = \frac{1}{2}(x^2 + 25\,y^2)",
    function=bowl,
    start=(-4.0, 1.5),
    minima=((0.0, 0.0),),
    x_range=(-5.0, 3.0),
    y_range=(-2.5, 2.5),
)

SADDLE = Surface(
    name="Saddle",
    formula=r"f(x, y) = \frac{1}{2}x^2 - \frac{1}{2}y^2 + \frac{1}{4}y^4",
    function=saddle,
    start=(-1.5, 0.01),
    minima=((0.0, 1.0), (0.0, -1.0)),
    x_range=(-2.0, 2.0),
    y_range=(-1.5, 1.5),
)

BEALE = Surface(
    name="Beale's function",
    formula=r"f(x, y) = (1.5 - x + xy)^2 + (2.25 - x + xy^2)^2 + (2.625 - x + xy^3)^2",
    function=beale,
    start=(1.0, 1.5),
    minima=((3.0, 0.5),),
    x_range=(-1.0, 4.5),
    y_range=(-1.5, 2.0),
)

SURFACES = {"bowl": BOWL, "saddle": SADDLE, "beale": BEALE}


@cache
def height_grid(surface: Surface, resolution: int = 120) -> tuple[Tensor, Tensor, Tensor]:
    """Heights on a regular grid over the surface's window.

    Args:
        surface: one of `SURFACES`, or your own.
        resolution: how many points along each axis.

    Returns:
        x (resolution,), y (resolution,) and heights (resolution, resolution), rows from low y to
        high y.
    """
    x = torch.linspace(*surface.x_range, resolution, dtype=torch.float64)
    y = torch.linspace(*surface.y_range, resolution, dtype=torch.float64)
    grid_y, grid_x = torch.meshgrid(y, x, indexing="ij")
    return x, y, surface.function(torch.stack([grid_x, grid_y], dim=-1))
