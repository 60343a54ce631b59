"""What each field added to a score: signed bars, largest first."""

from __future__ import annotations

from collections.abc import Sequence

from adplat.reporting.drawing import MUTED, PictureForm, canvas, colour, refuse_empty

_MOST = 20


def draw_contributions(
    bars: Sequence[tuple[str, float]], start: float, logit: float, *, form: PictureForm = "png"
) -> bytes:
    """Bars (name, share of the logit), at most 20 and the rest as one. Raises TableRejected without any."""
    refuse_empty(list(bars), "contribution")
    shown = list(bars[:_MOST])
    if len(bars) > _MOST:
        shown.append((f"{len(bars) - _MOST} others", sum(value for _, value in bars[_MOST:])))
    with canvas(7.0, 1.2 + 0.28 * len(shown), form) as drawn:
        (axes,) = drawn.axes()
        places = list(range(len(shown)))[::-1]
        values = [value for _, value in shown]
        axes.barh(places, values, color=[colour(0 if value >= 0 else 1) for value in values], height=0.7)
        axes.set_yticks(places, [name for name, _ in shown])
        axes.axvline(0.0, color=MUTED, lw=1.0)
        axes.set_xlabel("added to the logit")
        axes.set_title(f"from {start:+.3f} (nothing known) to {logit:+.3f}")
    return drawn.content
