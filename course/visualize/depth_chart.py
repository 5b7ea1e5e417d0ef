"""The chart "Revolution of Depth" (He 2015): top-5 error and number of layers, year by year."""

from collections.abc import Sequence

from course.data.ilsvrc import Result

from .style import COLORS, Picture, picture, styled, tint

SHALLOW = "shallow"


def depth_labels(results: Sequence[Result]) -> list[str]:
    """What stands below each bar: name, year, and how many layers."""
    layers = [f"{result.layers} layers" if result.layers else SHALLOW for result in results]
    return [f"{result.name}\n{result.year}\n{depth}" for result, depth in zip(results, layers, strict=True)]


@styled
def plot_depth_chart(results: Sequence[Result]) -> Picture:
    """Draw a bar a result, hatched where several nets vote, and the depth as a line with its own scale.

    Args:
        results: such as those of `course.data.ilsvrc`, in the order in which they shall stand.

    Raises:
        ValueError: there is no result.
    """
    if not results:
        raise ValueError("results=[] must hold at least one result")
    places = range(len(results))
    figure, ((axes,),) = picture(height=3.4)
    depth = axes.twinx()
    looks = {"shallow": ("#BBBBBB", ""), "single": (COLORS[0], ""), "ensemble": (tint(COLORS[0], 0.45), "//")}
    for kind, (color, hatch) in looks.items():
        chosen = [place for place in places if results[place].kind == kind]
        if not chosen:
            continue
        heights = [results[place].top5 for place in chosen]
        label = {"shallow": "no deep net", "single": "one net", "ensemble": "several nets vote"}[kind]
        bars = axes.bar(chosen, heights, color=color, hatch=hatch, edgecolor="white", width=0.62, label=label)
        axes.bar_label(bars, [f"{height:.3g}" for height in heights], fontsize=9, padding=2)
    deep = [place for place in places if results[place].layers]
    layers = [results[place].layers for place in deep]
    depth.plot(deep, layers, "o-", color=COLORS[1], label="layers (scale on the right)")
    axes.set_xticks(places, depth_labels(results), fontsize=8)
    axes.set(ylabel="top-5 error in percent", ylim=(0, 1.12 * max(result.top5 for result in results)))
    depth.set(ylabel="layers with weights", ylim=(0, 1.12 * max(layers, default=1)))
    depth.spines["right"].set_visible(True)
    handles, labels = axes.get_legend_handles_labels()
    more, names = depth.get_legend_handles_labels()
    figure.legend(handles + more, labels + names, loc="outside upper center", ncols=4)
    said = [
        f"{result.name} {result.year}: {result.top5:g} %, {result.layers or 'no'} layers, {result.kind}"
        for result in results
    ]
    figure.alt = f"Bars of top-5 errors and a line of depths. {'; '.join(said)}."
    return figure
