"""Numbers as people read them."""

from __future__ import annotations

import math

from adplat.domain import Interval
from adplat.reporting.blocks import Cell

DASH = "–"


def shown(cell: Cell) -> str:
    """A cell as text: 12,345 for counts, four significant digits for the rest, a dash for nothing."""
    if cell is None:
        return DASH
    if isinstance(cell, Interval):
        return f"{shown(cell.value)} ({shown(cell.low)} to {shown(cell.high)})"
    if isinstance(cell, bool | str):
        return str(cell)
    if isinstance(cell, int):
        return f"{cell:,}"
    return _decimal(cell)


def percent(share: float) -> str:
    """0.03456 as ``3.46 %``: two significant digits below a tenth of a percent, two decimals above."""
    value = 100.0 * share
    return f"{value:.2g}\u00a0%" if 0.0 < abs(value) < 0.1 else f"{value:.2f}\u00a0%"


def is_numeric(cell: Cell) -> bool:
    """Whether a cell is a number, so that its column is set flush right."""
    return cell is None or (isinstance(cell, int | float | Interval) and not isinstance(cell, bool))


def _decimal(value: float) -> str:
    if math.isnan(value):
        return DASH
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0.0:
        return "0"
    magnitude = math.floor(math.log10(abs(value)))
    if magnitude < -5:
        return f"{value:.2e}"
    if magnitude >= 3:
        return f"{value:,.0f}"
    return f"{value:.{3 - magnitude}f}"
