"""The bid landscape as a picture: what share of auctions a bid wins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from adplat.domain import TableRejected
from adplat.reporting.drawing import PictureForm, canvas, colour, dash, refuse_empty


@dataclass(frozen=True)
class WinChances:
    """One curve; all are ``(points,)`` and parallel, bids rising. NaN: no interval is known there."""

    name: str
    bids_micros: npt.ArrayLike
    chances: npt.ArrayLike
    low: npt.ArrayLike
    high: npt.ArrayLike


def draw_win_chances(curves: Sequence[WinChances], *, currency: str = "", form: PictureForm = "svg") -> bytes:
    """Win chance by bid with its interval; the axis of bids is logarithmic, as prices are spread.

    Raises:
        TableRejected: no curve, or columns of unequal length.
    """
    refuse_empty(curves, "win curve")
    from matplotlib.ticker import LogLocator, NullFormatter

    with canvas(7.5, 4.4, form) as drawn:
        (axes,) = drawn.axes()
        for number, curve in enumerate(curves):
            bids, chances, low, high = (
                np.asarray(part, dtype=np.float64) for part in (curve.bids_micros, curve.chances, curve.low, curve.high)
            )
            if not bids.shape == chances.shape == low.shape == high.shape:
                raise TableRejected(f"columns of {curve.name!r} do not run in parallel", hint="give equal lengths")
            known = ~np.isnan(low) & ~np.isnan(high)
            if known.any():
                axes.fill_between(
                    bids, low, high, where=known.tolist(), color=colour(number), alpha=0.25, lw=0, step="post"
                )
            axes.step(
                bids, chances, where="post", color=colour(number), linestyle=dash(number), lw=1.8, label=curve.name
            )
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        axes.xaxis.set_minor_formatter(NullFormatter())
        axes.set_ylim(0.0, 1.0)
        axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:g} %")
        axes.set_xlabel(f"bid, micros{' of ' + currency if currency else ''} for one impression")
        axes.set_ylabel("auctions won")
        axes.legend(loc="upper left")
    return drawn.content
