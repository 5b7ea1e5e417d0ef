"""Learning curves of a history. Imported only when asked for: matplotlib takes a second to load."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure


class Curves(Figure):
    """A matplotlib Figure that a notebook shows as one PNG with alternative text, whatever the backend."""

    alt = ""

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        buffer = BytesIO()
        FigureCanvasAgg(self).print_png(buffer, metadata={"Software": None})
        return {"image/png": buffer.getvalue(), "text/plain": self.alt}, {"image/png": {"alt": self.alt}}


def plot_history(columns: Mapping[str, Sequence[float]]) -> Curves:
    """Loss and, if it was measured, accuracy by epoch; training and validation in the same axes.

    Args:
        columns: of a history, by name; "epoch" among them unless there is none yet.
    """
    names = [name for name in ("loss", "accuracy") if name in columns]
    figure = Curves(figsize=(3.5 * max(1, len(names)), 2.8), dpi=90, layout="constrained")
    if names:
        for axes, name in zip(figure.subplots(1, len(names), squeeze=False)[0], names, strict=True):
            for column, label, style in ((name, "training", "o-"), (f"val_{name}", "validation", "s--")):
                if column in columns:
                    axes.plot(columns["epoch"], columns[column], style, markersize=3, label=label)
            axes.set(xlabel="epoch", ylabel=name)
            axes.xaxis.get_major_locator().set_params(integer=True)
            axes.grid(True, color="#DDDDDD")
            axes.legend(frameon=False)
    figure.alt = f"{' and '.join(names) or 'nothing'} by epoch, over {len(columns.get('epoch', ()))} epochs."
    return figure
