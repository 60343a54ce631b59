"""A campaign forecast as a picture: its days as fans, and what more or less money would bring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from adplat.domain import Quantiles
from adplat.reporting.drawing import PictureForm, canvas, colour, refuse_empty


@dataclass(frozen=True)
class SpendCurve:
    """``spend`` and ``outcome`` run in parallel, money rising; ``planned`` is the place of the plan's own budget."""

    name: str
    spend: Sequence[float]
    outcome: Sequence[float]
    planned: int


def draw_campaign_forecast(
    dates: Sequence[str],
    daily: Mapping[str, Sequence[Quantiles]],
    curve: SpendCurve,
    *,
    currency: str = "",
    form: PictureForm = "svg",
) -> bytes:
    """A panel for each of ``daily`` (95, 80 and 50 % of its days, and the middle), and one for the curve.

    Money is in units of the currency. Raises TableRejected without a day.
    """
    refuse_empty(dates, "day")
    with canvas(4.2 * (len(daily) + 1), 3.6, form) as drawn:
        *panels, last = drawn.axes(len(daily) + 1)
        places = np.arange(len(dates))
        for number, (axes, (name, days)) in enumerate(zip(panels, daily.items(), strict=True)):
            for low, high, strength in ((0.025, 0.975, 0.15), (0.1, 0.9, 0.2), (0.25, 0.75, 0.25)):
                axes.fill_between(
                    places,
                    [one.at(low) for one in days],
                    [one.at(high) for one in days],
                    color=colour(number),
                    alpha=strength,
                    lw=0,
                    step="mid",
                )
            axes.step(places, [one.at(0.5) for one in days], where="mid", color=colour(number), lw=1.8)
            shown = places[:: max(1, len(dates) // 6)]
            axes.set_xticks(shown, [dates[place][5:] for place in shown])
            axes.set_ylim(bottom=0.0)
            axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
            axes.set_title(f"{name} a day")
        last.plot([0.0, *curve.spend], [0.0, *curve.outcome], color=colour(len(daily)), lw=1.8)
        last.plot([curve.spend[curve.planned]], [curve.outcome[curve.planned]], "o", color=colour(len(daily)))
        last.set_xlabel(f"spent{f', {currency}' if currency else ''}")
        last.set_title(f"{curve.name} by money")
        for axis in (last.xaxis, last.yaxis):
            axis.set_major_formatter(lambda value, _: f"{value:,.10g}")
        last.set_xlim(left=0.0)
        last.set_ylim(bottom=0.0)
    return drawn.content
