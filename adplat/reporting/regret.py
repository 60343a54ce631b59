"""Cumulative regret: the clicks a policy has missed so far by not always showing the best creative."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from adplat.domain import TableRejected
from adplat.reporting.drawing import PictureForm, canvas, colour, dash, refuse_empty

POINTS = 400


def draw_cumulative_regret(
    regrets: Mapping[str, npt.ArrayLike], *, unit: str = "clicks", form: PictureForm = "svg"
) -> bytes:
    """One line a policy over requests; with several runs their mean, and a band from the lowest to the highest.

    Args:
        regrets: by policy, ``(requests,)`` or ``(runs, requests)`` of cumulative regret.
        unit: what regret is counted in.

    Raises:
        TableRejected: nothing to draw, or values that are not numbers.
    """
    refuse_empty(list(regrets), "regret")
    with canvas(7.6, 4.2, form) as drawn:
        (axes,) = drawn.axes()
        for number, (name, values) in enumerate(regrets.items()):
            runs = np.atleast_2d(np.asarray(values, dtype=np.float64))
            if runs.ndim != 2 or runs.size == 0 or not np.isfinite(runs).all():
                raise TableRejected(
                    "regret is empty or holds a value that is not a number",
                    where=name,
                    hint="give one row of numbers a run",
                )
            requests = runs.shape[1]
            picked = np.unique(np.linspace(0, requests - 1, min(POINTS, requests)).astype(np.int64))
            mean = runs[:, picked].mean(axis=0)
            if len(runs) > 1:
                low, high = runs[:, picked].min(axis=0), runs[:, picked].max(axis=0)
                axes.fill_between(picked + 1, low, high, color=colour(number), alpha=0.14, lw=0)
            axes.plot(picked + 1, mean, color=colour(number), linestyle=dash(number), lw=2, label=name)
        axes.set_xlim(left=0)
        axes.set_ylim(bottom=0)
        axes.set_xlabel("requests")
        axes.set_ylabel(f"missed {unit} so far")
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
        axes.legend(loc="upper left")
    return drawn.content
