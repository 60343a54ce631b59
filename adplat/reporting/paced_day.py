"""A day under pacing: traffic, and each campaign's money beside its plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from adplat.domain import TableRejected
from adplat.reporting.drawing import INK, MUTED, PictureForm, canvas, colour, refuse_empty

COLUMNS = 2


@dataclass(frozen=True)
class PacedMoney:
    """One campaign; both are ``(steps,)``, cumulative, as shares of its budget.

    Args:
        planned: empty where there is no plan to compare with.
    """

    name: str
    spent: npt.ArrayLike
    planned: npt.ArrayLike


def draw_paced_day(
    requests: npt.ArrayLike, campaigns: Sequence[PacedMoney], *, step_s: float, form: PictureForm = "svg"
) -> bytes:
    """Requests a minute on top, below a panel for each campaign; all over the hours of the day.

    Args:
        requests: ``(steps,)`` counts, of steps of ``step_s`` seconds from midnight on.

    Raises:
        TableRejected: nothing to draw, or series of unequal length.
    """
    refuse_empty(campaigns, "campaign")
    coming = np.asarray(requests, dtype=np.float64)
    hours = (np.arange(len(coming)) + 1) * step_s / 3600.0
    rows = -(-len(campaigns) // COLUMNS)
    with canvas(8.6, 1.4 + 1.5 * rows, form) as drawn:
        grid = drawn.figure.add_gridspec(rows + 1, COLUMNS, height_ratios=[0.8, *[1.0] * rows])
        traffic = drawn.figure.add_subplot(grid[0, :])
        traffic.fill_between(hours, coming * 60.0 / step_s, color=MUTED, alpha=0.35, lw=0, step="pre")
        traffic.set_title("requests a minute")
        panels = [traffic]
        for number, campaign in enumerate(campaigns):
            spent, planned = (np.asarray(values, dtype=np.float64) for values in (campaign.spent, campaign.planned))
            if not len(spent) == len(planned) == len(coming):
                raise TableRejected(
                    "series of unequal length", where=campaign.name, hint="give one value for each step of the day"
                )
            axes = drawn.figure.add_subplot(grid[1 + number // COLUMNS, number % COLUMNS])
            axes.plot(hours, 100.0 * spent, color=colour(number), lw=3.5, alpha=0.55, label="spent")
            axes.plot(hours, 100.0 * planned, color=INK, lw=1.1, linestyle=(0, (5, 2)), label="plan")
            axes.set_title(campaign.name)
            panels.append(axes)
        panels[1].set_ylabel("% of the budget")
        panels[1].legend(loc="upper left")
        for axes in panels:
            axes.set_xlim(0.0, 24.0)
            axes.set_ylim(bottom=0.0)
            axes.set_xticks(range(0, 25, 6))
        for axes in panels[-COLUMNS:]:
            axes.set_xlabel("hour of the day")
    return drawn.content
