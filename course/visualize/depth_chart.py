"""Chart "Revolution of Depth" (He 2015): top-5 error and number of layers, year by year."""

from collections.abc import Sequence

from matplotlib.patches import Patch
from matplotlib.patheffects import withStroke

from course.data.ilsvrc import Result

from .series_styles import series_styles
from .style import COLORS, Picture, headline, picture, styled, tint, told

SHALLOW = "shallow"
PALE = "#BBBBBB"
HALO = withStroke(linewidth=2.5, foreground="white")  # around a number that the line meets
KINDS = {
    SHALLOW: Patch(facecolor=PALE, label="no deep net"),
    "single": Patch(facecolor=COLORS[7], label="one net"),
    "ensemble": Patch(
        facecolor=tint(COLORS[7], 0.6), edgecolor="white", hatch="//", label="several nets vote"
    ),
}


def depth_labels(results: Sequence[Result]) -> list[str]:
    """What stands below each bar: name, year, and how many layers."""
    layers = [f"{result.layers} layers" if result.layers else SHALLOW for result in results]
    return [f"{result.name}\n{result.year}\n{depth}" for result, depth in zip(results, layers, strict=True)]


@styled
def plot_depth_chart(results: Sequence[Result], title: str = "") -> Picture:
    """Draw a bar a result, hatched where several nets vote, and the depth as a line with its own scale.

    Args:
        results: such as those of `course.data.ilsvrc`, in the order in which they shall stand.
        title: what is to be seen, above the picture.

    Raises:
        ValueError: there is no result.
    """
    if not results:
        raise ValueError("results=[] must hold at least one result")
    places, names = range(len(results)), [result.name for result in results]
    figure, ((axes,),) = picture(height=3.4)
    depth = axes.twinx()
    for place, (result, style) in enumerate(zip(results, series_styles(names), strict=True)):
        color = PALE if result.kind == SHALLOW else style["color"]
        several = result.kind == "ensemble"
        face = {"color": tint(color, 0.6), "hatch": "//"} if several else {"color": color}
        axes.bar(place, result.top5, edgecolor="white", width=0.62, **face)
        depth.annotate(  # on the axes of the line, to stand in front of it
            f"{result.top5:.3g}", (place, result.top5), (0, 2), xycoords=axes.transData, fontsize=9,
            textcoords="offset points", ha="center", va="bottom", path_effects=[HALO], zorder=5,
        )  # fmt: skip
    deep = [place for place in places if results[place].layers]
    layers = [results[place].layers for place in deep]
    depth.plot(deep, layers, "o-", color=COLORS[6], label="layers (scale on the right)")
    axes.set_xticks(places, depth_labels(results), fontsize=8)
    axes.set(ylabel="top-5 error in percent", ylim=(0, 1.12 * max(result.top5 for result in results)))
    depth.set(ylabel="layers with weights", ylim=(0, 1.12 * max(layers, default=1)))
    depth.spines["right"].set_visible(True)
    kinds = {result.kind for result in results}
    handles = [patch for kind, patch in KINDS.items() if kind in kinds]
    figure.legend(handles=[*handles, *depth.lines], loc="outside lower center", ncols=4)
    headline(figure, title)
    alt_text = [
        f"{result.name} {result.year}: {result.top5:g} %, {result.layers or 'no'} layers, {result.kind}"
        for result in results
    ]
    figure.alt = told(title, f"Bars of top-5 errors and a line of depths. {'; '.join(alt_text)}.")
    return figure
