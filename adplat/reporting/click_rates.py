"""Click rate of each creative over time, with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from adplat.domain import Interval, TableRejected
from adplat.reporting.drawing import PictureForm, canvas, colour, dash, refuse_empty
from adplat.statistics import wilson_interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, slots=True)
class ArmTrace:
    """Counts of one creative by period: parallel sequences, oldest first; each count is of that period alone.

    Raises:
        TableRejected: sequences of unequal lengths.
    """

    name: str
    times: Sequence[datetime]
    impressions: Sequence[int]
    clicks: Sequence[int]

    def __post_init__(self) -> None:
        if not len(self.times) == len(self.impressions) == len(self.clicks):
            raise TableRejected(
                "times, impressions and clicks do not run in parallel",
                where=self.name,
                hint="give one of each for every period",
            )


def draw_click_rates(traces: Sequence[ArmTrace], *, cumulative: bool = True, form: PictureForm = "svg") -> bytes:
    """CTR over time, one line a creative, with its 95 % Wilson interval as a band.

    Cumulative by default: the rate of all impressions so far settles, that of an hour with three clicks
    does not. Periods without an impression (so far) are left out.

    Raises:
        TableRejected: nothing to draw, or more clicks than impressions.
    """
    refuse_empty([trace for trace in traces if sum(trace.impressions)], "impression")
    with canvas(7.6, 4.2, form) as drawn:
        (axes,) = drawn.axes()
        highest = 0.0
        for number, trace in enumerate(traces):
            times, rates = _rates(trace, cumulative)
            if not times:
                continue
            values = [100 * rate.value for rate in rates]
            axes.fill_between(
                times,  # type: ignore[arg-type]  # datetimes are understood, the stubs know only numbers
                [100 * rate.low for rate in rates],
                [100 * rate.high for rate in rates],
                color=colour(number),
                alpha=0.13,
                lw=0,
            )
            axes.plot(times, values, color=colour(number), linestyle=dash(number), lw=2, label=trace.name)  # type: ignore[arg-type]
            highest = max(highest, *values)
        # The first, nearly empty periods have intervals up to 100 %; they must not flatten everything else.
        axes.set_ylim(0, 1.6 * highest if highest else 1.0)
        axes.set_ylabel("click rate so far (%)" if cumulative else "click rate (%)")
        _dates_axis(axes)
        axes.legend(loc="upper right", ncols=min(len(traces), 3))
    return drawn.content


def _rates(trace: ArmTrace, cumulative: bool) -> tuple[list[datetime], list[Interval]]:
    times: list[datetime] = []
    rates: list[Interval] = []
    shown = clicked = 0
    for time, impressions, clicks in zip(trace.times, trace.impressions, trace.clicks, strict=True):
        shown, clicked = (shown + impressions, clicked + clicks) if cumulative else (impressions, clicks)
        if shown:
            times.append(time)
            rates.append(wilson_interval(clicked, shown))
    return times, rates


def _dates_axis(axes: Axes) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    locator = AutoDateLocator(minticks=4, maxticks=8)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
