"""The lift plot: how many times the mean rate each tenth of the rows, ordered by its prediction, really has."""

from __future__ import annotations

from collections.abc import Sequence

from adplat.reporting.drawing import INK, MUTED, PictureForm, canvas, colour, refuse_empty
from adplat.statistics import ReliabilityBin


def draw_lift(bins: Sequence[ReliabilityBin], *, form: PictureForm = "svg") -> bytes:
    """Observed over mean rate of each bin with its 95 % interval and its counts; hollow marks are what was predicted.

    Raises:
        TableRejected: no bin, or none with a click.
    """
    refuse_empty([one for one in bins if one.positives], "bin with a click")
    base = sum(one.positives for one in bins) / sum(one.rows for one in bins)
    with canvas(7.6, 4.2, form) as drawn:
        (axes,) = drawn.axes()
        for number, one in enumerate(bins, start=1):
            axes.plot(
                [number] * 2, [one.observed.low / base, one.observed.high / base], color=colour(0), lw=2, alpha=0.5
            )
            axes.annotate(
                f"{one.positives:,}\nof {one.rows:,}",
                (number, one.observed.high / base),
                xytext=(0, 5),
                textcoords="offset points",
                ha="center",
                fontsize=7,
                color=INK,
            )
        places = list(range(1, len(bins) + 1))
        axes.plot(
            places, [one.observed.value / base for one in bins], color=colour(0), marker="o", lw=1.4, label="observed"
        )
        axes.plot(
            places,
            [one.mean_predicted / base for one in bins],
            color=colour(1),
            marker="s",
            markerfacecolor="none",
            linestyle="none",
            label="predicted",
        )
        axes.axhline(1.0, color=MUTED, lw=1.1, linestyle=(0, (4, 3)))
        axes.set_xticks(places)
        axes.set_ylim(0, 1.25 * max(one.observed.high for one in bins) / base)
        axes.set_xlabel("parts of equal size, lowest prediction first")
        axes.set_ylabel("times the mean rate")
        axes.legend(loc="upper left")
    return drawn.content
