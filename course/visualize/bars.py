"""Bar chart: horizontal bars with names, numbers at the ends, and a line to compare them with."""

from collections.abc import Mapping

from .style import COLORS, Picture, headline, listing, picture, styled, told

ROW = 0.32  # inches a bar


@styled
def plot_bars(
    values: Mapping[str, float],
    label: str,
    *,
    errors: Mapping[str, float] | None = None,
    reference: tuple[str, float] | None = None,
    title: str = "",
) -> Picture:
    """Draw a horizontal bar chart, the first bar on top; bars above the reference have another color.

    Args:
        values: name to number, at least 0.
        label: what the numbers are, with their unit.
        errors: name to standard error, drawn as a whisker on both sides.
        reference: a name and a number, drawn as a dashed line.
        title: what is to be seen, above the picture.

    Raises:
        ValueError: there is no bar, a number is negative or not finite, or the errors have other names.
    """
    if not values or not all(0 <= value < float("inf") for value in values.values()):
        raise ValueError(f"values={dict(values)} must hold at least one number, all finite and at least 0")
    if errors is not None and set(errors) != set(values):
        raise ValueError(f"errors has the names {sorted(errors)}; values has {sorted(values)}")
    figure, ((axes,),) = picture(height=0.8 + ROW * len(values) + 0.3 * bool(title))
    limit = float("inf") if reference is None else reference[1]
    colors = [COLORS[1] if value > limit else COLORS[0] for value in values.values()]
    whiskers = None if errors is None else [errors[name] for name in values]
    places = range(len(values))
    axes.barh(places, list(values.values()), height=0.62, color=colors, xerr=whiskers, ecolor="#333333")
    shift = 0 if whiskers is None else max(whiskers)
    for place, value in enumerate(values.values()):
        axes.annotate(
            f"{value:.3g}",
            (value + shift, place),
            (4, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
        )
    axes.set_yticks(places, list(values))
    axes.invert_yaxis()
    axes.tick_params(axis="y", length=0)
    axes.margins(x=0.1)
    axes.set_xlabel(label)
    alt_text = [f"{name} {value:.3g}" for name, value in values.items()]
    if reference is not None:
        axes.axvline(limit, color="#333333", linestyle="--", linewidth=1.2)
        axes.annotate(
            reference[0], (limit, 1), (0, 3), xycoords=("data", "axes fraction"),
            textcoords="offset points", ha="center", fontsize=9,
        )  # fmt: skip
        alt_text.append(f"a dashed line for {reference[0]} at {limit:.3g}")
    headline(figure, title)
    figure.alt = told(title, f"Bars of {label}: {listing(alt_text)}.")
    return figure
