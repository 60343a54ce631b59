"""The reliability curve: does a predicted click rate happen?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from adplat.reporting.drawing import GRID, MUTED, PictureForm, canvas, colour, refuse_empty
from adplat.statistics import ReliabilityBin

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARKERS = "os^Dv"
_MOST_MARKS = 8  # on one axis, before their numbers touch


def draw_reliability(
    curves: Mapping[str, Sequence[ReliabilityBin]], *, apart: bool = False, form: PictureForm = "svg"
) -> bytes:
    """Observed against predicted rate with 95 % intervals, both axes logarithmic, one curve a model.

    Logarithmic, because most click rates sit in the lowest hundredth of a linear axis; bins without a
    click have no place there and are drawn as their upper limit alone. Curves of different outcomes live at
    different rates: ``apart`` gives each a panel of its own.

    Raises:
        TableRejected: no curve, or a curve without a usable bin.
    """
    refuse_empty(list(curves), "reliability curve")
    panels = [{name: bins} for name, bins in curves.items()] if apart else [curves]
    with canvas(1.2 + 5.0 * len(panels), 5.0, form) as drawn:
        number = 0
        for axes, shown in zip(drawn.axes(len(panels)), panels, strict=True):
            seen: list[float] = []
            for name, bins in shown.items():
                seen += _curve(axes, name, bins, number)
                number += 1
            ends = [0.8 * min(seen), 1.25 * max(seen)]
            axes.plot(ends, ends, color=MUTED, lw=1.1, linestyle=(0, (4, 3)), label="perfect", zorder=1)
            _rates_axes(axes, ends, next(iter(shown)) if apart else "click rate")
            axes.legend(loc="upper left")
    return drawn.content


def _curve(axes: Axes, name: str, bins: Sequence[ReliabilityBin], number: int) -> list[float]:
    """Draw one; gives the rates that the axes must hold."""
    usable = [bin_ for bin_ in bins if bin_.mean_predicted > 0.0 and bin_.observed.high > 0.0]
    refuse_empty(usable, f"bin of {name!r}")
    predicted = [bin_.mean_predicted for bin_ in usable]
    hit = [bin_ for bin_ in usable if bin_.positives]
    floor = 0.5 * min([bin_.observed.low for bin_ in hit] + predicted)
    for bin_ in usable:
        low = bin_.observed.low if bin_.positives else floor
        axes.plot([bin_.mean_predicted] * 2, [low, bin_.observed.high], color=colour(number), lw=1.6, alpha=0.5)
    axes.plot(
        [bin_.mean_predicted for bin_ in hit],
        [bin_.observed.value for bin_ in hit],
        color=colour(number),
        marker=MARKERS[number % len(MARKERS)],
        markersize=6,
        lw=1.4,
        label=name,
    )
    return predicted + [bin_.observed.low for bin_ in hit] + [bin_.observed.high for bin_ in usable]


def _rates_axes(axes: Axes, ends: list[float], what: str) -> None:
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    axes.set_xscale("log")
    axes.set_yscale("log")
    steps = [base * 10.0**power for power in range(-6, 1) for base in (1, 2, 5)]
    places = [step for step in steps if ends[0] <= step <= ends[1]]
    if len(places) > _MOST_MARKS:
        places = [10.0**power for power in range(-6, 1) if ends[0] <= 10.0**power <= ends[1]]
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(FixedLocator(places))
        axis.set_minor_locator(NullLocator())
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:g} %"))
    axes.set_xlim(*ends)
    axes.set_ylim(*ends)
    axes.set_aspect("equal")
    axes.grid(color=GRID)
    axes.set_xlabel(f"predicted {what}")
    axes.set_ylabel("observed rate")
