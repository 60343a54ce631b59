"""Do told intervals hold what they say? Shares that held beside shares that should have, by group and over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from adplat.domain import Interval, TableRejected
from adplat.reporting.drawing import INK, MUTED, PictureForm, canvas, colour, refuse_empty

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, slots=True)
class HeldOverTime:
    """One series: at each moment the share that held, with its interval."""

    name: str
    at: Sequence[date]
    held: Sequence[Interval]


def draw_held_shares(groups: Mapping[str, Mapping[float, Interval]], *, form: PictureForm = "svg") -> bytes:
    """A panel for each told share (0.8 is an 80 % interval), a row for each group, the first on top.

    The dashed line is what was told. Raises TableRejected: no group, or groups with other told shares than the first.
    """
    refuse_empty(list(groups), "group")
    shares = list(next(iter(groups.values())))
    refuse_empty(shares, "told share")
    if any(list(held) != shares for held in groups.values()):
        raise TableRejected("groups tell different intervals", hint="give the same told shares for each group")
    with canvas(8.0, 1.1 + 0.34 * len(groups), form) as drawn:
        panels = drawn.figure.subplots(1, len(shares), sharey=True, squeeze=False)[0]
        for axes, told in zip(panels, shares, strict=True):
            for place, held in enumerate(groups.values()):
                one = held[told]
                hue = colour(0 if one.low <= told <= one.high else 1)
                axes.plot([one.low, one.high], [place, place], color=hue, lw=2.2, alpha=0.5)
                axes.plot([one.value], [place], color=hue, marker="o", markersize=5)
            axes.axvline(told, color=INK, lw=1.1, linestyle=(0, (5, 2)))
            axes.set_title(f"{100 * told:g} % intervals")
            axes.set_xlim(-0.03, 1.03)
            _percent(axes.xaxis)
            axes.set_xlabel("held")
        panels[0].set_yticks(range(len(groups)), list(groups))
        panels[0].set_ylim(len(groups) - 0.5, -0.5)
    return drawn.content


def draw_held_over_time(series: Sequence[HeldOverTime], *, told: float, form: PictureForm = "svg") -> bytes:
    """A panel for each series, below each other on the same axes; the dashed line is what was told.

    Raises TableRejected: no series, or one without a moment or of unequal length.
    """
    refuse_empty(series, "series")
    if any(not one.at or len(one.at) != len(one.held) for one in series):
        raise TableRejected("series of unequal length", hint="give one interval for each moment")
    with canvas(8.0, 0.7 + 1.45 * len(series), form) as drawn:
        panels = drawn.figure.subplots(len(series), 1, sharex=True, squeeze=False)[:, 0]
        for number, (axes, one) in enumerate(zip(panels, series, strict=True)):
            at: list[Any] = list(one.at)
            axes.vlines(
                at,
                [held.low for held in one.held],
                [held.high for held in one.held],
                color=colour(number),
                lw=2.2,
                alpha=0.4,
            )
            axes.plot(at, [held.value for held in one.held], color=colour(number), lw=1.4, marker="o", markersize=4)
            axes.axhline(told, color=INK, lw=1.1, linestyle=(0, (5, 2)))
            axes.set_title(one.name)
            axes.set_ylim(-0.05, 1.05)
            _percent(axes.yaxis)
        _dates(panels[-1])
        panels[-1].set_xlabel("week in which flights ended", color=MUTED)
    return drawn.content


def _percent(axis: Any) -> None:
    from matplotlib.ticker import FixedLocator

    axis.set_major_locator(FixedLocator([0.0, 0.5, 1.0]))
    axis.set_major_formatter(lambda value, _: f"{100 * value:g} %")


def _dates(axes: Axes) -> None:
    from matplotlib import dates

    # Matplotlib tells no types of these.
    drawn: Any = dates
    locator = drawn.AutoDateLocator(minticks=3, maxticks=8)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(drawn.ConciseDateFormatter(locator))
