"""A split of a budget as a picture: each campaign's curve with where it stands today and where it is advised to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from adplat.domain.money import MICROS_PER_UNIT
from adplat.reporting.drawing import INK, PictureForm, canvas, colour, dash, refuse_empty

DRAWN = 200


@dataclass(frozen=True)
class SplitCurve:
    """One campaign: its knots in micros, outcome by micros, and two spends."""

    name: str
    spends_micros: npt.ArrayLike
    outcome: Callable[[Any], npt.NDArray[np.float64]]
    today_micros: float
    advised_micros: float


def draw_budget_split(
    curves: Sequence[SplitCurve], *, what: str, currency: str = "", form: PictureForm = "svg"
) -> bytes:
    """Left the curves, a ring where today's proportions are and a dot where the advice is; right the money.

    Raises TableRejected where there is no curve.
    """
    refuse_empty(curves, "spend curve")
    is_money = what.endswith("_micros")
    unit = f", {currency}" if currency else ""
    with canvas(10.5, max(3.8, 1.6 + 0.42 * len(curves)), form) as drawn:
        left, right = drawn.axes(2)
        places = np.arange(len(curves))
        for number, curve in enumerate(curves):
            spends = np.linspace(0.0, float(np.max(np.asarray(curve.spends_micros))), DRAWN)
            scale = MICROS_PER_UNIT if is_money else 1
            left.plot(
                spends / MICROS_PER_UNIT,
                curve.outcome(spends) / scale,
                color=colour(number),
                linestyle=dash(number),
                lw=1.8,
                label=curve.name,
            )
            for micros, filled in ((curve.today_micros, False), (curve.advised_micros, True)):
                left.plot(
                    micros / MICROS_PER_UNIT,
                    float(curve.outcome(micros)) / scale,
                    "o",
                    ms=7,
                    color=colour(number),
                    markerfacecolor=colour(number) if filled else "none",
                    zorder=3,
                )
        left.set_xlabel(f"spend{unit}")
        left.set_ylabel(f"{what.removesuffix('_micros')}{unit if is_money else ''}")
        left.set_ylim(bottom=0.0)
        left.set_title("ring: today's proportions, dot: advised")
        left.legend(loc="best", fontsize=8)
        for label, shift, shade, spends_micros in (
            ("today's proportions", -0.19, 0.35, [curve.today_micros for curve in curves]),
            ("advised", 0.19, 1.0, [curve.advised_micros for curve in curves]),
        ):
            right.barh(
                places + shift,
                np.array(spends_micros) / MICROS_PER_UNIT,
                height=0.36,
                color=[colour(number) for number in range(len(curves))],
                alpha=shade,
                label=label,
            )
        right.set_yticks(places, [curve.name for curve in curves], color=INK)
        right.invert_yaxis()
        right.grid(axis="y", visible=False)
        right.set_xlabel(f"spend{unit}")
        right.set_title("pale: today's proportions, full: advised")
    return drawn.content
