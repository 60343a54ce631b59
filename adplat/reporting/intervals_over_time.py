"""A running test: each treatment's difference to the control with its interval, look after look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from adplat.domain import TableRejected
from adplat.reporting.drawing import INK, MUTED, PictureForm, canvas, colour, refuse_empty

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Of the looks, those that the axis must hold whole: the first intervals are so wide that the rest would be a line.
_LATER_PART = 0.7


@dataclass(frozen=True)
class ArmOverTime:
    """One treatment; all are ``(looks,)`` and parallel. NaN: not said at that look, or an open end of an interval.

    Args:
        ended: what ended it and when, such as ``paused``; ``None`` while it goes on.
    """

    name: str
    at: Sequence[datetime]
    estimate: npt.ArrayLike
    low: npt.ArrayLike
    high: npt.ArrayLike
    ended: tuple[datetime, str] | None = None


def draw_intervals_over_time(
    arms: Sequence[ArmOverTime],
    *,
    control: str,
    metric: str,
    as_percent: bool,
    marks: Sequence[tuple[datetime, str]] = (),
    form: PictureForm = "svg",
) -> bytes:
    """One panel a treatment, below each other on the same axes; zero is the control.

    Args:
        as_percent: differences are relative, and shown in per cent.
        marks: what happened to the whole test and when; an upright line in each panel.

    Raises:
        TableRejected: no treatment, series of unequal length, or nothing said at any look.
    """
    refuse_empty(arms, "treatment")
    scale = 100.0 if as_percent else 1.0
    columns = [_columns(arm, scale) for arm in arms]
    low, high = _shown_range(columns)
    with canvas(8.0, 0.7 + 2.1 * len(arms), form) as drawn:
        panels = drawn.figure.subplots(len(arms), 1, sharex=True, squeeze=False)[:, 0]
        for number, (axes, arm, (estimate, lower, upper)) in enumerate(zip(panels, arms, columns, strict=True)):
            at = list(arm.at)
            said = np.isfinite(estimate)
            # An open or unsaid end reaches beyond the axis.
            band_low, band_high = np.where(np.isnan(lower), low, lower), np.where(np.isnan(upper), high, upper)
            axes.fill_between(at, band_low, band_high, where=said, color=colour(number), alpha=0.2, lw=0)
            axes.plot(at, estimate, color=colour(number), lw=1.8, marker="o", markersize=2.6)
            axes.axhline(0.0, color=INK, lw=1.1, linestyle=(0, (5, 2)))
            for moment, what in [*marks, *([] if arm.ended is None else [arm.ended])]:
                axes.axvline(moment, color=MUTED, lw=1.1, linestyle=(0, (1.5, 1.5)))
                axes.annotate(
                    what,
                    (moment, 1.0),
                    xycoords=("data", "axes fraction"),
                    xytext=(-4, -4),
                    textcoords="offset points",
                    ha="right",
                    va="top",
                    color=MUTED,
                )
            axes.set_title(f"{metric}: {arm.name} against {control}")
            axes.set_ylim(low, high)
            axes.set_ylabel("difference, %" if as_percent else "difference")
            axes.yaxis.set_major_formatter(lambda value, _: f"{value:+.3g}" if value else "0")
        _dates(panels[-1])
    return drawn.content


def _columns(arm: ArmOverTime, scale: float) -> tuple[npt.NDArray[np.float64], ...]:
    columns = tuple(scale * np.asarray(values, dtype=np.float64) for values in (arm.estimate, arm.low, arm.high))
    if not arm.at or any(len(column) != len(arm.at) for column in columns):
        raise TableRejected("series of unequal length", where=arm.name, hint="give one value for each look")
    return columns


def _shown_range(arms: Sequence[tuple[npt.NDArray[np.float64], ...]]) -> tuple[float, float]:
    """From the lowest to the highest end of the later looks, zero included."""
    ends = [0.0]
    for estimate, low, high in arms:
        later = slice(int((1.0 - _LATER_PART) * len(estimate)), None)
        ends += [float(end) for column in (estimate, low, high) for end in column[later] if np.isfinite(end)]
    if len(ends) == 1:
        raise TableRejected("no look said anything of any arm", hint="wait for the next analysis")
    room = 0.08 * (max(ends) - min(ends)) or 1.0
    return min(ends) - room, max(ends) + room


def _dates(axes: Axes) -> None:
    from matplotlib import dates

    # Matplotlib tells no types of these.
    drawn: Any = dates
    locator = drawn.AutoDateLocator(minticks=3, maxticks=8)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(drawn.ConciseDateFormatter(locator))
