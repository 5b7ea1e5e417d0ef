"""Charts of the class report, a histogram and bars, as PNGs for a page without a script."""

import base64
import io


def distribution(totals: list[float], most: int) -> str:
    """A histogram of the class's points, one bar a point."""
    figure, axes = _axes(3.0)
    axes.hist(totals, bins=[edge - 0.5 for edge in range(most + 2)], color="#0072B2", rwidth=0.9)
    axes.set(xlabel="points", ylabel="students", xlim=(-0.6, most + 0.6))
    for axis in (axes.xaxis, axes.yaxis):
        axis.get_major_locator().set_params(integer=True)
    return _png(figure)


def mistakes(shares: list[dict]) -> str:
    """One bar a question: right, each mistake with its own hatching, the rest."""
    figure, axes = _axes(0.45 * len(shares) + 1.3)
    colors = ["#D55E00", "#E69F00", "#F0E442", "#CC79A7", "#56B4E9"]
    hatches = ["", "//", "..", "xx", "\\\\"]
    for row, share in enumerate(shares):
        left = share["correct"]
        axes.barh(row, left, color="#0072B2", label="right" if row == 0 else None)
        if row == 0:
            axes.barh(0, 0, color=colors[0], label="typical mistakes, the most frequent first")
        for number, known in enumerate(share["mistakes"]):
            style = {"color": colors[number % 5], "hatch": hatches[number % 5], "edgecolor": "white"}
            axes.barh(row, known["share"], left=left, **style)
            left += known["share"]
        rest = max(0.0, 1 - left)  # who makes two mistakes counts in both
        axes.barh(row, rest, left=left, color="#DDDDDD", label="other or none" if row == 0 else None)
    axes.set_yticks(range(len(shares)), [share["question"] for share in shares])
    axes.invert_yaxis()
    axes.set(xlabel="share of the class", xlim=(0, 1))
    figure.legend(loc="outside upper center", ncols=3, frameon=False)
    return _png(figure)


def _axes(height: float):
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, height), layout="constrained")
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _png(figure) -> str:
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=100, metadata={"Software": None})
    return base64.b64encode(out.getvalue()).decode("ascii")
